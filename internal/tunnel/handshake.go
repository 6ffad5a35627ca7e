package tunnel

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// version is how this client introduces itself.
const version = "SSH-2.0-terraform-provider-channels"

// handshake speaks SSH over a connection until the user is logged in.
func (s *SSH) handshake(ctx context.Context, o *opening, conn net.Conn, keys *hostKeys, login *login) (*link, error) {
	o.stage.Store(stageGreeting)
	h := &heard{Conn: conn, foreign: isForeign}
	// Nothing that blocks on the connection outlives the context.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	algorithms := ssh.SupportedAlgorithms()
	config := &ssh.ClientConfig{
		User:              s.settings.User,
		Auth:              login.methods(),
		ClientVersion:     version,
		HostKeyAlgorithms: keys.algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			o.stage.Store(stageKeys)
			if err := keys.check(host, remote, key); err != nil {
				return err
			}
			o.stage.Store(login.stage())
			return nil
		},
		Config: ssh.Config{Ciphers: algorithms.Ciphers, KeyExchanges: algorithms.KeyExchanges, MACs: algorithms.MACs},
	}
	client, channels, requests, err := ssh.NewClientConn(h, s.address(), config)
	if err == nil && ctx.Err() != nil {
		_ = client.Close()
		err = ctx.Err()
	}
	if err != nil {
		return nil, s.notLoggedIn(ctx, o, h, keys, login, err)
	}
	return newLink(s.end, ssh.NewClient(client, channels, requests), h), nil
}

// notLoggedIn says why a handshake came to nothing.
func (s *SSH) notLoggedIn(ctx context.Context, o *opening, h *heard, keys *hostKeys, login *login, err error) error {
	greeting := h.greeting()
	speaks := isSSH(greeting)
	var disagreed *ssh.AlgorithmNegotiationError
	switch {
	case keys.fault != nil:
		return keys.fault
	case isForeign(greeting):
		return s.end.settled(docNotSSH, "What answers on "+s.end.address()+" sends no greeting of SSH.")
	case ctx.Err() != nil:
		if speaks && o.stage.Load() == stageGreeting {
			o.stage.Store(stageKeys)
		}
		return o.fault(s.end)
	case errors.As(err, &disagreed):
		return s.end.settled(docHandshake, upper(s.end.full())+" offers nothing for \""+what(disagreed)+"\" that is safe today.")
	case o.stage.Load() >= stageLogin && netprobe.IsHangUp(err):
		return s.end.hungUp("hung up during the login")
	case o.stage.Load() >= stageLogin:
		return login.refused(s.end, s.settings.User)
	case bytes.HasPrefix(greeting, []byte(tooMany)), bytes.HasPrefix(greeting, []byte(penalty)):
		return s.end.hungUp("has no room for another client, or turns this machine away for a while")
	case len(greeting) > 0 && !speaks:
		return s.end.settled(docNotSSH, "What answers on "+s.end.address()+" sends no greeting of SSH.")
	case len(greeting) == 0:
		return s.end.hungUp("accepted the connection and closed it without a word")
	case netprobe.IsHangUp(err):
		return s.end.hungUp("began to speak SSH and hung up before the login")
	default:
		return s.end.settled(docHandshake, upper(s.end.full())+" broke the protocol before the connection was encrypted.")
	}
}

// What sshd says in place of its greeting to those whom it has no room for
// (sshd.c and srclimit.c, OpenSSH 8.5 and 9.8).
const (
	tooMany = "Exceeded MaxStartups"
	penalty = "Not allowed at this time"
)

// isForeign reports a greeting that is surely none of SSH: what a Redis and a web
// server answer to one, after which they wait.
func isForeign(greeting []byte) bool {
	for _, begins := range []string{"-ERR ", "-NOAUTH ", "-DENIED ", "HTTP/"} {
		if bytes.HasPrefix(greeting, []byte(begins)) {
			return true
		}
	}
	return false
}

// errForeign ends a handshake with what speaks something else.
var errForeign = errors.New("the other end speaks another protocol")

// isSSH reports a greeting that has, or may become, the line by which a server
// introduces itself. It may say other lines before (RFC 4253, section 4.2).
func isSSH(greeting []byte) bool {
	return slices.ContainsFunc(bytes.Split(greeting, []byte("\n")), func(line []byte) bool { return bytes.HasPrefix(line, []byte("SSH-")) })
}

// what is about which kind of algorithm both sides disagree.
func what(err *ssh.AlgorithmNegotiationError) string {
	for _, kind := range []string{"key exchange", "host key", "cipher", "MAC", "compression"} {
		if strings.Contains(err.Error(), kind) {
			return kind
		}
	}
	return "encryption"
}

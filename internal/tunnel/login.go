package tunnel

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// login is what there is to log in with, and what became of it. It is used by
// one handshake at a time.
type login struct {
	signer   ssh.Signer // of the private key, nil for none
	keys     []ssh.Signer
	password func() string // nil for none
	hangUp   func()        // ends the connection to the agent

	// wants are the ways to log in that the server takes, as far as it was asked.
	wants map[string]bool
}

func (l *login) close() { l.hangUp() }

// stage is what an opening waits for while this logs in.
func (l *login) stage() int32 {
	if len(l.keys) > 0 {
		return stageAgent
	}
	return stageLogin
}

// login gathers what there is to log in with. What is missing or cannot be read
// is a fault before anything is sent.
func (s *SSH) login(ctx context.Context) (*login, *netprobe.Fault) {
	l := &login{wants: map[string]bool{}, hangUp: func() {}}
	if !s.settings.PrivateKey.IsEmpty() {
		signer, fault := s.key()
		if fault != nil {
			return nil, fault
		}
		l.signer = signer
	}
	if !s.settings.Password.IsEmpty() {
		l.password = s.settings.Password.Reveal
	}
	if s.settings.Agent {
		missing := s.askAgent(ctx, l)
		if missing != "" && l.signer == nil && l.password == nil {
			l.hangUp()
			return nil, s.end.settled(docAgent, missing)
		}
	}
	return l, nil
}

// privateKey reads the private key.
func (s *SSH) privateKey() (ssh.Signer, *netprobe.Fault) {
	text := s.settings.PrivateKey.Reveal()
	signer, err := ssh.ParsePrivateKey([]byte(text))
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		if s.settings.PrivateKeyPassphrase.IsEmpty() {
			return nil, s.end.settled(docPassphrase, "ssh.private_key is encrypted, and ssh.private_key_passphrase is not set.")
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(text), []byte(s.settings.PrivateKeyPassphrase.Reveal()))
		if errors.Is(err, x509.IncorrectPasswordError) {
			return nil, s.end.settled(docPassphrase, "ssh.private_key is encrypted with another passphrase than ssh.private_key_passphrase.")
		}
	}
	if err != nil {
		return nil, s.end.settled(docKeyUnreadable, "ssh.private_key "+looksLike(text)+".")
	}
	return signer, nil
}

// looksLike says what a text is in place of a private key, without quoting it.
func looksLike(text string) string {
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(trimmed, "PuTTY-User-Key-File"):
		return "is a key of PuTTY, which ssh-keygen does not write: export it as an OpenSSH key"
	case strings.HasPrefix(trimmed, "ssh-") || strings.HasPrefix(trimmed, "ecdsa-") || strings.HasPrefix(trimmed, "sk-"):
		return "is the public half of a key"
	case strings.Contains(trimmed, "-----BEGIN") && strings.Contains(trimmed, `\n`):
		return "has \\n in the place of its line breaks"
	case strings.Contains(trimmed, "-----BEGIN") && !strings.Contains(trimmed, "\n"):
		return "has lost its line breaks"
	case strings.Contains(trimmed, "-----BEGIN"):
		return "begins like a private key and is none that can be read: it is cut off, changed, or of a kind that is not supported"
	case !strings.Contains(trimmed, "\n") && len(trimmed) < 256 && strings.ContainsAny(trimmed, `/\~`):
		return "looks like a path, and not like the text of the file"
	default:
		return "is no private key: there is no BEGIN line"
	}
}

// agentPatience bounds the questions to an agent, which is on this machine.
const agentPatience = 10 * time.Second

// askAgent takes the keys of the agent, or says in a sentence why there are none.
func (s *SSH) askAgent(ctx context.Context, l *login) (missing string) {
	if s.settings.AgentSocket == "" {
		return "There is no SSH agent: the environment variable SSH_AUTH_SOCK is not set."
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", s.settings.AgentSocket)
	if err != nil {
		return "There is no SSH agent at the socket that SSH_AUTH_SOCK names."
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	l.hangUp = func() {
		stop()
		_ = conn.Close()
	}
	patience := agentPatience
	if end, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(end)*3/4) // so that there is time left to say so
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	l.keys, err = agent.NewClient(conn).Signers()
	_ = conn.SetDeadline(time.Time{}) // the context ends what is signed
	switch {
	case err != nil:
		return "The SSH agent at the socket that SSH_AUTH_SOCK names does not answer as one."
	case len(l.keys) == 0:
		return "The SSH agent has no keys."
	}
	return ""
}

// Names of ways to log in (RFC 4252 and RFC 4256).
const (
	byKey         = "publickey"
	byPassword    = "password"
	byInteraction = "keyboard-interactive"
)

// errNoPassword ends a way to log in that is not tried: it only shows that the
// server takes it.
var errNoPassword = errors.New("there is no password")

// methods are all ways to log in, those for which there is nothing included: the
// library calls only those that the server takes.
func (l *login) methods() []ssh.AuthMethod {
	keys := func() ([]ssh.Signer, error) {
		l.wants[byKey] = true
		if l.signer != nil {
			return append([]ssh.Signer{l.signer}, l.keys...), nil
		}
		return l.keys, nil
	}
	password := func() (string, error) {
		l.wants[byPassword] = true
		if l.password == nil {
			return "", errNoPassword
		}
		return l.password(), nil
	}
	// PAM asks for the password in a dialogue; another question has no answer.
	interact := func(_, _ string, questions []string, echos []bool) ([]string, error) {
		if len(questions) == 0 {
			return nil, nil
		}
		l.wants[byInteraction] = true
		if l.password == nil || len(questions) > 1 || echos[0] {
			return nil, errNoPassword
		}
		return []string{l.password()}, nil
	}
	methods := []ssh.AuthMethod{ssh.PublicKeysCallback(keys), ssh.PasswordCallback(password)}
	if l.password != nil {
		methods = append(methods, ssh.KeyboardInteractive(interact))
	}
	return methods
}

// refused says what was tried, and what else the server takes.
func (l *login) refused(e end, user string) *netprobe.Fault {
	var tried []string
	if l.wants[byKey] && l.signer != nil {
		tried = append(tried, "the private key")
	}
	if l.wants[byKey] && len(l.keys) > 0 {
		tried = append(tried, fmt.Sprintf("%d key(s) of the agent", len(l.keys)))
	}
	if (l.wants[byPassword] || l.wants[byInteraction]) && l.password != nil {
		tried = append(tried, "the password")
	}
	who := "this user"
	if netprobe.IsPlain(user, "") {
		who = "the user " + user
	}
	observed := fmt.Sprintf("%s does not let in %s.", upper(e.full()), who)
	if len(tried) > 0 {
		observed += " Tried: " + strings.Join(tried, ", ") + "."
	}
	return e.settled(docAuthRefused, observed+l.mismatch())
}

// mismatch says which ways the server takes and which not, where that matters.
func (l *login) mismatch() string {
	hasKey := l.signer != nil || len(l.keys) > 0
	takesPassword := l.wants[byPassword] || l.wants[byInteraction]
	var text string
	if takesPassword && l.password == nil {
		text += " The server also takes a password, and none is set."
	}
	if l.wants[byKey] && !hasKey {
		text += " The server also takes keys, and there is none."
	}
	if !l.wants[byKey] && hasKey {
		text += " The server takes no keys."
	}
	if !takesPassword && l.password != nil {
		text += " The server takes no passwords."
	}
	if len(l.keys) > 4 {
		text += " Servers end a login after a few keys (MaxAuthTries of sshd): pass the right one as ssh.private_key."
	}
	return text
}

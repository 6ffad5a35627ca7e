package redisprobe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// handshake is one TLS handshake and what was learnt during it.
type handshake struct {
	policy tlsPolicy
	host   string
	where  string // the address, for people
	// nudged is set when the server was silent for so long that what it
	// answers says nothing about TLS any more.
	nudged atomic.Bool
	// asked is set when the server asks for a client's certificate.
	asked bool
	// notes are about what does not stop every app: a certificate that does
	// not name the host, where the policy leaves open whether that matters.
	notes []*problem
}

// certificateError is a certificate that does not hold, with the doc of why.
type certificateError struct {
	problem *problem
}

func (e *certificateError) Error() string { return string(e.problem.doc.ID) }

// secure runs the TLS handshake. The certificate is judged before anything is
// sent over the connection.
func (a *attempt) secure(ctx context.Context) *problem {
	policy, impossible, missing := a.tlsPolicy()
	if impossible {
		return a.impossibleTLS()
	}
	if missing != nil {
		return a.missingFile(missing)
	}
	h := &handshake{policy: policy, host: a.request.serverName(), where: a.address()}
	client := tls.Client(a.raw, h.config())
	// A plaintext Redis waits for the end of what it takes for a line.
	stop := a.nudgeWhenSilent(ctx, &h.nudged)
	err := client.HandshakeContext(ctx)
	stop()
	if err != nil {
		return a.handshakeFailed(ctx, h, err)
	}
	a.note(h.notes...)
	a.plain = &wire{Conn: client}
	return nil
}

func (h *handshake) config() *tls.Config {
	return &tls.Config{
		ServerName: h.host,
		MinVersion: h.policy.minVersion,
		// crypto/tls would verify as Go does; verify does as redis-py does.
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection verifies
		VerifyConnection:   h.verify,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			h.asked = true
			if len(h.policy.certificates) > 0 {
				return &h.policy.certificates[0], nil
			}
			return &tls.Certificate{}, nil
		},
	}
}

func (h *handshake) verify(state tls.ConnectionState) error {
	if !h.policy.verify {
		return nil
	}
	if len(state.PeerCertificates) == 0 {
		return &certificateError{h.unknownAuthority()}
	}
	leaf := state.PeerCertificates[0]
	if p := h.judgeChain(leaf, state.PeerCertificates[1:]); p != nil {
		return &certificateError{p}
	}
	if h.policy.hostname == hostnameIgnored || namesHost(leaf, h.host) {
		return nil
	}
	if h.policy.hostname == hostnameDepends {
		h.notes = append(h.notes, h.maybeWrongName(leaf))
		return nil
	}
	return &certificateError{h.wrongName(leaf)}
}

// namesHost is OpenSSL's X509_check_host and X509_check_ip with Python's
// flags: unlike crypto/x509 it falls back to the common name where the
// certificate names no host otherwise (hostname_checks_common_name).
func namesHost(leaf *x509.Certificate, host string) bool {
	if leaf.VerifyHostname(host) == nil {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil || len(leaf.DNSNames) > 0 {
		return false
	}
	return matchesName(leaf.Subject.CommonName, host)
}

// matchesName compares one name of a certificate, "*" for a whole first label
// included, with a host.
func matchesName(name, host string) bool {
	name, host = strings.ToLower(name), strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "" {
		return false
	}
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		_, after, found := strings.Cut(host, ".")
		return found && after == rest && strings.Contains(rest, ".")
	}
	return name == host
}

// nudgeAfter is the part of the time left, in tenths, after which a server
// that has not said a byte of TLS is asked whether it is a plaintext Redis.
const nudgeAfter = 6

// tooLong is longer than any line that Redis accepts (PROTO_INLINE_MAX_SIZE in
// networking.c, 64 KiB), so that it answers "Protocol error" and hangs up.
const tooLong = 66_000

// nudgeWhenSilent makes a plaintext Redis show itself: it waits for the end of
// the line that the handshake seems to begin, for ever. The function that it
// returns ends the nudging.
func (a *attempt) nudgeWhenSilent(ctx context.Context, nudged *atomic.Bool) (stop func()) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return func() {}
	}
	done, finished := make(chan struct{}), make(chan struct{})
	raw := a.raw
	timer := time.NewTimer(time.Until(deadline) / 10 * nudgeAfter)
	nudge := a.safely(ctx, func() {
		select {
		case <-done:
		case <-timer.C:
			if !raw.answered() {
				nudged.Store(true)
				_, _ = raw.Write([]byte(strings.Repeat("\r\n", tooLong/2)))
			}
		}
	})
	go func() {
		defer close(finished)
		defer timer.Stop()
		nudge()
	}()
	return func() { close(done); <-finished }
}

// handshakeFailed classifies the errors of crypto/tls.
func (a *attempt) handshakeFailed(ctx context.Context, h *handshake, err error) *problem {
	var certificate *certificateError
	if errors.As(err, &certificate) {
		return certificate.problem
	}
	spoken := recognise(a.raw.greeting())
	switch {
	case spoken == speaksRESP || spoken == speaksErrorReply:
		return a.plaintextServer()
	case h.nudged.Load():
		return a.unheard(spoken, (*attempt).silent)
	case isRemoteAlert(err):
		if h.asked && len(h.policy.certificates) == 0 {
			return a.clientCertificateRequired()
		}
		return a.refusedByAlert(err)
	}
	var header tls.RecordHeaderError
	switch {
	case spoken != speaksNothing && (spoken != speaksTLS || errors.As(err, &header)):
		return a.notRedis(spoken)
	case ctx.Err() != nil || isTimeout(err):
		return a.unheard(spoken, (*attempt).silent)
	case isHangUp(err):
		return a.unheard(spoken, (*attempt).closed)
	default:
		return a.handshakeProblem("")
	}
}

// isRemoteAlert reports an alert that the server sent.
func isRemoteAlert(err error) bool {
	_, ok := netprobe.AlertCode(err)
	return ok
}

// refusedByAlert: in TLS 1.3 a server that wants a certificate says so after
// the client's side of the handshake is done.
func (a *attempt) refusedByAlert(err error) *problem {
	code, _ := netprobe.AlertCode(err)
	if code == netprobe.AlertCertificateRequired {
		return a.clientCertificateRequired()
	}
	return a.handshakeProblem(netprobe.AlertName(code))
}

// speaksTLS opens a second connection and says hello in TLS, no more: a TLS
// port hangs up without a word on whoever does not.
func (a *attempt) speaksTLS(ctx context.Context) bool {
	if a.dialed == "" {
		return false
	}
	conn, err := a.network.Dial(ctx, "tcp", a.dialed)
	if err != nil {
		return false
	}
	stop := context.AfterFunc(ctx, a.safely(ctx, func() { _ = conn.Close() }))
	defer stop()
	defer func() { _ = conn.Close() }()
	second := &wire{Conn: conn}
	if err := second.SetDeadline(time.Now().Add(secondLook)); err != nil {
		return false
	}
	_ = tls.Client(second, &tls.Config{
		ServerName:         a.request.serverName(),
		InsecureSkipVerify: true, //nolint:gosec // nothing is ever sent over it
	}).HandshakeContext(ctx)
	a.result.answered = second.answered()
	return recognise(second.greeting()) == speaksTLS
}

// secondLook is how long the second connection may take.
const secondLook = time.Second

package wsprobe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// secure runs the TLS handshake of a wss:// URL. The certificate is judged
// before anything is sent over the connection.
func (s *Session) secure() *problem {
	settings := s.request.TLS
	name := settings.ServerName
	if name == "" {
		name = s.request.Target.Host
	}
	client := tls.Client(s.wire, &tls.Config{
		ServerName: name,
		RootCAs:    settings.Authorities,
		MinVersion: tls.VersionTLS12,
		// A WebSocket is opened over HTTP/1.1.
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: settings.Unverified, //nolint:gosec // the user asked for it, and a finding says so
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			s.asked = true
			if settings.Certificate != nil {
				return settings.Certificate.reveal(), nil
			}
			return &tls.Certificate{}, nil
		},
	})
	stop := s.nudgeWhenSilent()
	err := client.HandshakeContext(s.ctx)
	nudged := stop()
	if err != nil {
		return s.handshakeFailed(err, nudged)
	}
	s.secured = client
	if settings.Unverified {
		s.notes = append(s.notes, s.unverified())
	}
	return nil
}

// nudgeAfter is the part of the time left, in tenths, after which a server that
// has not said a byte of TLS is asked whether it speaks HTTP.
const nudgeAfter = 6

// nudgeWhenSilent makes a plaintext server show itself: daphne waits for the end
// of the line that the handshake seems to begin, and then answers 400. The
// function that it returns ends the nudging and reports whether there was any.
func (s *Session) nudgeWhenSilent() (stop func() bool) {
	deadline, _ := s.ctx.Deadline()
	done, finished, nudged := make(chan struct{}), make(chan struct{}), false
	timer := time.NewTimer(time.Until(deadline) / 10 * nudgeAfter)
	go func() {
		defer close(finished)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			if len(s.wire.greeting()) == 0 {
				nudged = true
				_, _ = s.wire.Write([]byte("\r\n\r\n"))
			}
		}
	}()
	return func() bool { close(done); <-finished; return nudged }
}

// handshakeFailed classifies the errors of crypto/tls. What a server answers to
// a nudge says nothing about its TLS.
func (s *Session) handshakeFailed(err error, nudged bool) *problem {
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) && len(verification.UnverifiedCertificates) > 0 {
		return s.badCertificate(verification)
	}
	greeting := s.wire.greeting()
	var header tls.RecordHeaderError
	switch {
	case len(greeting) > 0 && !speaksTLS(greeting), errors.As(err, &header) && !speaksTLS(greeting):
		return s.plaintextServer(speaksHTTP(greeting))
	case nudged, s.ctx.Err() != nil || netprobe.IsTimeout(err):
		return s.handshakeSilent()
	}
	if code, ok := netprobe.AlertCode(err); ok {
		return s.refusedByAlert(code)
	}
	if netprobe.IsHangUp(err) {
		return s.handshakeCutOff()
	}
	return s.handshakeProblem("")
}

// refusedByAlert: in TLS 1.3 a server that wants a certificate says so behind
// the client's side of the handshake, when the request is under way.
func (s *Session) refusedByAlert(code uint64) *problem {
	if code == netprobe.AlertCertificateRequired || s.asked && s.request.TLS.Certificate == nil {
		return s.clientCertificateRequired()
	}
	return s.handshakeProblem(netprobe.AlertName(code))
}

// badCertificate classifies x509's errors.
func (s *Session) badCertificate(err *tls.CertificateVerificationError) *problem {
	leaf := err.UnverifiedCertificates[0]
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return s.wrongName(leaf)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return s.expired(time.Now().Before(leaf.NotBefore))
	case errors.As(err, &unknown):
		return s.unknownAuthority()
	default:
		return s.handshakeProblem("bad_certificate")
	}
}

package wsprobe

import (
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// browsersRefuse ends the Django part of findings about certificates.
const browsersRefuse = "The app is not asked. Browsers refuse the connection with code 1006, and for a WebSocket they do not offer to go on all the same."

var docPlaintextServer = finding.Doc{
	ID:       "websocket/tls-plaintext-server",
	Title:    "The URL says wss:// and the server does not speak TLS",
	Severity: finding.Error,
	Why: "The server answered the encrypted greeting in clear. daphne and uvicorn speak no TLS by themselves: the certificate belongs to a proxy before them, " +
		"and this URL goes past it, or the proxy has no certificate for this port.",
	Django: notAsked,
	Fix:    "Use the host and port of the proxy that ends TLS, or ws:// if there is none and the network is private.",
	Live:   true,
	Since:  since,
}

func (s *Session) plaintextServer(http bool) *problem {
	spoken := "something that is not TLS"
	if http {
		spoken = "plain HTTP"
	}
	return wrong(docPlaintextServer, s.report.Address+" answers "+spoken+".")
}

var docTLSRequired = finding.Doc{
	ID:       "websocket/tls-required",
	Title:    "The URL says ws:// and the server speaks TLS",
	Severity: finding.Error,
	Why:      "This port takes encrypted connections only, and the URL asks for a plain one.",
	Django:   notAsked,
	Fix:      "Write wss:// in place of ws://.",
	Live:     true,
	Since:    since,
}

func (s *Session) tlsRequired() *problem {
	return wrong(docTLSRequired, s.report.Address+" speaks TLS.")
}

var docUnknownAuthority = finding.Doc{
	ID:       "websocket/unknown-authority",
	Title:    "The app's certificate is not signed by a known authority",
	Severity: finding.Error,
	Why: "A certificate counts only if an authority that is trusted has signed it. This one is signed by an unknown one, by itself, or comes without the intermediate certificates that lead to a known one: " +
		"browsers may have kept those from another site, and other clients have not.",
	Django: browsersRefuse,
	Fix:    "Give the proxy the full chain of a certificate from a public authority, or set tls.ca_pem to a private one.",
	Live:   true,
	Since:  since,
}

func (s *Session) unknownAuthority() *problem {
	return wrong(docUnknownAuthority, "The certificate of "+s.report.Address+" is not signed by an authority that is trusted here.")
}

var docWrongName = finding.Doc{
	ID:       "websocket/wrong-name",
	Title:    "The app's certificate is for another host name",
	Severity: finding.Error,
	Why:      "A certificate says for which host names it was made. That of the URL is not among them: the proxy has no certificate for this host yet, or falls back to another site's.",
	Django:   browsersRefuse,
	Fix:      "Get a certificate for this host name, or correct the host in the URL.",
	Live:     true,
	Since:    since,
}

// wrongName says whom the certificate names, as far as that looks like names.
func (s *Session) wrongName(leaf *x509.Certificate) *problem {
	observed := "The certificate of " + s.report.Address + " does not name that host."
	var names []string
	for _, name := range leaf.DNSNames {
		if netprobe.IsPlain(name, "*") && len(names) < 3 && s.mayShow(name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		observed += " It names " + strings.Join(names, ", ") + "."
	}
	return wrong(docWrongName, observed)
}

var docExpired = finding.Doc{
	ID:       "websocket/expired",
	Title:    "The app's certificate is not valid today",
	Severity: finding.Error,
	Why:      "A certificate holds from one date to another. This one, or that of the authority that signed it, has run out or does not hold yet; a wrong clock on this machine looks the same.",
	Django:   browsersRefuse,
	Fix:      "Renew the certificate where TLS ends, for example with certbot renew.",
	Live:     true,
	Since:    since,
}

func (s *Session) expired(tooEarly bool) *problem {
	if tooEarly {
		return wrong(docExpired, "The certificate of "+s.report.Address+" is not valid yet.")
	}
	return wrong(docExpired, "The certificate of "+s.report.Address+", or of an authority that signed it, has expired.")
}

var docClientCertificate = finding.Doc{
	ID:       "websocket/client-certificate-required",
	Title:    "The server asks for a certificate of the client",
	Severity: finding.Error,
	Why:      "What ends TLS before the app lets in only clients that show a certificate of their own (mutual TLS).",
	Django:   notAsked,
	Fix:      "Set tls.client_certificate_pem and tls.client_key_pem to a certificate that the server takes.",
	Live:     true,
	Since:    since,
}

func (s *Session) clientCertificateRequired() *problem {
	return wrong(docClientCertificate, s.report.Address+" asks for a certificate of the client.")
}

var docHandshake = finding.Doc{
	ID:       "websocket/tls-handshake",
	Title:    "No encrypted connection to the app comes about",
	Severity: finding.Error,
	Why:      "Both sides speak TLS and do not agree: the server knows no site of this name, or takes no version of TLS and no certificate that is offered.",
	Django:   notAsked,
	Fix:      "Set up TLS for this host name at the proxy before the app, with TLS 1.2 or newer.",
	Live:     true,
	Since:    since,
}

func (s *Session) handshakeProblem(alert string) *problem {
	observed := "The TLS handshake with " + s.report.Address + " failed."
	if alert != "" {
		observed = "The TLS handshake with " + s.report.Address + " failed: the server ended it with the alert " + alert + "."
	}
	return wrong(docHandshake, observed)
}

var docHandshakeSilent = finding.Doc{
	ID:       "websocket/tls-silent",
	Title:    "The encrypted connection is not answered",
	Severity: finding.Warning,
	Why:      "The connection stands, and what listens there neither answers the greeting of TLS nor refuses it: a server that hangs, or one that speaks something else and waits.",
	Django:   notAsked,
	Fix:      "Start the proxy that ends TLS before the app, or correct the port to the one it listens on.",
	Live:     true,
	Since:    since,
}

func (s *Session) handshakeSilent() *problem {
	return maybe(docHandshakeSilent, fmt.Sprintf("%s accepted the connection and did not finish the TLS handshake within %s.", s.report.Address, s.within()), "")
}

func (s *Session) handshakeCutOff() *problem {
	return maybe(docHungUp, s.report.Address+" closes the connection in the TLS handshake.", "")
}

var docUnverified = finding.Doc{
	ID:       "websocket/not-verified",
	Title:    "The app's certificate is not verified",
	Severity: finding.Info,
	Why:      "With tls.verify = false any certificate is taken, so that nothing is said about it, and whoever sits in between can read what is sent, cookies and tokens included.",
	Django:   "The app does not see it. Browsers verify.",
	Fix:      "Set tls.ca_pem to the authority that signed the certificate, and leave tls.verify out.",
	Live:     true,
	Since:    since,
}

func (s *Session) unverified() *problem {
	p := wrong(docUnverified, "The certificate of "+s.report.Address+" was not looked at, as tls.verify = false asks for.")
	p.setting = SettingTLS
	return p
}

func tlsDocs() []finding.Doc {
	return []finding.Doc{
		docPlaintextServer, docTLSRequired, docUnknownAuthority, docWrongName, docExpired, docClientCertificate, docHandshake,
		docHandshakeSilent, docUnverified,
	}
}

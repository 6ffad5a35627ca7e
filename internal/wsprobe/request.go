package wsprobe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// DefaultTimeout bounds a probe whose request says nothing else.
const DefaultTimeout = 5 * time.Second

// Request says what to open and what to expect of it.
type Request struct {
	Target Target
	// Origin is the header Origin; nil is that of the target's own site, and ""
	// sends none.
	Origin *string
	// Headers and Cookies are sent with the handshake, by name.
	Headers, Cookies map[string]secret.String
	// Subprotocols are offered, in this order.
	Subprotocols []string
	TLS          TLS
	// Timeout bounds a probe, all stages together; 0 means [DefaultTimeout].
	Timeout time.Duration
	// Send is a text to send once the WebSocket is open, nil for none.
	Send *secret.String
	// Expect says which message is waited for; nil is none, unless there is
	// something to send: then it is any.
	Expect *Expectation
}

// Expectation is what a message must be like. The zero value is any message.
type Expectation struct {
	// Text is a part of it, "" for any.
	Text secret.String
	// Pattern is found in it, nil for any.
	Pattern *regexp.Regexp
}

func (e Expectation) matches(message []byte) bool {
	return strings.Contains(string(message), e.Text.Reveal()) && (e.Pattern == nil || e.Pattern.Match(message))
}

func (e Expectation) isAny() bool { return e.Text.IsEmpty() && e.Pattern == nil }

// TLS is how a wss:// connection is secured.
type TLS struct {
	// Authorities are trusted besides those of the system, nil for no others.
	Authorities *x509.CertPool
	// ServerName is what the certificate must name, "" for the URL's host.
	ServerName string
	// Certificate is the client's own, nil for none.
	Certificate *ClientCertificate
	// Unverified takes any certificate.
	Unverified bool
}

// ClientCertificate is a client's certificate with its key, which it does not
// print.
type ClientCertificate struct{ reveal func() *tls.Certificate }

// within is the request's timeout, for people: that of an attempt is what others
// have left of it.
func (s *Session) within() time.Duration { return s.request.timeout().Round(100 * time.Millisecond) }

func (r Request) timeout() time.Duration {
	if r.Timeout <= 0 {
		return DefaultTimeout
	}
	return r.Timeout
}

func (r Request) origin() string {
	if r.Origin == nil {
		return r.Target.Origin()
	}
	return *r.Origin
}

// waits reports whether a message is waited for.
func (r Request) waits() bool { return r.Send != nil || r.Expect != nil }

func (r Request) expectation() Expectation {
	if r.Expect == nil {
		return Expectation{}
	}
	return *r.Expect
}

// InputError says what is wrong with an argument of a request. It holds nothing
// of its value.
type InputError struct{ Input, Reason string }

func (e *InputError) Error() string { return e.Input + " " + e.Reason }

// Check looks for what no WebSocket could be opened with. The error is an
// [*InputError].
func (r Request) Check() error {
	for name, value := range r.Headers {
		switch lower := strings.ToLower(name); {
		case !isToken(name):
			return &InputError{"headers", "has a name that is none of a header"}
		case lower == "origin":
			return &InputError{"headers", "holds Origin: use the argument origin"}
		case lower == "cookie":
			return &InputError{"headers", "holds Cookie: use the argument cookies"}
		case slices.Contains(ownHeaders, lower), strings.HasPrefix(lower, "sec-websocket-"):
			return &InputError{"headers", "holds " + lower + ", which the handshake sets by itself"}
		case !isFieldValue(value.Reveal()):
			return &InputError{"headers", "has a value with a control character, a line break most likely"}
		}
	}
	for name, value := range r.Cookies {
		if !isToken(name) || !isCookieValue(value.Reveal()) {
			return &InputError{"cookies", "has a name or value with a character that a cookie cannot carry"}
		}
	}
	for i, name := range r.Subprotocols {
		if !isToken(name) || slices.Contains(r.Subprotocols[:i], name) {
			return &InputError{"subprotocols", "has a name that is none of a subprotocol, or one twice"}
		}
	}
	if !isFieldValue(r.origin()) {
		return &InputError{"origin", "has a control character"}
	}
	return nil
}

// ownHeaders are those of the handshake and of HTTP itself.
var ownHeaders = []string{"connection", "upgrade", "content-length", "transfer-encoding", "te", "trailer", "keep-alive"}

// isToken is RFC 9110's token (section 5.6.2).
func isToken(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	}) < 0
}

func isFieldValue(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

// isCookieValue is looser than RFC 6265: browsers send blanks, commas and quotes.
func isCookieValue(text string) bool { return isFieldValue(text) && !strings.Contains(text, ";") }

// ParseAuthorities reads certificates in PEM. The error is an [*InputError].
func ParseAuthorities(text string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(text)) {
		return nil, &InputError{"tls.ca_pem", "holds no certificate in PEM"}
	}
	return pool, nil
}

// ParseCertificate reads a client's certificate and its key in PEM. The error is
// an [*InputError].
func ParseCertificate(certificate string, key secret.String) (*ClientCertificate, error) {
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key.Reveal()))
	if err != nil {
		return nil, &InputError{"tls.client_certificate_pem", "and tls.client_key_pem make no pair in PEM that can be read"}
	}
	return &ClientCertificate{reveal: func() *tls.Certificate { return &pair }}, nil
}

// CompilePattern compiles a regular expression of RE2. The error is an
// [*InputError].
func CompilePattern(text string) (*regexp.Regexp, error) {
	pattern, err := regexp.Compile(text)
	if err != nil {
		reason := "is no regular expression of RE2"
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			reason += ": " + string(wrong.Code)
		}
		return nil, &InputError{"expect_regex", reason}
	}
	return pattern, nil
}

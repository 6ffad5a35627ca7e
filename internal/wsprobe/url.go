package wsprobe

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Target is where a WebSocket is: what [ParseURL] makes of its URL.
type Target struct {
	// Secure is wss://.
	Secure bool
	// Host is in lower case, an IPv6 address without brackets.
	Host string
	Port int
	// username and password are those before an "@", percent-decoded.
	username, password secret.String
	credentials        bool
	// resource is the path and the query: both may hold tokens.
	resource secret.String
	// hidden is set where an "@" comes after the host: a raw "/" or "?" in a
	// password ends the authority before it, so that the host and the port may be
	// pieces of what was meant to be a secret.
	hidden bool
}

// URLReason says why a URL is refused.
type URLReason string

// Reasons to refuse a URL.
const (
	URLEmpty     URLReason = "it is empty"
	URLNoScheme  URLReason = "it does not begin with ws:// or wss://"
	URLHTTP      URLReason = "it begins with http://: write ws:// in its place"
	URLHTTPS     URLReason = "it begins with https://: write wss:// in its place"
	URLHost      URLReason = "its host is missing or is none: a name in ASCII (xn--... for others), an IPv4 address, or an IPv6 address in brackets"
	URLPort      URLReason = "its port is not a number from 1 to 65535"
	URLFragment  URLReason = "a # begins a fragment, which a WebSocket has not: write %23 for a # in a value"
	URLCharacter URLReason = "a character there must be percent-encoded"
	URLEscape    URLReason = "a % there is not followed by two hexadecimal digits: write %25 for a %"
)

// URLError says why a URL is refused. It holds nothing of the URL.
type URLError struct {
	Reason URLReason
	// At is the byte, from 0; -1 where it is the URL as a whole.
	At int
}

func (e *URLError) Error() string {
	if e.At < 0 {
		return string(e.Reason)
	}
	return fmt.Sprintf("%s (byte %d)", e.Reason, e.At)
}

// ParseURL reads a ws:// or wss:// URL. The error is a [*URLError].
func ParseURL(raw secret.String) (Target, error) {
	text := raw.Reveal()
	if text == "" {
		return Target{}, &URLError{URLEmpty, -1}
	}
	if at := strings.IndexFunc(text, mustBeEncoded); at >= 0 {
		return Target{}, &URLError{URLCharacter, at}
	}
	t, from, err := scheme(text)
	if err != nil {
		return Target{}, err
	}
	if at := strings.IndexByte(text, '#'); at >= 0 {
		return Target{}, &URLError{URLFragment, at}
	}
	end := len(text)
	if at := strings.IndexAny(text[from:], "/?"); at >= 0 {
		end = from + at
	}
	if err := t.authority(text[from:end], from); err != nil {
		return Target{}, err
	}
	t.hidden = strings.Contains(text[end:], "@")
	path, query, _ := strings.Cut(text[end:], "?")
	if at := badEscape(path); at >= 0 {
		return Target{}, &URLError{URLEscape, end + at}
	}
	if path == "" {
		path = "/"
	}
	if query != "" {
		path += "?" + query
	}
	t.resource = secret.New(path)
	return t, nil
}

// mustBeEncoded: what a URL has only percent-encoded.
func mustBeEncoded(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }

func scheme(text string) (t Target, from int, err error) {
	name, _, found := strings.Cut(text, "://")
	from = len(name) + len("://")
	switch name = strings.ToLower(name); {
	case !found:
		return t, 0, &URLError{URLNoScheme, -1}
	case name == "ws":
		t.Port = 80
	case name == "wss":
		t.Secure, t.Port = true, 443
	case name == "http":
		return t, 0, &URLError{URLHTTP, -1}
	case name == "https":
		return t, 0, &URLError{URLHTTPS, -1}
	default:
		return t, 0, &URLError{URLNoScheme, -1}
	}
	return t, from, nil
}

// authority reads user:password@host:port, which begins at that byte.
func (t *Target) authority(text string, from int) error {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		user, password, _ := strings.Cut(text[:at], ":")
		for _, part := range []struct {
			text string
			into *secret.String
			at   int
		}{{user, &t.username, from}, {password, &t.password, from + len(user) + 1}} {
			decoded, bad := unescape(part.text)
			if bad >= 0 {
				return &URLError{URLEscape, part.at + bad}
			}
			*part.into = secret.New(decoded)
		}
		t.credentials = true
		text, from = text[at+1:], from+at+1
	}
	var host, port string
	if closing := strings.IndexByte(text, ']'); strings.HasPrefix(text, "[") && closing > 0 {
		host, port = text[1:closing], text[closing+1:]
		address, err := netip.ParseAddr(host)
		if err != nil || !address.Is6() || address.Zone() != "" || port != "" && port[0] != ':' {
			return &URLError{URLHost, from}
		}
		port = strings.TrimPrefix(port, ":")
	} else {
		host, port, _ = strings.Cut(text, ":")
		if !netprobe.IsPlain(host, "") {
			return &URLError{URLHost, from}
		}
	}
	t.Host = strings.ToLower(host)
	if port == "" {
		return nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return &URLError{URLPort, from + len(text) - len(port)}
	}
	t.Port = int(number)
	return nil
}

// badEscape is where a "%" is no escape, -1 for nowhere.
func badEscape(text string) int {
	for i := range len(text) {
		if text[i] == '%' && (i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2])) {
			return i
		}
	}
	return -1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// unescape decodes percent escapes, or says where one is none.
func unescape(text string) (decoded string, bad int) {
	if at := badEscape(text); at >= 0 {
		return "", at
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b.WriteByte(text[i])
			continue
		}
		value, _ := strconv.ParseUint(text[i+1:i+3], 16, 8)
		b.WriteByte(byte(value))
		i += 2
	}
	return b.String(), -1
}

// site is the host with its port, unless that is the scheme's own, as it stands
// in the Host header and in an origin.
func (t Target) site() string {
	host := t.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if t.Port == t.defaultPort() {
		return host
	}
	return host + ":" + strconv.Itoa(t.Port)
}

func (t Target) defaultPort() int {
	if t.Secure {
		return 443
	}
	return 80
}

// Origin is that of a page of the URL's own site.
func (t Target) Origin() string {
	if t.Secure {
		return "https://" + t.site()
	}
	return "http://" + t.site()
}

// Address is scheme, host and port, for people: never a path, a query or
// credentials, and none of it where host and port may be pieces of a password.
func (t Target) Address() string {
	if t.hidden {
		return "(an address that is not shown)"
	}
	return t.scheme() + t.site()
}

// url is what to connect to, without credentials.
func (t Target) url() string { return t.scheme() + t.site() + t.resource.Reveal() }

func (t Target) scheme() string {
	if t.Secure {
		return "wss://"
	}
	return "ws://"
}

package redisurl

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Parts are what a URL is built of.
type Parts struct {
	// Scheme is "redis", "rediss", "unix", or "": then TLS and Path decide.
	Scheme string
	// TLS, if not nil, chooses between redis and rediss, and must not
	// contradict Scheme.
	TLS *bool
	// Host is a name, an IPv4 address, or an IPv6 address without brackets.
	// redis-py reads names in lower case, so they are written so.
	Host string
	// Port is 1 to 65535, or nil: then the URL has none, and redis-py takes
	// 6379.
	Port *big.Int
	// Username without Password is allowed, for a user without password
	// ("nopass"): redis-py sends AUTH with an empty password. Both are
	// absent if empty, to redis-py as well.
	Username string
	Password secret.String
	// DB is 0 or more, or nil: then the URL has none, and redis-py takes 0.
	DB *big.Int
	// Path is a Unix socket's absolute path.
	Path string
	// Query are further arguments by name, out of [KnownArguments].
	Query map[string]secret.String
}

// PartsError says which part of a URL cannot be built, and why. It never holds
// a part's value.
type PartsError struct {
	// Part is the part's name, in lower case: "host", "port", "query".
	Part string
	// Argument is the query argument's name, if Part is "query" and redis-py
	// knows it.
	Argument string
	// Problem is a constant phrase.
	Problem string
}

func (e *PartsError) Error() string {
	part := e.Part
	if e.Argument != "" {
		part = e.Argument
	}
	return fmt.Sprintf("%s: %s", part, e.Problem)
}

// Build is the URL of those parts: [Parse] of it, in every line that takes its
// arguments, gives exactly them. Everything but unreserved characters is
// percent-encoded, "~" included, so that .env readers and shells leave it as
// it is; with more than one query argument the URL has "&", which a shell
// wants quoted. The error is a [*PartsError].
func Build(parts Parts) (secret.String, error) {
	scheme, err := parts.scheme()
	if err != nil {
		return secret.String{}, err
	}
	query, err := parts.query(scheme)
	if err != nil {
		return secret.String{}, err
	}
	userinfo, err := parts.userinfo()
	if err != nil {
		return secret.String{}, err
	}
	rest, err := parts.location(scheme)
	if err != nil {
		return secret.String{}, err
	}
	if query != "" {
		query = "?" + query
	}
	return parts.proved(secret.New(scheme + "://" + userinfo + rest + query))
}

// proved returns the URL if every line that has its arguments reads it, and
// there is such a line: what an argument's parser or the connection refuses is
// found here.
func (parts Parts) proved(built secret.String) (secret.String, error) {
	var newest *Error
	reads := false
	lines := Lines()
	for i := len(lines) - 1; i >= 0; i-- {
		_, err := Parse(built, lines[i])
		var refused *Error
		switch {
		case err == nil:
			reads = true
		case !errors.As(err, &refused):
			return secret.String{}, err
		case refused.Reason != UnknownArgument:
			return secret.String{}, unread(refused)
		case newest == nil:
			newest = refused
		}
	}
	if !reads && newest != nil {
		return secret.String{}, unread(newest)
	}
	return built, nil
}

func unread(refused *Error) *PartsError {
	return &PartsError{"query", refused.Argument, "redis-py refuses it: " + refused.Reason.Text()}
}

func (parts Parts) scheme() (string, error) {
	scheme := parts.Scheme
	switch scheme {
	case "redis", "rediss", "unix":
	case "":
		scheme = "redis"
		if parts.Path != "" {
			scheme = "unix"
		}
		if parts.TLS != nil && *parts.TLS {
			scheme = "rediss"
		}
	default:
		return "", &PartsError{Part: "scheme", Problem: "must be redis, rediss or unix"}
	}
	if parts.TLS != nil && *parts.TLS != (scheme == "rediss") {
		return "", &PartsError{Part: "tls", Problem: "contradicts the scheme"}
	}
	return scheme, nil
}

func (parts Parts) userinfo() (string, error) {
	if !utf8.ValidString(parts.Username) {
		return "", &PartsError{Part: "username", Problem: "is not UTF-8"}
	}
	password := parts.Password.Reveal()
	if !utf8.ValidString(password) {
		return "", &PartsError{Part: "password", Problem: "is not UTF-8"}
	}
	userinfo := quote(parts.Username)
	if password != "" {
		userinfo += ":" + quote(password)
	}
	if userinfo != "" {
		userinfo += "@"
	}
	return userinfo, nil
}

// location is what follows the userinfo: host, port and database, or the path.
func (parts Parts) location(scheme string) (string, error) {
	if scheme == "unix" {
		return parts.socket()
	}
	if parts.Path != "" {
		return "", &PartsError{Part: "path", Problem: "belongs to a unix URL; the database has its own part"}
	}
	text, err := writeHost(parts.Host)
	if err != nil {
		return "", err
	}
	if parts.Port != nil {
		if parts.Port.Sign() <= 0 || parts.Port.Cmp(big.NewInt(65535)) > 0 {
			return "", &PartsError{Part: "port", Problem: "must be 1 to 65535"}
		}
		text += ":" + parts.Port.String()
	}
	if parts.DB != nil {
		if parts.DB.Sign() < 0 {
			return "", &PartsError{Part: "db", Problem: "must not be negative"}
		}
		text += "/" + parts.DB.String()
	}
	return text, nil
}

func (parts Parts) socket() (string, error) {
	switch {
	case parts.Host != "":
		return "", &PartsError{Part: "host", Problem: "a unix URL has none"}
	case parts.Port != nil:
		return "", &PartsError{Part: "port", Problem: "a unix URL has none"}
	case !strings.HasPrefix(parts.Path, "/"):
		return "", &PartsError{Part: "path", Problem: "must be absolute"}
	case !utf8.ValidString(parts.Path):
		return "", &PartsError{Part: "path", Problem: "is not UTF-8"}
	}
	return strings.ReplaceAll(quote(parts.Path), "%2F", "/"), nil
}

func writeHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		address, zone, _ := strings.Cut(host, "%")
		if ip, err := netip.ParseAddr(address); err != nil || !ip.Is6() || !isIPv6(host) || !isPlain(zone) {
			return "", &PartsError{Part: "host", Problem: "has a colon and is not an IPv6 address; a port goes into the part port"}
		}
		// The zone is unquoted like all of the host.
		return "[" + strings.ToLower(address) + quote(host[len(address):]) + "]", nil
	}
	switch {
	case host == "":
		return "", &PartsError{Part: "host", Problem: "is missing"}
	case !isPlain(host):
		return "", &PartsError{Part: "host", Problem: "may have letters, digits, hyphens, underscores and dots only"}
	}
	return strings.ToLower(host), nil
}

// query writes the arguments, sorted by name. The database of a unix URL is
// one of them.
func (parts Parts) query(scheme string) (string, error) {
	known := map[string]bool{}
	for _, name := range KnownArguments() {
		known[name] = true
	}
	fields := make([]string, 0, len(parts.Query)+1)
	if scheme == "unix" && parts.DB != nil {
		if parts.DB.Sign() < 0 {
			return "", &PartsError{Part: "db", Problem: "must not be negative"}
		}
		fields = append(fields, "db="+parts.DB.String())
	}
	for name, given := range parts.Query {
		value := given.Reveal()
		switch {
		case !known[name]:
			return "", &PartsError{Part: "query", Problem: "an argument that redis-py does not know; known are " +
				strings.Join(KnownArguments(), ", ")}
		case value == "":
			return "", &PartsError{"query", name, "is empty, which redis-py takes for absent"}
		case !utf8.ValidString(value):
			return "", &PartsError{"query", name, "is not UTF-8"}
		case unquote(value) != value:
			return "", &PartsError{"query", name, "has a percent-encoded character, which redis-py before 8.1 decodes again"}
		}
		fields = append(fields, name+"="+quote(value))
	}
	sort.Strings(fields)
	return strings.Join(fields, "&"), nil
}

// quote percent-encodes everything but letters, digits, "-", "." and "_". The
// "~" is unreserved too, but a shell expands one that follows a colon.
func quote(text string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; c < utf8.RuneSelf && isPlain(string(rune(c))) {
			out.WriteByte(c)
		} else {
			out.WriteString(string([]byte{'%', digits[c>>4], digits[c&15]}))
		}
	}
	return out.String()
}

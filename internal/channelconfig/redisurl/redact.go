package redisurl

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// mask stands for what is not shown.
const mask = "***"

// Redact is a URL to show to people. User name, host, port, database and the
// names of redis-py's query arguments are shown, and the values of harmless
// ones; everything else is "***".
//
// Where the parts cannot be told apart with certainty, because the URL is
// malformed or an "@" comes after the authority, only the scheme is shown. A
// part with characters that ordinary ones have not is masked, since it may be
// a piece of a password with a raw delimiter. A user name without password is
// masked too: most often it is the password, in the wrong place.
func Redact(raw secret.String) string {
	if raw.IsEmpty() {
		return ""
	}
	c := clean(raw.Reveal())
	s := urlsplit(c.text)
	if !isShownScheme(s.scheme) || !s.hasScheme {
		return mask
	}
	hidden := s.scheme + "://" + mask
	lateAt := strings.Contains(c.text[s.pathAt:], "@")
	if s.check() != nil || !s.hasAuthority || lateAt {
		return hidden
	}
	authority, ok := redactAuthority(s)
	if !ok {
		return hidden
	}
	path, ok := redactPath(s)
	if !ok {
		return hidden
	}
	shown := s.scheme + "://" + authority + path + redactQuery(s)
	if s.hasFragment {
		shown += "#" + mask
	}
	return shown
}

// Show is [Redact] where that shows more of the URL than its scheme; else not ok:
// what is left then tells nobody anything.
func Show(raw secret.String) (shown string, ok bool) {
	shown = Redact(raw)
	_, rest, found := strings.Cut(shown, "://")
	return shown, found && rest != mask
}

// isShownScheme: schemes of Redis clients and those people confuse them with.
func isShownScheme(scheme string) bool {
	switch scheme {
	case "redis", "rediss", "unix", "valkey", "valkeys", "redis+sentinel", "redis-sentinel", "redis+socket",
		"tcp", "tls", "http", "https", "amqp", "postgres", "postgresql", "mysql":
		return true
	}
	return false
}

// redactAuthority is not ok where a part of the authority is not what it
// should be.
func redactAuthority(s split) (shown string, ok bool) {
	if s.hasUserinfo {
		shown = redactUserinfo(s) + "@"
	}
	if s.scheme == "unix" {
		return shown, s.hostinfo == ""
	}
	host := s.host
	switch {
	case strings.HasPrefix(s.hostinfo, "["):
		if !isIPv6(host) || strings.Contains(host, "%") {
			return "", false
		}
		host = "[" + host + "]"
	case host == "" || !isPlain(host):
		return "", false
	}
	shown += host
	if s.port != "" {
		if _, reason := readPort(s.port); reason != "" || len(s.port) > 5 {
			return "", false
		}
		shown += ":" + s.port
	}
	return shown, true
}

func redactUserinfo(s split) string {
	user, password, hasColon := strings.Cut(s.userinfo, ":")
	switch {
	case !hasColon:
		return mask
	case user != "" && (password == "" || !isPlain(user)):
		user = mask
	}
	return user + ":" + mask
}

// isPlain: nothing but the letters, digits, "-", "_" and "." of ordinary names.
func isPlain(text string) bool {
	for _, r := range text {
		if !isUnreserved(r) || r == '~' {
			return false
		}
	}
	return true
}

// redactPath shows a database number and a socket's path.
func redactPath(s split) (shown string, ok bool) {
	path := s.path
	switch {
	case path == "" || path == "/":
		return path, true
	case s.scheme == "unix":
		return path, isPlain(strings.ReplaceAll(path, "/", ""))
	case isSlashDigits(path) && len(path) <= len("/65535"):
		return path, true
	}
	return "/" + mask, true
}

// redactQuery shows the names of redis-py's arguments, and the values of those
// that cannot be secret if they are what the argument takes.
func redactQuery(s split) string {
	if s.query == "" {
		return ""
	}
	fields := strings.Split(s.query, "&")
	for i, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		switch {
		case !isParameter(name):
			fields[i] = mask
		case value != "" && !isHarmless(name, value):
			fields[i] = name + "=" + mask
		}
	}
	return "?" + strings.Join(fields, "&")
}

func isParameter(name string) bool {
	for _, p := range parameters() {
		if p.name == name {
			return true
		}
	}
	return false
}

// isHarmless: a value of a closed set, or a short number, where one belongs.
func isHarmless(name, value string) bool {
	switch parserOf(name, Newest) {
	case asInt, asFloat:
		return len(value) <= 5 && strings.Trim(value, "0123456789.") == ""
	case asBool:
		switch strings.ToLower(value) {
		case "0", "1", "true", "false", "yes", "no", "on", "off", "t", "f", "y", "n":
			return true
		}
	case asFlags:
		return isVerifyFlag(value)
	case asText:
		switch value {
		case "none", "optional", "required":
			return name == "ssl_cert_reqs"
		}
	}
	return false
}

// Showable reports whether host, port, path and database of the connection can
// be shown to people, as [Redact] would. What comes of a password with a raw
// "/", "?" or "#" cannot: its pieces are the host, the port or the path then.
func (u *URL) Showable() bool { return !u.Written.LateAt && u.Connection.Showable() }

// Showable reports whether the host and the path look like ones. What else
// stands in their place may be a whole URL, password included.
func (c Connection) Showable() bool {
	address := isIPv6(c.Host) && !strings.Contains(c.Host, "%")
	return (address || isPlain(c.Host)) && isPlain(strings.ReplaceAll(c.Path, "/", ""))
}

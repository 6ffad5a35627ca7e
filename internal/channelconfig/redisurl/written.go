package redisurl

import (
	"strings"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
)

// describe gathers the facts about the text.
func (p *parser) describe() Written {
	trimmed := strings.TrimRightFunc(p.raw, isControlOrSpace)
	w := Written{
		HasAuthority: p.hasAuthority,
		HasUserinfo:  p.hasUserinfo,
		HasUsername:  p.split.username() != "",
		HasPassword:  p.split.password() != "",
		HasHost:      p.split.host != "",
		HasPort:      p.split.port != "",
		HasPath:      p.split.path != "" && p.split.path != "/",
		HasQuery:     p.split.query != "",
		HasFragment:  p.hasFragment,
		LateAt:       strings.Contains(p.text[p.pathAt:], "@"),

		SchemeCase:    p.writtenScheme != p.scheme,
		LeadingSpace:  p.start > 0,
		TrailingSpace: len(trimmed) < len(p.raw),
		Stripped:      p.start < len(trimmed) && strings.ContainsAny(trimmed[p.start:], "\t\r\n"),

		Duplicates: p.duplicates,
		Blanks:     p.blanks,

		Unescaped: strings.ContainsFunc(p.userinfo, needsEscape),
		BadEscape: hasBadEscape(p.userinfo),
		NotUTF8:   !utf8.Valid(unquoteToBytes(p.userinfo)),
	}
	if port, reason := readPort(p.split.port); reason == "" && w.HasPort {
		w.PortZero = port.Sign() == 0
	}
	w.DB = p.databaseOrigin()
	path := unquote(p.split.path)
	w.PathSegments = len(strings.FieldsFunc(path, func(r rune) bool { return r == '/' }))
	w.PathNotADB = p.scheme != "unix" && w.HasPath && !isSlashDigits(p.split.path)
	return w
}

// databaseOrigin says where parse_url takes the database from.
func (p *parser) databaseOrigin() DBOrigin {
	number := strings.ReplaceAll(unquote(p.split.path), "/", "")
	switch {
	case p.find("db") != nil:
		return DBQuery
	case p.scheme == "unix" || number == "":
		return DBDefault
	}
	if _, err := pyvalue.Int(number); err != nil {
		return DBIgnored
	}
	return DBPath
}

// isSlashDigits: "/" and ASCII digits, nothing else.
func isSlashDigits(path string) bool {
	for i := range len(path) {
		if i == 0 && path[i] != '/' || i > 0 && (path[i] < '0' || path[i] > '9') {
			return false
		}
	}
	return true
}

func isControlOrSpace(r rune) bool { return r < ' ' || pyvalue.IsSpace(r) }

// needsEscape: not allowed as it is in the userinfo by RFC 3986, section
// 3.2.1.
func needsEscape(r rune) bool {
	return !isUnreserved(r) && !strings.ContainsRune("!$&'()*+,;=:%", r)
}

// isUnreserved: RFC 3986, section 2.3.
func isUnreserved(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r)
}

func hasBadEscape(text string) bool {
	for i := range len(text) {
		if text[i] == '%' && !isEscape(text[i:]) {
			return true
		}
	}
	return false
}

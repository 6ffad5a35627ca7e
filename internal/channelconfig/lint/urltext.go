package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// urlText is a URL cut up as Python cuts it, whether redis-py then accepts it
// or not: urllib.parse.urlsplit (CPython 3.12) without its checks. It is for
// saying where something stands; what it means is for redisurl to say.
type urlText struct {
	// text is what urlsplit works on: without leading spaces and control
	// characters, and without tabs and newlines.
	text secret.String
	// offsets are the positions of text's bytes in the setting, and of its end.
	offsets []int
	// scheme is in lower case; "" where there is none.
	scheme string
	// hasAuthority: "//" follows the scheme.
	hasAuthority bool
	// The parts, without their delimiters. A part that is not there is empty
	// and stands where it would begin.
	authority, path, query, fragment span
}

// span is a part of a text: [start, end).
type span struct{ start, end int }

func (s span) empty() bool { return s.start == s.end }

// in cuts the span out of a text.
func (s span) in(text secret.String) string { return text.Reveal()[s.start:s.end] }

// cutURL cuts a URL up.
func cutURL(raw string) urlText {
	var u urlText
	text, offsets := stripURL(raw)
	u.text, u.offsets = secret.New(text), offsets
	rest := 0
	if i := strings.IndexByte(text, ':'); i > 0 && isScheme(text[:i]) {
		u.scheme, rest = strings.ToLower(text[:i]), i+1
	}
	end := len(text)
	u.authority = span{rest, rest}
	if strings.HasPrefix(text[rest:], "//") {
		u.hasAuthority = true
		start := rest + len("//")
		rest = end
		if i := strings.IndexAny(text[start:], "/?#"); i >= 0 {
			rest = start + i
		}
		u.authority = span{start, rest}
	}
	u.fragment, end = cutAt(text, rest, end, '#')
	u.query, end = cutAt(text, rest, end, '?')
	u.path = span{rest, end}
	return u
}

// cutAt is the part of text[start:end] after the first delimiter, and the
// position of the delimiter; end where there is none.
func cutAt(text string, start, end int, delimiter byte) (after span, at int) {
	i := strings.IndexByte(text[start:end], delimiter)
	if i < 0 {
		return span{end, end}, end
	}
	return span{start + i + 1, end}, start + i
}

// stripURL does what urlsplit does before it splits.
func stripURL(raw string) (text string, offsets []int) {
	start := 0
	for start < len(raw) && raw[start] <= ' ' {
		start++
	}
	var b strings.Builder
	for i := start; i < len(raw); i++ {
		if strings.IndexByte("\t\r\n", raw[i]) < 0 {
			b.WriteByte(raw[i])
			offsets = append(offsets, i)
		}
	}
	return b.String(), append(offsets, len(raw))
}

// isScheme reports whether text may stand before the colon: an ASCII letter,
// then letters, digits and "+-.".
func isScheme(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && strings.IndexByte("+-.", c) < 0) {
			return false
		}
	}
	return text != ""
}

// hostAndPort is the authority after the last "@", where urlsplit looks for
// the host.
func (u urlText) hostAndPort() span {
	i := strings.LastIndexByte(u.authority.in(u.text), '@')
	return span{u.authority.start + i + 1, u.authority.end}
}

// rest is what follows the authority.
func (u urlText) rest() span { return span{u.authority.end, u.text.Len()} }

package redisurl

import (
	"strings"
)

// cleaned is a URL's text without what urlsplit removes from it.
type cleaned struct {
	raw  string
	text string
	// start is where raw begins to count, after leading control characters
	// and spaces.
	start int
}

// clean mirrors the first steps of urllib.parse.urlsplit: C0 control
// characters and spaces go from the start, tabs, newlines and carriage returns
// from everywhere.
func clean(raw string) cleaned {
	start := 0
	for start < len(raw) && raw[start] <= ' ' {
		start++
	}
	// By bytes, so that what is not UTF-8 stays as it is.
	text := make([]byte, 0, len(raw)-start)
	for i := start; i < len(raw); i++ {
		if !isRemoved(raw[i]) {
			text = append(text, raw[i])
		}
	}
	return cleaned{raw, string(text), start}
}

func isRemoved(c byte) bool { return c == '\t' || c == '\n' || c == '\r' }

// origin is the offset in raw of the byte that stands at i in text.
func (c cleaned) origin(i int) int {
	if i < 0 {
		return i
	}
	at := c.start
	for ; at < len(c.raw); at++ {
		if isRemoved(c.raw[at]) {
			continue
		}
		if i == 0 {
			return at
		}
		i--
	}
	return at
}

// split are the parts of a URL, as urlsplit's SplitResult has them, and where
// each starts in the cleaned text.
type split struct {
	hasScheme, hasAuthority, hasFragment bool

	scheme         string // lower case
	writtenScheme  string
	netloc         string
	path           string
	query          string
	netlocAt       int
	pathAt         int
	queryAt        int
	userinfo       string
	hasUserinfo    bool
	hostinfo       string
	hostinfoAt     int
	host           string // as written, without brackets
	port           string
	hostAt, portAt int
}

// urlsplit mirrors urllib.parse.urlsplit after clean, without its checks.
func urlsplit(text string) split {
	var s split
	rest, at := text, 0
	if i := strings.IndexByte(rest, ':'); i > 0 && isSchemeName(rest[:i]) {
		s.hasScheme, s.writtenScheme, s.scheme = true, rest[:i], strings.ToLower(rest[:i])
		rest, at = rest[i+1:], i+1
	}
	s.netlocAt = at
	if strings.HasPrefix(rest, "//") {
		s.hasAuthority = true
		rest, at = rest[2:], at+2
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		s.netloc, s.netlocAt = rest[:end], at
		rest, at = rest[end:], at+end
	}
	rest, _, s.hasFragment = strings.Cut(rest, "#")
	s.path, s.query, _ = strings.Cut(rest, "?")
	s.pathAt, s.queryAt = at, at+len(s.path)+1
	s.splitNetloc()
	return s
}

func isSchemeName(name string) bool {
	for i := range len(name) {
		letter := name[i]|0x20 >= 'a' && name[i]|0x20 <= 'z'
		other := name[i] >= '0' && name[i] <= '9' || strings.IndexByte("+-.", name[i]) >= 0
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return true
}

// splitNetloc mirrors _userinfo and _hostinfo of
// urllib.parse._NetlocResultMixinStr.
func (s *split) splitNetloc() {
	s.hostinfo, s.hostinfoAt = s.netloc, s.netlocAt
	if i := strings.LastIndexByte(s.netloc, '@'); i >= 0 {
		s.hasUserinfo, s.userinfo = true, s.netloc[:i]
		s.hostinfo, s.hostinfoAt = s.netloc[i+1:], s.netlocAt+i+1
	}
	open := strings.IndexByte(s.hostinfo, '[')
	s.host, s.hostAt = s.hostinfo, s.hostinfoAt
	after, afterAt := s.hostinfo, s.hostinfoAt
	if open >= 0 {
		host, rest, _ := strings.Cut(s.hostinfo[open+1:], "]")
		s.host, s.hostAt = host, s.hostinfoAt+open+1
		after, afterAt = rest, min(s.hostAt+len(host)+1, s.hostinfoAt+len(s.hostinfo))
	}
	before, port, _ := strings.Cut(after, ":")
	if open < 0 {
		s.host = before
	}
	s.port = port
	s.portAt = min(afterAt+len(before)+1, s.hostinfoAt+len(s.hostinfo))
}

// username and password are as written, "" where there is none.
func (s *split) username() string {
	name, _, _ := strings.Cut(s.userinfo, ":")
	return name
}

func (s *split) password() string {
	_, password, _ := strings.Cut(s.userinfo, ":")
	return password
}

// hostname mirrors SplitResult.hostname: lower case up to the first "%", which
// may start the zone of an IPv6 address.
func (s *split) hostname() string {
	host, zone, has := strings.Cut(s.host, "%")
	if has {
		return pyLower(host) + "%" + zone
	}
	return pyLower(host)
}

// refusal is why the authority cannot be split, and where in the cleaned text.
type refusal struct {
	reason Reason
	at     int
}

// check mirrors the checks of urlsplit: brackets, then normalization.
func (s *split) check() *refusal {
	open, closing := strings.IndexByte(s.netloc, '['), strings.IndexByte(s.netloc, ']')
	if (open < 0) != (closing < 0) {
		return &refusal{UnbalancedBracket, s.netlocAt + max(open, closing)}
	}
	if open >= 0 {
		if r := s.checkBracketed(); r != nil {
			return r
		}
	}
	if i := strings.IndexFunc(s.netloc, hidesDelimiter); i >= 0 {
		return &refusal{HiddenDelimiter, s.netlocAt + i}
	}
	return nil
}

// checkBracketed mirrors _check_bracketed_netloc. It is called when there are
// brackets anywhere in the authority, and looks at the host even if they stand
// in the userinfo.
func (s *split) checkBracketed() *refusal {
	if open := strings.IndexByte(s.hostinfo, '['); open >= 0 {
		if open > 0 {
			return &refusal{TextAroundBrackets, s.hostinfoAt}
		}
		if _, after, _ := strings.Cut(s.hostinfo, "]"); after != "" && after[0] != ':' {
			return &refusal{TextAroundBrackets, s.hostinfoAt + len(s.hostinfo) - len(after)}
		}
	}
	if !isBracketedHost(s.host) {
		at := s.hostAt
		if s.hostinfo == "" || s.hostinfo[0] != '[' {
			// The brackets at fault stand in the userinfo.
			at = s.netlocAt + strings.IndexByte(s.netloc, '[')
		}
		return &refusal{NotIPv6, at}
	}
	return nil
}

// hidesDelimiter mirrors _checknetloc: NFKC normalization of r has one of
// "/?#@:". These characters are all of them; decompositions never change from
// one Unicode version to the next.
func hidesDelimiter(r rune) bool {
	switch r {
	case '\u2047', '\u2048', '\u2049', '\u2100', '\u2101', '\u2105', '\u2106', '\u2a74',
		'\ufe13', '\ufe16', '\ufe55', '\ufe56', '\ufe5f', '\ufe6b',
		'\uff03', '\uff0f', '\uff1a', '\uff1f', '\uff20':
		return true
	}
	return false
}

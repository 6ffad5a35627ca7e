package channellayer

import (
	"slices"
	"strings"
)

// pattern is what fnmatch.translate makes of a glob (CPython 3.11, fnmatch.py):
// it matches a whole name, in the case written.
type pattern []element

// element is one character to match, or any number of any.
type element struct {
	star   bool
	any    bool   // every character
	negate bool   // the characters not in ranges
	ranges []span // characters, from and to
}

type span struct{ from, to rune }

func compilePattern(glob string) pattern {
	var p pattern
	text := []rune(glob)
	for i := 0; i < len(text); {
		r := text[i]
		i++
		switch r {
		case '*':
			if len(p) == 0 || !p[len(p)-1].star {
				p = append(p, element{star: true})
			}
		case '?':
			p = append(p, element{any: true})
		case '[':
			end := setEnd(text, i)
			if end < 0 {
				p = append(p, literal('['))
				continue
			}
			p = append(p, compileSet(text[i:end]))
			i = end + 1
		default:
			p = append(p, literal(r))
		}
	}
	return p
}

func literal(r rune) element { return element{ranges: []span{{r, r}}} }

// setEnd finds the bracket that closes a set; a first one is a member of it.
func setEnd(text []rune, start int) int {
	at := start
	if at < len(text) && text[at] == '!' {
		at++
	}
	if at < len(text) && text[at] == ']' {
		at++
	}
	if end := slices.Index(text[min(at, len(text)):], ']'); end >= 0 {
		return at + end
	}
	return -1
}

// compileSet reads what stands between brackets.
func compileSet(members []rune) element {
	var e element
	chunks := splitRanges(members)
	if len(chunks[0]) > 0 && chunks[0][0] == '!' {
		e.negate = true
		chunks[0] = chunks[0][1:]
	}
	for i, chunk := range chunks {
		from, to := 0, len(chunk)
		if i > 0 {
			from = 1 // the end of the range before
		}
		if i < len(chunks)-1 {
			to-- // the start of the range after
		}
		for at := from; at < to; at++ {
			e.ranges = append(e.ranges, span{chunk[at], chunk[at]})
		}
		if i < len(chunks)-1 {
			e.ranges = append(e.ranges, span{chunk[len(chunk)-1], chunks[i+1][0]})
		}
	}
	return e
}

// splitRanges cuts a set at the hyphens that make ranges, and drops ranges that
// are empty.
func splitRanges(members []rune) [][]rune {
	var chunks [][]rune
	start, at := 0, 1
	if len(members) > 0 && members[0] == '!' {
		at = 2
	}
	for at < len(members) {
		hyphen := slices.Index(members[at:], '-')
		if hyphen < 0 {
			break
		}
		hyphen += at
		chunks = append(chunks, slices.Clone(members[start:hyphen]))
		start, at = hyphen+1, hyphen+3
	}
	switch rest := members[start:]; {
	case len(rest) > 0 || len(chunks) == 0:
		chunks = append(chunks, slices.Clone(rest))
	default:
		// A hyphen at the end is one.
		chunks[len(chunks)-1] = append(chunks[len(chunks)-1], '-')
	}
	for k := len(chunks) - 1; k > 0; k-- {
		before, after := chunks[k-1], chunks[k]
		if before[len(before)-1] > after[0] {
			chunks[k-1] = append(before[:len(before)-1], after[1:]...)
			chunks = slices.Delete(chunks, k, k+1)
		}
	}
	return chunks
}

func (e element) matches(r rune) bool {
	if e.any {
		return true
	}
	return e.negate != slices.ContainsFunc(e.ranges, func(s span) bool { return s.from <= r && r <= s.to })
}

// matches goes back to the last star only, which is enough for a glob.
func (p pattern) matches(name string) bool {
	text := []rune(strings.ToValidUTF8(name, "\uFFFD"))
	at, i, star, mark := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case at < len(p) && p[at].star:
			star, mark = at, i
			at++
		case at < len(p) && p[at].matches(text[i]):
			at++
			i++
		case star >= 0:
			mark++
			at, i = star+1, mark
		default:
			return false
		}
	}
	for at < len(p) && p[at].star {
		at++
	}
	return at == len(p)
}

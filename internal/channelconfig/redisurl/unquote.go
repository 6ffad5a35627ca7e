package redisurl

import (
	"strings"
	"unicode/utf8"
)

// unquote mirrors urllib.parse.unquote with its defaults: valid escapes are
// decoded, others stay; each run of ASCII is decoded as UTF-8 by itself, and
// what is not UTF-8 becomes U+FFFD.
func unquote(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && (text[end] < utf8.RuneSelf) == (text[i] < utf8.RuneSelf) {
			end++
		}
		if text[i] < utf8.RuneSelf {
			out.WriteString(decodeReplacing(unquoteToBytes(text[i:end])))
		} else {
			out.WriteString(text[i:end])
		}
		i = end
	}
	return out.String()
}

// unquotePlus is unquote after "+" became a space, as parse_qsl does.
func unquotePlus(text string) string {
	return unquote(strings.ReplaceAll(text, "+", " "))
}

func unquoteToBytes(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && isEscape(text[i:]) {
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return out
}

// isEscape: text starts with "%" and two hexadecimal digits.
func isEscape(text string) bool {
	return len(text) >= 3 && text[0] == '%' && isHex(text[1]) && isHex(text[2])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	default:
		return c - '0'
	}
}

// decodeReplacing mirrors bytes.decode("utf-8", "replace"): each longest piece
// that starts like UTF-8 and goes wrong becomes one U+FFFD.
func decodeReplacing(raw []byte) string {
	var out strings.Builder
	for len(raw) > 0 {
		if r, size := utf8.DecodeRune(raw); r != utf8.RuneError || size > 1 {
			out.Write(raw[:size])
			raw = raw[size:]
			continue
		}
		out.WriteRune(utf8.RuneError)
		raw = raw[brokenLength(raw):]
	}
	return out.String()
}

// brokenLength is how many of the first bytes of raw, which start no valid
// character, could have started one: at least 1. The ranges of the second byte
// are those of Unicode's table 3-7.
func brokenLength(raw []byte) int {
	low, high, length := byte(0x80), byte(0xbf), 0
	switch first := raw[0]; {
	case first >= 0xe0 && first <= 0xef:
		length = 3
		if first == 0xe0 {
			low = 0xa0
		} else if first == 0xed {
			high = 0x9f
		}
	case first >= 0xf0 && first <= 0xf4:
		length = 4
		if first == 0xf0 {
			low = 0x90
		} else if first == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for n < length && n < len(raw) && raw[n] >= low && raw[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	return n
}

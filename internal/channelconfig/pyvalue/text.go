package pyvalue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace reports whether r is white space to Python's str.isspace() and
// str.strip(): bidirectional class WS, B or S, or category Zs. It differs from
// unicode.IsSpace by the separators U+001C to U+001F.
func IsSpace(r rune) bool {
	return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f)
}

// Strip is Python's str.strip() without arguments.
func Strip(text string) string { return strings.TrimFunc(text, IsSpace) }

// isCSpace is Py_ISSPACE, which int() and float() skip around the number. The
// separators U+001C to U+001F are not among them.
func isCSpace(c byte) bool { return c == ' ' || (c >= '\t' && c <= '\r') }

// bytesOf is text as int() and float() look at it: one ASCII byte for each
// character, and the byte offset of each in the text.
type bytesOf struct {
	ascii []byte
	at    []int
}

// other stands for every character that is neither ASCII, space nor digit.
const other = '?'

// transform mirrors _PyUnicode_TransformDecimalAndSpaceToASCII: white space
// outside of ASCII becomes a space, a decimal digit of any script becomes the
// ASCII digit of its value, ASCII stays as it is.
func transform(text string) bytesOf {
	out := bytesOf{make([]byte, 0, len(text)), make([]int, 0, len(text)+1)}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		c := byte(other)
		switch {
		case r == utf8.RuneError && size == 1:
		case r < utf8.RuneSelf:
			c = byte(r)
		case IsSpace(r):
			c = ' '
		default:
			if digit := DecimalValue(r); digit >= 0 {
				c = byte('0' + digit)
			}
		}
		out.ascii, out.at = append(out.ascii, c), append(out.at, i)
		i += size
	}
	out.at = append(out.at, len(text))
	return out
}

// trimmed is b without white space on either side.
func (b bytesOf) trimmed() bytesOf {
	start, end := 0, len(b.ascii)
	for start < end && isCSpace(b.ascii[start]) {
		start++
	}
	for end > start && isCSpace(b.ascii[end-1]) {
		end--
	}
	return bytesOf{b.ascii[start:end], b.at[start : end+1]}
}

// refuse is the error for the character at index i of b.
func (b bytesOf) refuse(i int) *Error {
	if len(b.ascii) == 0 {
		return &Error{Empty, b.at[0]}
	}
	return &Error{Malformed, b.at[i]}
}

// DecimalValue is the value of a decimal digit (category Nd) of any script, or
// -1: Python's str.isdecimal() and unicodedata.decimal.
func DecimalValue(r rune) int {
	// The digits of a script lie in a row, and rows that touch are one range
	// of the table, so that counting from the range's start gives the value.
	for _, in := range unicode.Nd.R16 {
		if lo, hi := rune(in.Lo), rune(in.Hi); r >= lo && r <= hi {
			return int(r-lo) % 10
		}
	}
	for _, in := range unicode.Nd.R32 {
		if lo, hi := rune(in.Lo), rune(in.Hi); r >= lo && r <= hi {
			return int(r-lo) % 10
		}
	}
	return -1
}

package redisurl

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pyLower mirrors CPython's str.lower(): simple lower case for each character,
// but for U+0130, which becomes two, and for a capital sigma, which is final
// at the end of a word (Objects/unicodeobject.c, handle_capital_sigma).
func pyLower(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out.WriteByte(text[i])
		case r == '\u0130':
			out.WriteString("i\u0307")
		case r == 'Σ' && finalSigma(text[:i], text[i+size:]):
			out.WriteRune('ς')
		default:
			out.WriteRune(unicode.ToLower(r))
		}
		i += size
	}
	return out.String()
}

// finalSigma: a cased letter comes before, none after, leaving out characters
// that case does not look at.
func finalSigma(before, after string) bool {
	for len(before) > 0 {
		r, size := utf8.DecodeLastRuneInString(before)
		before = before[:len(before)-size]
		if caseIgnorable(r) {
			continue
		}
		if !cased(r) {
			return false
		}
		for _, r := range after {
			if !caseIgnorable(r) {
				return !cased(r)
			}
		}
		return true
	}
	return false
}

// cased is the Unicode property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseIgnorable is the Unicode property Case_Ignorable: categories Mn, Me, Cf,
// Lm, Sk, and word breaks MidLetter, MidNumLet and Single_Quote.
func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

package render

import (
	"fmt"
	"strings"
)

// pythonString is the literal that CPython's ascii() gives for the text:
// single quotes, unless that saves escaping, and nothing but ASCII, so that
// it does not hang on which characters a Unicode version calls printable
// (CPython 3.13, Objects/unicodeobject.c, unicode_repr, and Python/
// bltinmodule.c, builtin_ascii). The text is UTF-8.
func pythonString(text string) string {
	quote := byte('\'')
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte(quote)
	for _, r := range text {
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

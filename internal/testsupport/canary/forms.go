package canary

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// window is how many letters of a secret in a row are a leak.
const window = 6

// form is a way to write a text.
type form struct {
	name string
	// letter writes one letter; between stands between letters.
	letter  func(c byte) string
	between string
}

// forms are those that write letter by letter. They are compared without case.
func forms() []form {
	plain := func(format string) func(byte) string {
		return func(c byte) string { return fmt.Sprintf(format, c) }
	}
	return []form{
		{"in clear", func(c byte) string { return string(rune(c)) }, ""},
		{"percent-encoded", plain("%%%02x"), ""},
		{"percent-encoded twice", plain("%%25%02x"), ""},
		{"escaped as in JSON", plain(`\u%04x`), ""},
		{"escaped as in Go and Python", plain(`\x%02x`), ""},
		{"escaped as in XML", plain("&#%d;"), ""},
		{"hexadecimal", plain("%02x"), ""},
		{"as the bytes that fmt prints", plain("%d"), " "},
		{"as the bytes of a Go literal", plain("0x%02x"), ", "},
		{"as a list of numbers in JSON", plain("%d"), ","},
		{"with zero bytes between, as in UTF-16", func(c byte) string { return string(rune(c)) }, "\x00"},
	}
}

// write writes a text in the form.
func (f form) write(text string) string {
	letters := make([]string, len(text))
	for i := range len(text) {
		letters[i] = f.letter(text[i])
	}
	return strings.Join(letters, f.between)
}

// base64Window is how many characters of Base64 in a row are a leak: six bits
// each, so that eight are six letters.
const base64Window = 8

// base64Forms are the characters that a text comes to in Base64 whatever
// stands before and after it: at the three alignments, in both alphabets.
func base64Forms(text string) []string {
	var found []string
	for before := range 3 {
		padded := append(make([]byte, before), text...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(padded)
			// The first and the last characters hang on what stands beside.
			start, end := (before*8+5)/6, len(padded)*8/6
			found = append(found, encoded[start:end])
		}
	}
	return found
}

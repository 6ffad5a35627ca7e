// Package secret holds values that must never be shown: passwords, URLs that
// carry one, encryption keys.
//
// A [String] does not contain its text in the clear. It keeps the text
// combined with a pad drawn once per process, so that even code that walks
// unexported fields by reflection (fmt's %#v inside another struct, debuggers,
// diff libraries, a panic that prints its arguments) finds no secret to print.
// The pad is not encryption and protects against nobody who can read the
// process's memory; it makes printing by accident impossible.
package secret

import (
	"crypto/rand"
	"encoding"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// Redacted is what every encoder and formatter shows instead of a value.
const Redacted = "(sensitive value)"

// ErrGob is returned when a String is encoded with encoding/gob, which would
// have to either lose the value or reveal it.
var ErrGob = errors.New("secret: a String cannot be gob-encoded")

var (
	_ fmt.Formatter            = String{}
	_ fmt.Stringer             = String{}
	_ fmt.GoStringer           = String{}
	_ json.Marshaler           = String{}
	_ encoding.TextMarshaler   = String{}
	_ encoding.BinaryMarshaler = String{}
	_ gob.GobEncoder           = String{}
	_ slog.LogValuer           = String{}
)

// String is text that cannot be printed. The zero value is the empty text.
// Two Strings are == exactly if their texts are, within one process.
type String struct {
	padded string
}

// New wraps text.
func New(text string) String { return String{padded: combine(text)} }

// Reveal returns the text. Whoever calls it answers for where it goes.
func (s String) Reveal() string { return combine(s.padded) }

// IsEmpty reports whether the text is "".
func (s String) IsEmpty() bool { return s.padded == "" }

// Len is the length of the text in bytes.
func (s String) Len() int { return len(s.padded) }

// String returns [Redacted].
func (s String) String() string { return Redacted }

// GoString returns [Redacted], quoted.
func (s String) GoString() string { return strconv.Quote(Redacted) }

// Format writes [Redacted] for every verb.
func (s String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// MarshalJSON encodes [Redacted].
func (s String) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(Redacted)), nil }

// MarshalText encodes [Redacted].
func (s String) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalBinary encodes [Redacted].
func (s String) MarshalBinary() ([]byte, error) { return []byte(Redacted), nil }

// MarshalYAML encodes [Redacted] for the yaml packages, which look for this
// method by name.
func (s String) MarshalYAML() (any, error) { return Redacted, nil }

// GobEncode always fails with [ErrGob].
func (s String) GobEncode() ([]byte, error) { return nil, ErrGob }

// LogValue is [Redacted] for log/slog.
func (s String) LogValue() slog.Value { return slog.StringValue(Redacted) }

// pad is drawn once per process. Its length is a prime, so that text with a
// period of its own does not line up with it.
var pad = newPad() //nolint:gochecknoglobals // one for all Strings, so that they compare

func newPad() [251]byte {
	var p [251]byte
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(p[:])
	for i := range p {
		// The high bit keeps padded text from ever being plain ASCII, and a
		// zero byte would show its character.
		p[i] |= 0x80
	}
	return p
}

// combine is its own inverse.
func combine(text string) string {
	if text == "" {
		return ""
	}
	out := make([]byte, len(text))
	for i := range len(text) {
		out[i] = text[i] ^ pad[i%len(pad)]
	}
	return string(out)
}

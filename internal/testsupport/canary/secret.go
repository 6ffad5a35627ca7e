package canary

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
)

// alphabet has no vowels, so that no word is made of it, and no digits of
// hexadecimal numbers.
const alphabet = "ghjkmnpqrstvwxyz"

// pieceLength is how many letters a piece has.
const pieceLength = 10

// Secret is a made-up secret.
type Secret struct {
	// Place says where it is put; it is what a leak is reported by.
	Place string
	// Text is the secret.
	Text string
	// pieces are the texts between the delimiters.
	pieces []string
}

// New makes the secret of a place: always the same, and another than that of
// any other place.
func New(place string) Secret { return Broken(place, "") }

// Broken makes a secret with delimiters in it: one more piece than there are
// delimiters. Each piece is a secret of its own, since a parser may take it for
// a host, a path or the name of an argument.
func Broken(place, delimiters string) Secret {
	s := Secret{Place: place}
	var text strings.Builder
	for _, delimiter := range delimiters {
		text.WriteString(s.piece())
		text.WriteRune(delimiter)
	}
	text.WriteString(s.piece())
	s.Text = text.String()
	return s
}

// piece makes the next one.
func (s *Secret) piece() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", s.Place, len(s.pieces)))
	letters := make([]byte, pieceLength)
	for i := range letters {
		letters[i] = alphabet[sum[i]&15]
	}
	s.pieces = append(s.pieces, string(letters))
	return string(letters)
}

// Encoded is the secret as it should stand in a URL: percent-encoded.
func (s Secret) Encoded() string { return strings.ReplaceAll(url.QueryEscape(s.Text), "+", "%20") }

package wsprobe

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// hidden is a text that was sent in confidence, and how long a part of it must
// be to give something away.
type hidden struct {
	text  secret.String
	least int
}

const (
	// leastOfSecret is for what is a secret by its place.
	leastOfSecret = 4
	// leastOfText is for what has ordinary words in it, too.
	leastOfText = 6
)

// mayShow reports whether a text of the other end may stand in a message: it
// has no part in it of what was sent there in confidence.
func (s *Session) mayShow(text string) bool {
	lower := strings.ToLower(text)
	for _, h := range s.confidential() {
		for _, piece := range pieces(h) {
			if share(lower, strings.ToLower(piece), h.least) {
				return false
			}
		}
	}
	return true
}

// share reports whether two texts have so many bytes in a row in common: who
// quotes a secret may well shorten it.
func share(text, piece string, least int) bool {
	for i := 0; i+least <= len(text); i++ {
		if strings.Contains(piece, text[i:i+least]) {
			return true
		}
	}
	return false
}

// confidential is all that is sent and is not for others.
func (s *Session) confidential() []hidden {
	r := s.request
	path, query, _ := strings.Cut(r.Target.resource.Reveal(), "?")
	list := []hidden{
		{r.Target.username, leastOfSecret}, {r.Target.password, leastOfSecret},
		{secret.New(path), leastOfText}, {secret.New(query), leastOfSecret},
	}
	if r.Target.hidden {
		list = append(list, hidden{secret.New(r.Target.Host), leastOfSecret}, hidden{secret.New(strconv.Itoa(r.Target.Port)), 1})
	}
	for _, name := range r.Subprotocols {
		// Where a header cannot be set, as in browsers, they carry tokens.
		list = append(list, hidden{secret.New(name), leastOfText})
	}
	if r.Target.credentials {
		pair := r.Target.username.Reveal() + ":" + r.Target.password.Reveal()
		list = append(list, hidden{secret.New(base64.StdEncoding.EncodeToString([]byte(pair))), leastOfSecret})
	}
	for _, value := range r.Headers {
		list = append(list, hidden{value, leastOfSecret})
	}
	for _, value := range r.Cookies {
		list = append(list, hidden{value, leastOfSecret})
	}
	if r.Send != nil {
		list = append(list, hidden{*r.Send, leastOfText})
	}
	return list
}

// pieces are the parts of a confidential text that could be quoted alone.
func pieces(h hidden) []string {
	texts := []string{h.text.Reveal()}
	if decoded, bad := unescape(h.text.Reveal()); bad < 0 {
		texts = append(texts, decoded)
	}
	var found []string
	for _, text := range texts {
		for _, piece := range append(strings.FieldsFunc(text, isSeparator), text) {
			if len(piece) >= h.least {
				found = append(found, piece)
			}
		}
	}
	return found
}

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-_.", r)
}

// reason is the text of a close frame as it may be shown, "" for none.
func (s *Session) reason(text string) string {
	if !s.mayShow(text) {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}

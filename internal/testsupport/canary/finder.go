package canary

import (
	"fmt"
	"strings"
	"testing"
)

// Leak is a secret, or a part of one, that stands in a text.
type Leak struct {
	// Place is the secret's.
	Place string
	// Form says how it is written there.
	Form string
	// Near is what stands before it in its line.
	Near string
}

func (l Leak) String() string { return fmt.Sprintf("%s, %s, after %q", l.Place, l.Form, l.Near) }

// needle is a text that nobody may find.
type needle struct {
	text  string
	place string
	form  string
}

// Finder looks for secrets.
type Finder struct {
	secrets []Secret
	// folded are compared without case: hosts are lowered on their way.
	folded, exact index
}

// prefix begins needles.
type prefix [window]byte

// index has the needles by their first bytes.
type index struct {
	needles map[prefix][]needle
	// pairs are the first two bytes of needles: most of a text is skipped by
	// them.
	pairs [1 << 16]bool
}

func (x *index) add(n needle) {
	if x.needles == nil {
		x.needles = map[prefix][]needle{}
	}
	p := prefix([]byte(n.text[:window]))
	for _, other := range x.needles[p] {
		if other.text == n.text {
			return
		}
	}
	x.needles[p] = append(x.needles[p], n)
	x.pairs[int(n.text[0])<<8|int(n.text[1])] = true
}

// each calls found for every needle in the text.
func (x *index) each(text string, found func(n needle, at int)) {
	for i := 0; i+window <= len(text); i++ {
		if !x.pairs[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, n := range x.needles[prefix([]byte(text[i:i+window]))] {
			if strings.HasPrefix(text[i:], n.text) {
				found(n, i)
			}
		}
	}
}

// NewFinder makes a finder of those secrets.
func NewFinder(secrets ...Secret) *Finder {
	f := &Finder{}
	for _, s := range secrets {
		f.add(s)
	}
	return f
}

// add makes the finder look for one more.
func (f *Finder) add(s Secret) {
	f.secrets = append(f.secrets, s)
	for _, piece := range s.pieces {
		for i := 0; i+window <= len(piece); i++ {
			for _, form := range forms() {
				f.folded.add(needle{strings.ToLower(form.write(piece[i : i+window])), s.Place, form.name})
			}
		}
		for _, text := range base64Forms(piece) {
			for i := 0; i+base64Window <= len(text); i++ {
				f.exact.add(needle{text[i : i+base64Window], s.Place, "in Base64"})
			}
		}
	}
}

// Find lists what leaks in a text, each secret once for each form.
func (f *Finder) Find(text string) []Leak {
	type key struct{ place, form string }
	seen := map[key]bool{}
	var leaks []Leak
	report := func(n needle, at int) {
		if k := (key{n.place, n.form}); !seen[k] {
			seen[k] = true
			start := max(strings.LastIndexByte(text[:at], '\n')+1, at-120)
			leaks = append(leaks, Leak{n.place, n.form, text[start:at]})
		}
	}
	f.folded.each(lower(text), report)
	f.exact.each(text, report)
	return leaks
}

// FindPrinted is Find for what was printed for people, where a line may be
// broken anywhere and have a bar before it.
func (f *Finder) FindPrinted(text string) []Leak {
	leaks := f.Find(text)
	joined := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "|", " ").Replace(text)), "")
	if len(leaks) == 0 {
		leaks = f.Find(joined)
	}
	return leaks
}

// Nowhere fails the test for every secret in a text.
func (f *Finder) Nowhere(t testing.TB, where, text string) {
	t.Helper()
	for _, leak := range f.FindPrinted(text) {
		t.Errorf("%s shows a secret: %s", where, leak)
	}
}

// Has reports whether the secret of a place stands in a text, in any form.
func (f *Finder) Has(place, text string) bool {
	for _, leak := range f.Find(text) {
		if leak.Place == place {
			return true
		}
	}
	return false
}

// Missing are the places whose secret a text does not have, in order.
func (f *Finder) Missing(text string) []string {
	found := map[string]bool{}
	for _, leak := range f.Find(text) {
		found[leak.Place] = true
	}
	var missing []string
	for _, s := range f.secrets {
		if !found[s.Place] {
			missing = append(missing, s.Place)
		}
	}
	return missing
}

// lower lowers ASCII letters only, so that every byte keeps its place.
func lower(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

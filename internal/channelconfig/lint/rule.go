package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Rule is a static rule.
type Rule struct {
	Doc finding.Doc
	// Rank keeps one cause to one finding. Of the rules of one category, only
	// those of the lowest rank with something above Info to say are heard: an
	// unescaped "#" also makes an invalid port, but is what has to be mended.
	Rank Rank
	// Check judges the input. It is given the rule's own doc to make findings
	// of.
	Check func(doc finding.Doc, in Input) finding.Outcome
}

// Rank orders the rules of a category from the whole of a text to its parts.
type Rank int

// Ranks. Only their order counts.
const (
	// First is for what makes the rest of a text meaningless.
	First Rank = iota
	Quotes
	NullText
	Placeholder
	Prefix
	Delimiter
	Split
	Place
	Blank
	// Parts is for what is wrong with one part alone.
	Parts
)

// category is the part of the ID before the slash.
func (r Rule) category() string {
	category, _, _ := strings.Cut(string(r.Doc.ID), "/")
	return category
}

// run runs the rule. One that panics is undetermined, and leaves the others to
// run.
func (r Rule) run(in Input) (outcome finding.Outcome) {
	defer func() {
		if recover() != nil {
			outcome = finding.Crashed(string(r.Doc.ID))
		}
	}()
	return r.Check(r.Doc, in)
}

// Docs are the docs of all rules.
func Docs() []finding.Doc {
	rules := Rules()
	docs := make([]finding.Doc, len(rules))
	for i, r := range rules {
		docs[i] = r.Doc
	}
	return docs
}

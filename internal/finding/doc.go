package finding

import (
	"slices"
	"strings"
)

// Doc documents an ID. Each stands in the literal of the rule or check that
// reports it; docs/guides/findings.md is generated from them.
type Doc struct {
	ID ID
	// Title is the Summary of every finding with this ID: below 70
	// characters, no full stop.
	Title string
	// Severity is what the finding has unless circumstances say otherwise;
	// Varies then says which.
	Severity Severity
	Varies   string
	// Why says why it matters, in words for somebody who has never seen Redis.
	Why string
	// Django says what Django, channels_redis or redis-py does then.
	Django string
	// Fix is the one step that mends it, in the imperative. A finding may
	// carry a more specific one.
	Fix string
	// Bad are settings that give this finding and Good ones that do not:
	// environment variables, one NAME=value a line, and arguments of tls, as
	// tls.verify=full; tests hold them to it.
	// A live check, which needs a server, has none.
	Bad, Good []string
	// Live is set for checks that need a server.
	Live bool
	// Since is the version of the provider that had it first.
	Since string
	// Sources are places where this was seen or is documented.
	Sources []string
}

// New makes a finding of this ID with the Doc's title, severity and fix.
func (d Doc) New(setting, detail string) Finding {
	return Finding{
		ID:       d.ID,
		Severity: d.Severity,
		Summary:  d.Title,
		Detail:   detail,
		Setting:  setting,
		Fix:      d.Fix,
	}
}

// WithSeverity is the finding with another severity.
func (f Finding) WithSeverity(s Severity) Finding { f.Severity = s; return f }

// WithFix is the finding with a more specific fix.
func (f Finding) WithFix(fix string) Finding { f.Fix = fix; return f }

// Registry is a set of documented IDs, in the order of the ID.
type Registry struct {
	docs     []Doc
	repeated []ID
}

// NewRegistry makes a registry of the lists. Of two docs with the same ID it
// keeps the first; [Registry.Repeated] tells.
func NewRegistry(lists ...[]Doc) Registry {
	var r Registry
	for _, list := range lists {
		r.docs = append(r.docs, list...)
	}
	slices.SortStableFunc(r.docs, func(a, b Doc) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for i := 1; i < len(r.docs); i++ {
		if r.docs[i].ID == r.docs[i-1].ID {
			r.repeated = append(r.repeated, r.docs[i].ID)
		}
	}
	r.docs = slices.CompactFunc(r.docs, func(a, b Doc) bool { return a.ID == b.ID })
	return r
}

// Repeated are the IDs that more than one doc had: a mistake in the program.
func (r Registry) Repeated() []ID { return slices.Clone(r.repeated) }

// Docs are all docs, ordered by ID.
func (r Registry) Docs() []Doc { return slices.Clone(r.docs) }

// Lookup finds the doc of an ID.
func (r Registry) Lookup(id ID) (Doc, bool) {
	i, ok := slices.BinarySearchFunc(r.docs, id, func(d Doc, id ID) int {
		return strings.Compare(string(d.ID), string(id))
	})
	if !ok {
		return Doc{}, false
	}
	return r.docs[i], true
}

// Nearest is the ID of the registry that is closest in spelling, for messages
// about an ID that does not exist. It is "" for an empty registry.
func (r Registry) Nearest(id ID) ID {
	var best ID
	bestDistance := -1
	for _, d := range r.docs {
		distance := editDistance(string(d.ID), string(id))
		if bestDistance < 0 || distance < bestDistance {
			best, bestDistance = d.ID, distance
		}
	}
	return best
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		previous := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			previous, row[j] = row[j], min(row[j]+1, row[j-1]+1, previous+cost)
		}
	}
	return row[len(b)]
}

// Anchor is the fragment of the ID's section in the guide of findings, without
// the "#": "url-unescaped-delimiter".
func (id ID) Anchor() string { return strings.ReplaceAll(string(id), "/", "-") }

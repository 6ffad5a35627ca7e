package tfcli

import (
	"regexp"
	"strings"
)

// Unwrapped is the output with every run of white space as one space: core
// breaks lines at 78 columns where there is no terminal, and a phrase may be
// broken anywhere.
func (r Result) Unwrapped() string { return strings.Join(strings.Fields(r.Combined), " ") }

// Has reports whether the output has a phrase, or a finding's id, wherever its
// lines break.
func (r Result) Has(phrase string) bool {
	return strings.Contains(r.Unwrapped(), strings.Join(strings.Fields(phrase), " "))
}

// Diagnostic is an error or a warning as it stands in the output.
type Diagnostic struct {
	// Severity is "Error" or "Warning".
	Severity string
	Summary  string
	// ID is the finding's, which ends the summary; "" where there is none.
	ID string
	// Text is all of it, unwrapped, source lines included.
	Text string
}

var (
	heading    = regexp.MustCompile(`(?m)^(Error|Warning): `)
	summaryID  = regexp.MustCompile(`\(([a-z0-9-]+/[a-z0-9-]+)\)$`)
	overridden = "Provider development overrides are in effect"
)

// Diagnostics are those that the run printed, in order, but for the warning
// about the provider's development override. Core folds warnings of equal
// summary into one.
func (r Result) Diagnostics() []Diagnostic {
	starts := heading.FindAllStringSubmatchIndex(r.Combined, -1)
	var found []Diagnostic
	for i, at := range starts {
		end := len(r.Combined)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		summary, _, _ := strings.Cut(r.Combined[at[1]:end], "\n\n")
		d := Diagnostic{
			Severity: r.Combined[at[2]:at[3]],
			Summary:  strings.Join(strings.Fields(summary), " "),
			Text:     strings.Join(strings.Fields(r.Combined[at[0]:end]), " "),
		}
		if id := summaryID.FindStringSubmatch(d.Summary); id != nil {
			d.ID = id[1]
		}
		if d.Summary != overridden {
			found = append(found, d)
		}
	}
	return found
}

// Errors are the diagnostics of that severity.
func (r Result) Errors() []Diagnostic { return r.only("Error") }

// Warnings are the diagnostics of that severity.
func (r Result) Warnings() []Diagnostic { return r.only("Warning") }

func (r Result) only(severity string) []Diagnostic {
	var found []Diagnostic
	for _, d := range r.Diagnostics() {
		if d.Severity == severity {
			found = append(found, d)
		}
	}
	return found
}

// IDs are the finding ids of diagnostics; one without an id stands there with
// its summary, so that none goes unseen.
func IDs(diagnostics []Diagnostic) []string {
	ids := make([]string, len(diagnostics))
	for i, d := range diagnostics {
		ids[i] = d.ID
		if d.ID == "" {
			ids[i] = d.Summary
		}
	}
	return ids
}

// Package finding holds what the checks have to say: findings, the outcomes
// that carry them, and the documentation of each. It knows nothing about
// Redis, Django or Terraform and imports only the standard library.
package finding

import (
	"fmt"
	"slices"
)

// ID names a finding for good: "category/slug". An ID is never reused for
// another meaning, because people write IDs into their configurations.
type ID string

// Severity says how much a finding matters.
type Severity int

// Severities, in rising order. The zero value is none of them, so that a
// severity that was forgotten is noticed.
const (
	// Info stands in outputs and is never shown as a diagnostic.
	Info Severity = iota + 1
	// Warning is shown and stops nothing.
	Warning
	// Error stops the plan or the apply.
	Error
)

// String is "info", "warning" or "error": the words users write.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return fmt.Sprintf("Severity(%d)", int(s))
	}
}

// MarshalText encodes the severity as String does.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Finding is one thing that somebody should know about a channel layer.
// No field ever holds a secret.
type Finding struct {
	ID       ID       `json:"id"`
	Severity Severity `json:"severity"`
	// Summary is constant for the ID, below 70 characters, without a full stop.
	Summary string `json:"summary"`
	// Detail says what was observed and what Django would do.
	Detail string `json:"detail"`
	// Setting is where it was seen, in the library's terms: REDIS_URL,
	// REDIS_PORT, CONFIG.prefix.
	Setting string `json:"setting"`
	// Fix is one step, in the imperative.
	Fix string `json:"fix"`
}

// Status is how a rule or check ended.
type Status int

// Statuses. The zero value is Undetermined: what nobody decided is not a pass.
const (
	// Undetermined means that it could not be found out. The outcome's
	// findings say why.
	Undetermined Status = iota
	// Passed means that it was looked at and nothing has to be said, or only
	// findings of severity Info.
	Passed
	// Failed means that there are findings.
	Failed
)

// String is "undetermined", "passed" or "failed".
func (s Status) String() string {
	switch s {
	case Undetermined:
		return "undetermined"
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	default:
		return fmt.Sprintf("Status(%d)", int(s))
	}
}

// MarshalText encodes the status as String does.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Outcome is the result of a rule, a check, or several of them.
type Outcome struct {
	Status   Status    `json:"status"`
	Findings []Finding `json:"findings"`
}

// Pass is an outcome with nothing to say.
func Pass() Outcome { return Outcome{Status: Passed} }

// Fail is an outcome with findings. Findings of severity Info alone make a
// pass that carries them; no findings at all make a pass.
func Fail(findings ...Finding) Outcome {
	status := Passed
	for _, f := range findings {
		if f.Severity > Info {
			status = Failed
		}
	}
	return Outcome{Status: status, Findings: findings}
}

// Unknown is an outcome that could not be determined, with the reasons as
// findings (none where the reason is only that an input is not known yet).
func Unknown(reasons ...Finding) Outcome {
	return Outcome{Status: Undetermined, Findings: reasons}
}

// Merge joins outcomes: failed if one failed, else undetermined if one is,
// else passed. Merging none at all is undetermined.
func Merge(outcomes ...Outcome) Outcome {
	if len(outcomes) == 0 {
		return Outcome{}
	}
	merged := Outcome{Status: Passed}
	for _, o := range outcomes {
		merged.Findings = append(merged.Findings, o.Findings...)
		switch {
		case o.Status == Failed:
			merged.Status = Failed
		case o.Status == Undetermined && merged.Status == Passed:
			merged.Status = Undetermined
		}
	}
	return merged
}

// Has reports whether the outcome carries a finding with the ID.
func (o Outcome) Has(id ID) bool {
	return slices.ContainsFunc(o.Findings, func(f Finding) bool { return f.ID == id })
}

// IDs are the distinct IDs of the outcome's findings, in their order.
func (o Outcome) IDs() []ID {
	var ids []ID
	for _, f := range o.Findings {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// Unseen are the findings of rules of which no live check has the ID, too:
// where both have it, what was seen counts, not what could only be supposed.
func Unseen(static, live []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(static), func(f Finding) bool { return Outcome{Findings: live}.Has(f.ID) })
}

package finding

import "fmt"

// IDCrashed is the finding of a rule or check that panicked: a bug of this
// program, which must neither stop the others nor pass for a pass.
const IDCrashed ID = "check/crashed"

// CrashedDoc documents [IDCrashed]. Static rules and live checks share it, so
// neither of their lists holds it; [SharedDocs] does.
func CrashedDoc() Doc {
	return Doc{
		ID:       IDCrashed,
		Title:    "A check failed to run because of a bug in the provider",
		Severity: Warning,
		Why: "What this check would have said is not known. The layer may be healthy or not: " +
			"the other checks ran and their findings hold.",
		Django: "Nothing: Django is not involved.",
		Fix:    "Report the ID of the check and the provider's version as a bug; leave the settings out, they may hold a password.",
		Since:  "0.1.0",
	}
}

// SharedDocs are the docs of IDs that both static rules and live checks
// report.
func SharedDocs() []Doc { return []Doc{CrashedDoc()} }

// Crashed is the outcome of a rule or check that panicked. What it panicked
// with stays out of it: that may quote a setting.
func Crashed(name string) Outcome {
	return Unknown(CrashedDoc().New("", fmt.Sprintf("The check %s stopped on a bug of its own, so nothing is known about what it looks at.", name)))
}

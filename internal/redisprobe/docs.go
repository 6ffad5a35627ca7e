package redisprobe

import (
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docCrashed = finding.Doc{
	ID:       "check/crashed",
	Title:    "The check itself failed",
	Severity: finding.Warning,
	Why:      "A defect of this provider stopped the check. It says nothing about Redis or the settings.",
	Django:   "Nothing follows from this for the app.",
	Fix:      "Report it with the log of the run (TF_LOG=DEBUG), which holds the stack and no secret.",
	Live:     true,
	Since:    since,
}

func crashedProblem() *problem {
	return settled(docCrashed, "The check of Redis stopped because of a defect in it.", "Whether the app can connect was not found out.")
}

// Docs are the documentation of every finding of the live check, for the
// registry.
func Docs() []finding.Doc {
	return slices.Concat(networkDocs(), unixDocs(), tlsDocs(), authDocs(), serverDocs(), []finding.Doc{docCrashed})
}

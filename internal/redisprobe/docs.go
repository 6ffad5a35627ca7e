package redisprobe

import (
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

func crashedProblem() *problem {
	return settled(finding.CrashedDoc(), "The check of Redis stopped on a bug of its own.", "Whether the app can connect is not known.")
}

// Docs are the documentation of every finding of the live check, for the
// registry. The check/crashed that rules share stands in finding.SharedDocs.
func Docs() []finding.Doc {
	return slices.Concat(networkDocs(), unixDocs(), sentinelDocs(), tlsDocs(), authDocs(), serverDocs(), capabilityDocs(), tripDocs())
}

// capabilityDocs are those of what is looked at from DepthCapabilities on.
func capabilityDocs() []finding.Doc {
	return slices.Concat(kindDocs(), commandDocs(), memoryDocs(), writeDocs(), useDocs(), rightsDocs())
}

package wsprobe

import (
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Docs are the documentation of every finding of the probe, for the registry.
func Docs() []finding.Doc {
	return slices.Concat(networkDocs(), tlsDocs(), answerDocs(), proxyDocs(), closeDocs(), replyDocs())
}

const since = "0.1.0"

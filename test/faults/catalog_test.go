package faults

import (
	"slices"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
)

// unprovoked are the findings of live checks that no row gives, and why.
func unprovoked() map[finding.ID]string {
	return map[finding.ID]string{
		"network/port-out-of-range": "at the command line url/port-invalid or port/out-of-range stops such settings before anything is dialled; " +
			"the tests of internal/redisprobe give it",
		"layer/socket-timeout":      "it follows from the versions that are stated, without a server: test/cli keeps its text",
		"sentinel/loopback-address": "it needs a Sentinel on another machine; the tests of internal/redisprobe give it, with a name that leads here",
		"unix/permission-denied":    "the tests run as root, who may connect to every socket; the tests of internal/redisprobe give it",
	}
}

// TestRows_EveryLiveFindingHasOneThatKeepsItsText fails for an error or warning
// of a live check that nobody can see in the matrix.
func TestRows_EveryLiveFindingHasOneThatKeepsItsText(t *testing.T) {
	kept := golden.All(t)
	rows := map[finding.ID]int{}
	for _, theme := range themes() {
		for _, r := range theme.rows {
			if r.golden != "" {
				rows[r.verdict(r.golden).id]++
			}
		}
	}
	for _, doc := range redisprobe.Docs() {
		if !doc.Live || doc.Severity < finding.Warning {
			continue
		}
		reason := unprovoked()[doc.ID]
		switch {
		case rows[doc.ID] > 1:
			t.Errorf("%d rows keep the golden file of %s, want one", rows[doc.ID], doc.ID)
		case rows[doc.ID] == 1 && reason != "":
			t.Errorf("%s has a row and a reason why it has none", doc.ID)
		case rows[doc.ID] == 0 && reason == "":
			t.Errorf("no row keeps the text of %s, and nothing says why", doc.ID)
		case rows[doc.ID] == 1 && !slices.ContainsFunc(kept, func(k golden.Kept) bool { return k.ID == doc.ID }):
			t.Errorf("%s has a row and no golden file: run it with -update", doc.ID)
		}
	}
}

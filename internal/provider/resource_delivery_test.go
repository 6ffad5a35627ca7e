package provider

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// A note explains nothing: without an error the resource would be created.
func TestDelivery_WithoutAResultItIsAnErrorWhateverIsNoted(t *testing.T) {
	note := finding.Finding{ID: "websocket/not-verified", Severity: finding.Info}
	for name, noted := range map[string][]finding.Finding{"nothing": nil, "a note": {note}} {
		report := delivery.Report{Outcome: finding.Outcome{Status: finding.Undetermined, Findings: noted}}
		if diags := (deliveryModel{}).diagnostics(report); !diags.HasError() {
			t.Errorf("%s: no error: %v", name, diags)
		}
	}
}

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// moved says that the plan sends channels and groups to other hosts than the
// layer has. Of hosts that were or become write-only nobody knows.
func (r *layerResource) moved(ctx context.Context, m layerModel, s static, req resource.ModifyPlanRequest) diag.Diagnostics {
	if req.State.Raw.IsNull() {
		return nil
	}
	before, diags := readLayer(ctx, req.State)
	if diags.HasError() || !before.settings.HasHosts() && !m.settings.HasHosts() {
		return diags
	}
	f, ok := lint.HostsChanged(placesOf(channelconfig.Resolve(before.settings)), placesOf(s.resolution))
	if !ok {
		return diags
	}
	return append(diags, diagnose([]finding.Finding{f}, m.findings, finding.Error, nil)...)
}

func placesOf(r channelconfig.Resolution) []string {
	hosts, _ := r.Hosts.Get()
	return lint.Places(hosts)
}

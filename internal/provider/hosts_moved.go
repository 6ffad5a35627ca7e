package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
	if diags.HasError() || m.placeHidden() || !before.settings.HasHosts() && (!m.settings.HasHosts() || wasHidden(ctx, req.State)) {
		return diags
	}
	f, ok := lint.HostsChanged(channelconfig.Resolve(before.settings).Hosts.Or(nil), s.resolution.Hosts.Or(nil))
	if !ok {
		return diags
	}
	return append(diags, diagnose([]finding.Finding{f}, m.findings, finding.Error, nil)...)
}

// placeHidden reports a layer that is where only the configuration says.
func (m layerModel) placeHidden() bool {
	return m.settings.HostsWriteOnly || m.settings.RedisURLWriteOnly
}

// wasHidden reports the same of a layer in the state, which has the version of
// what it lacks.
func wasHidden(ctx context.Context, state attributes) bool {
	r := &reader{ctx: ctx, from: state}
	return !get[types.Int64](r, "hosts_wo_version").IsNull() || !get[types.Int64](r, "redis_url_wo_version").IsNull()
}

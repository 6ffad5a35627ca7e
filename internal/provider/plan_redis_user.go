package provider

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
)

func (r *redisUserResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	m, diags := readRedisUser(ctx, r.defaults, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	before, diags := readRedisUserState(ctx, req.State, !req.State.Raw.IsNull())
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(m.malformed(true)...)
	if resp.Diagnostics.HasError() {
		return
	}
	written := false
	if before.exists {
		changed, diags := fieldsChanged(ctx, redisUserInputs(), req.Plan, req.State)
		resp.Diagnostics.Append(diags...)
		written = changed
		if changed, _ := fieldsChanged(ctx, []field{text("name", "")}, req.Plan, req.State); changed {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("name"))
			before = redisUserState{}
		}
	}
	own := &reader{ctx: ctx, from: req.Plan}
	given, diags := req.Private.GetKey(ctx, passwordsKey)
	resp.Diagnostics.Append(diags...)
	p := userPlan{
		model: m, before: before, written: written, passwordVersion: get[types.Int64](own, "password_version"), given: string(given),
	}
	resp.Diagnostics.Append(p.outputs().set(ctx, &resp.Plan)...)
	resp.Diagnostics.Append(r.compare(p)...)
	if !p.before.exists && !req.ClientCapabilities.DeferralAllowed {
		// Only Terraform says this, and only in the apply walk: Create comes next.
		resp.Diagnostics.Append(r.foresee(ctx, m)...)
	}
}

// foresee is what would keep a new user from being made, as far as Redis says it
// now: warnings, because the same apply may change it, and because a plan that
// fails stops a destroy. A Redis that does not answer may be made by this apply.
func (r *redisUserResource) foresee(ctx context.Context, m redisUserModel) diag.Diagnostics {
	manager, ok := m.manager(r.defaults)
	if !ok || m.ruleUnknown || m.name.IsUnknown() || r.defaults.checksOff {
		return nil
	}
	var shown []finding.Finding
	for _, f := range manager.Foresee(ctx) {
		f.Detail += " This is not a pass: apply will fail over it."
		shown = append(shown, f.WithSeverity(finding.Warning))
	}
	return diagnose(shown, m.layer.findings, finding.Warning, nil)
}

// userPlan is what a plan knows of a user.
type userPlan struct {
	model  redisUserModel
	before redisUserState
	// written: an argument has another value than in the state.
	written         bool
	passwordVersion types.Int64
	// given is how many passwords the user had after the last change, "" where that
	// is not known: after an import.
	given string
}

// passwordsKey is where the state keeps how many passwords the user was given: one
// that somebody added by hand looks like one that is kept.
const passwordsKey = "passwords"

func passwordsGiven(made outputs) []byte {
	count, _ := made["passwords"].(types.Int64)
	return strconv.AppendInt(nil, count.ValueInt64(), 10)
}

// rotates reports whether there will be another password. What is not known yet
// may be another one.
func (p userPlan) rotates() bool {
	if !p.before.exists {
		return true
	}
	if !p.model.writeOnlyVersion.IsNull() {
		return !p.model.writeOnlyVersion.Equal(p.before.writeOnlyVersion)
	}
	return p.before.password.IsNull() || !p.passwordVersion.Equal(p.before.passwordVersion)
}

func (p userPlan) outputs() outputs {
	out := outputs{"rule": p.model.rule(), "password": p.before.password, "password_valid": types.BoolValue(true)}
	switch {
	case !p.model.writeOnlyVersion.IsNull():
		out["password"] = types.StringNull()
	case p.rotates():
		out["password"] = types.StringUnknown()
	}
	addresses, known := p.model.addresses()
	switch {
	case known:
		out["addresses"] = textList(addresses)
	case p.before.exists && p.model.fromProvider && !p.model.hostsUnknown:
		// That the provider's URL is not known yet makes no change.
		out["addresses"] = p.before.addresses
	default:
		out["addresses"] = types.ListUnknown(types.StringType)
	}
	out["passwords"] = p.passwords(out)
	return out
}

// passwords is how many there will be. While the one before is kept, that hangs
// on what Redis has.
func (p userPlan) passwords(out outputs) attr.Value {
	before := p.before
	changed := p.written || !out["rule"].Equal(before.rule) || !out["addresses"].Equal(before.addresses) || out["password"].IsUnknown()
	count := before.passwords.ValueInt64()
	switch {
	case !before.exists || !p.model.keep:
		return types.Int64Value(1)
	case changed || count != 1 && count != 2 || p.given != "" && p.given != strconv.FormatInt(count, 10):
		return types.Int64Unknown()
	default:
		return before.passwords
	}
}

// compare holds the write-only password to what the refresh of this plan saw.
func (r *redisUserResource) compare(p userPlan) diag.Diagnostics {
	password, ok := p.model.writeOnly.Get()
	sights, seen := r.defaults.seenUser(p.model)
	if !ok || !seen || p.rotates() {
		return nil
	}
	var differ []string
	for _, s := range sights {
		if s.User != nil && !s.User.Takes(password) {
			differ = append(differ, s.Address)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	found := []finding.Finding{redisuser.PasswordDiffers(p.model.name.Or(""), differ)}
	return diagnose(found, p.model.layer.findings, finding.Error, nil)
}

// sawUser keeps what a refresh saw for the plan that follows it in the same
// process, which has the write-only password to compare it with. It is kept
// nowhere else.
func (d *defaults) sawUser(m redisUserModel, sights []redisuser.Sight) {
	if at, ok := m.sightKey(); ok {
		d.users.Store(at, sights)
	}
}

func (d *defaults) seenUser(m redisUserModel) ([]redisuser.Sight, bool) {
	at, ok := m.sightKey()
	if !ok {
		return nil, false
	}
	kept, ok := d.users.Load(at)
	sights, _ := kept.([]redisuser.Sight)
	return sights, ok
}

// sightKey is where a user is.
func (m redisUserModel) sightKey() (string, bool) {
	addresses, ok := m.addresses()
	return m.name.Or("") + " " + textList(addresses).String(), ok
}

package provider

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var (
	_ resource.Resource                   = (*redisUserResource)(nil)
	_ resource.ResourceWithValidateConfig = (*redisUserResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*redisUserResource)(nil)
	_ resource.ResourceWithImportState    = (*redisUserResource)(nil)
)

// redisUserResource is managed, not checked: CHANNELS_CHECKS does not reach it.
type redisUserResource struct {
	defaults *defaults
}

func (r *redisUserResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_redis_user"
}

func (r *redisUserResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = rschema.Schema{
		MarkdownDescription: "A Redis user (ACL) of one channel layer, with the rights that the layer needs and no others. It is made, read back, changed, rotated without an outage and removed on each Redis of the layer, which must be Redis 6.2 or later, or Valkey. Managed services that refuse the ACL commands have users in an API of their own: `rule` is what to give them there. The guide [A Redis user for the app](../guides/redis-user.md) walks through it.",
		Attributes:          resourceAttributes(append(redisUserInputs(), redisUserOutputs()...)),
	}
}

func (r *redisUserResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	m, diags := readRedisUser(ctx, r.defaults, req.Config, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	own := &reader{ctx: ctx, from: req.Config}
	resp.Diagnostics.Append(readSeverities(get[types.Map](own, "findings")).validate(path.Root("findings"))...)
	resp.Diagnostics.Append(m.malformed(false)...)
	if m.writeOnly.IsKnown() && m.writeOnlyVersion.IsNull() {
		resp.Diagnostics.AddError("password_wo needs password_wo_version",
			"The value of password_wo is not stored, so a change of it alone goes unseen. Set password_wo_version, and raise it with every change.")
	}
	if !m.writeOnlyVersion.IsNull() && !get[types.Int64](own, "password_version").IsNull() {
		resp.Diagnostics.AddError("password_version and password_wo_version exclude each other",
			"The first has passwords generated, the second says that there is one in password_wo. Keep one.")
	}
	if text, ok := m.writeOnly.Get(); ok && text.IsEmpty() {
		resp.Diagnostics.AddError("password_wo is empty", "redis-py logs in without a password then, which no user with one takes. Give one, or leave password_wo and its version out to have one generated.")
	}
}

func (r *redisUserResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, manager, diags := r.ready(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	password, generated, diags := m.firstPassword()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.defaults.alone(manager.Name)()
	result := manager.Create(ctx, redisuser.Passwords{Current: password}, m.persist)
	logUser(ctx, "Made a Redis user", result)
	resp.Diagnostics.Append(m.diagnostics(result)...)
	if !result.Done {
		return
	}
	if resp.Diagnostics.HasError() {
		// A warning that the user of this provider wants to be an error: what is not
		// stored must not be left behind.
		resp.Diagnostics.Append(m.diagnostics(manager.Delete(context.WithoutCancel(ctx), m.persist))...)
		return
	}
	resp.State.Raw = req.Plan.Raw
	made := m.made(result, generated)
	resp.Diagnostics.Append(made.set(ctx, &resp.State)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, passwordsKey, passwordsGiven(made))...)
}

// unmanageable is why there is no connection to manage a user with.
func (d *defaults) unmanageable() string {
	if d.prober == nil {
		return d.noWay()
	}
	return "An argument is not known, or redis-py refuses the URL of the administrator."
}

// firstPassword is that of a user that is made.
func (m redisUserModel) firstPassword() (password secret.String, generated types.String, diags diag.Diagnostics) {
	if m.writeOnlyVersion.IsNull() {
		password = redisuser.NewPassword()
		return password, types.StringValue(password.Reveal()), nil
	}
	password, ok := m.writeOnly.Get()
	if !ok || password.IsEmpty() {
		diags.AddError("password_wo is missing", "There is a password_wo_version, and no password to give the user. Nothing was changed.")
	}
	return password, types.StringNull(), diags
}

func (r *redisUserResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, manager, diags := r.ready(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	before, diags := readRedisUserState(ctx, req.State, true)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	own := &reader{ctx: ctx, from: req.Plan}
	p := userPlan{model: m, before: before, passwordVersion: get[types.Int64](own, "password_version")}
	passwords, generated, diags := p.newPasswords()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	result := before.owned(manager).Update(ctx, passwords, m.persist)
	logUser(ctx, "Changed a Redis user", result)
	resp.Diagnostics.Append(m.diagnostics(result)...)
	if !result.Done && !result.Valid {
		return
	}
	resp.State.Raw = req.Plan.Raw
	made := m.made(result, generated)
	if !result.Done {
		// A new password that some host takes alone must not be lost. The next plan
		// ends the one before on the others.
		made["passwords"] = types.Int64Value(2)
	}
	resp.Diagnostics.Append(made.set(ctx, &resp.State)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, passwordsKey, passwordsGiven(made))...)
	resp.Diagnostics.Append(m.leftBehind(before)...)
}

// newPasswords are those of a user that is changed.
func (p userPlan) newPasswords() (passwords redisuser.Passwords, generated types.String, diags diag.Diagnostics) {
	m := p.model
	passwords.Keep = m.keep
	if !p.before.password.IsNull() {
		passwords.Before = secret.New(p.before.password.ValueString())
	}
	switch {
	case p.rotates():
		passwords.Current, generated, diags = m.firstPassword()
	case m.writeOnlyVersion.IsNull():
		passwords.Current, generated = passwords.Before, p.before.password
	default:
		// A host may lack the user, so that there must be one.
		passwords.Current, generated, diags = m.firstPassword()
		passwords.OnlyIfNew = true
	}
	return passwords, generated, diags
}

// leftBehind are the hosts that the user was made on before.
func (m redisUserModel) leftBehind(before redisUserState) diag.Diagnostics {
	now, _ := m.addresses()
	var left []string
	for _, address := range before.places() {
		if !slices.Contains(now, address) {
			left = append(left, address)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return diagnose([]finding.Finding{redisuser.LeftBehind(m.name.Or(""), left)}, m.layer.findings, finding.Error, nil)
}

// alone waits until nobody else of this process makes a user of that name: of two
// resources that name the same one, one finds that it exists.
func (d *defaults) alone(name string) (done func()) {
	lock, _ := d.making.LoadOrStore(name, &sync.Mutex{})
	mutex, _ := lock.(*sync.Mutex)
	mutex.Lock()
	return mutex.Unlock
}

// made are the outputs of a user that was made or changed.
func (m redisUserModel) made(result redisuser.Result, generated types.String) outputs {
	var places []string
	passwords := 0
	for _, s := range result.Sights {
		places = append(places, s.Address)
		if s.User != nil {
			passwords = max(passwords, s.User.Passwords())
		}
	}
	return outputs{
		"rule": m.rule(), "password": generated, "password_valid": types.BoolValue(true),
		"passwords": types.Int64Value(int64(passwords)), "addresses": textList(places),
	}
}

// ready is the user of an apply, and its manager once every host answers.
func (r *redisUserResource) ready(ctx context.Context, plan, config attributes) (redisUserModel, redisuser.Manager, diag.Diagnostics) {
	m, diags := readRedisUser(ctx, r.defaults, plan, config)
	diags.Append(m.malformed(true)...)
	if diags.HasError() {
		return m, redisuser.Manager{}, diags
	}
	manager, ok := m.manager(r.defaults)
	if !ok || m.ruleUnknown {
		diags.AddError("The Redis user cannot be made", r.defaults.unmanageable())
		return m, manager, diags
	}
	reports := sideBySide(manager.Hosts, func(host redisprobe.Request) redisprobe.Report {
		host.Layer = nil
		return r.defaults.prober.Prove(ctx, host, m.wait, func(report redisprobe.Report) {
			logReport(ctx, "Waiting for Redis, to manage a user", report)
		})
	})
	for _, report := range reports {
		switch {
		case report.Canceled:
			diags.AddError("The management of the Redis user was cancelled", "Nothing was changed.")
			return m, manager, diags
		case !report.Ready:
			diags.Append(unreachable(report.Outcome.Findings, finding.Error, severities{})...)
		}
	}
	return m, manager, diags
}

// unreachable are the findings of hosts that cannot be managed.
func unreachable(findings []finding.Finding, severity finding.Severity, wanted severities) diag.Diagnostics {
	var shown []finding.Finding
	for _, f := range findings {
		if f.Severity > finding.Info {
			shown = append(shown, f.WithSeverity(severity))
		}
	}
	return diagnose(shown, wanted, severity, nil)
}

// diagnostics are what is to be said of a change.
func (m redisUserModel) diagnostics(result redisuser.Result) diag.Diagnostics {
	diags := diagnose(result.Findings, m.layer.findings, finding.Error, nil)
	switch {
	case result.Canceled:
		diags.AddError("The management of the Redis user was cancelled", "Whether it was changed is not known. Apply again: it can be repeated.")
	case !result.Done && !diags.HasError():
		diags.AddError("The Redis user was not changed", "Something was in the way that was silenced, or that nothing says. Apply again with no finding switched off.")
	}
	return diags
}

func (r *redisUserResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	m, diags := readRedisUser(ctx, r.defaults, req.State, nil)
	resp.Diagnostics.Append(diags...)
	before, diags := readRedisUserState(ctx, req.State, true)
	resp.Diagnostics.Append(diags...)
	imported := before.imported()
	resp.Diagnostics.Append(m.malformed(imported)...)
	manager, ok := m.manager(r.defaults)
	if resp.Diagnostics.HasError() || !ok {
		return // What is not known yet cannot be looked at.
	}
	sights := before.owned(manager).Glance(ctx)
	if redisuser.Canceled(sights) {
		resp.Diagnostics.AddError("The refresh of the Redis user was cancelled", "The state is what it was.")
		return
	}
	severity, wanted := finding.Warning, m.layer.findings
	if imported {
		severity, wanted = finding.Error, severities{}
	}
	resp.Diagnostics.Append(unreachable(redisuser.Findings(sights), severity, wanted)...)
	r.defaults.sawUser(m, sights)
	out, gone := before.refreshed(sights)
	if gone {
		resp.State.RemoveResource(ctx)
		return
	}
	resp.Diagnostics.Append(out.set(ctx, &resp.State)...)
}

func (r *redisUserResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	m, diags := readRedisUser(ctx, r.defaults, req.State, nil)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(m.malformed(true)...)
	manager, ok := m.manager(r.defaults)
	if resp.Diagnostics.HasError() {
		return
	}
	if !ok {
		resp.Diagnostics.AddError("The Redis user cannot be removed", r.defaults.unmanageable())
		return
	}
	before, diags := readRedisUserState(ctx, req.State, true)
	resp.Diagnostics.Append(diags...)
	result := before.owned(manager).Delete(ctx, m.persist)
	logUser(ctx, "Removed a Redis user", result)
	resp.Diagnostics.Append(m.diagnostics(result)...)
	resp.Diagnostics.Append(m.leftBehind(before)...)
	if resp.Diagnostics.HasError() {
		resp.Diagnostics.AddWarning("The Redis user stays in the state",
			"It was not removed from every host. If its Redis is gone for good, take it out of the state: terraform state rm ADDRESS.")
	}
}

func (r *redisUserResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("name"), req, resp)
}

func logUser(ctx context.Context, message string, result redisuser.Result) {
	var ids []string
	for _, f := range result.Findings {
		ids = append(ids, string(f.ID))
	}
	tflog.Info(ctx, message, map[string]any{"done": result.Done, "findings": ids, "hosts": len(result.Sights)})
}

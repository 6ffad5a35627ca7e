package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.Resource                   = (*layerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*layerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*layerResource)(nil)
	_ resource.ResourceWithImportState    = (*layerResource)(nil)
)

type layerResource struct {
	defaults *defaults
}

func (r *layerResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_layer"
}

// layerInputs are the fields of the resource that users write.
func layerInputs() []field {
	fields := append(layerFields(), writeOnlyURLFields()...)
	return append(fields,
		checkField(),
		text("triggers", "Any values: a change repeats the check at apply, for example of the app's image.").as(kindStringMap),
	)
}

func (r *layerResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = rschema.Schema{
		MarkdownDescription: "One entry of Django's `CHANNEL_LAYERS` in one environment: settings in, the wiring of the app out, checked at plan and apply against the Redis that carries it. It is a virtual object: nothing of it exists outside the state, so it cannot be imported, and creating it again costs nothing.",
		Attributes:          resourceAttributes(append(layerInputs(), outputFields()...)),
	}
}

// read is the layer of a plan or configuration; the write-only arguments
// stand only in the configuration.
func (r *layerResource) read(ctx context.Context, from, config attributes) (layerModel, diag.Diagnostics) {
	m, diags := readLayer(ctx, from)
	more := &reader{ctx: ctx, from: from}
	m.check = readCheck(more.object("check"))
	diags.Append(more.diags...)
	diags.Append(m.readWriteOnly(ctx, config)...)
	hidden := &reader{ctx: ctx, from: config}
	m.readWriteOnlyTLS(hidden.object("tls"))
	diags.Append(hidden.diags...)
	diags.Append(m.withDefaults(r.defaults)...)
	return m, diags
}

func (r *layerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	resp.Diagnostics.Append(exclusions(ctx, req.Config)...)
	own := &reader{ctx: ctx, from: req.Config}
	resp.Diagnostics.Append(tlsExclusions(own.object("tls"))...)
	m, diags := r.read(ctx, req.Config, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(nameProblems(own.object("variables"))...)
	resp.Diagnostics.Append(readSeverities(get[types.Map](own, "findings")).validate(path.Root("findings"))...)
	resp.Diagnostics.Append(m.static().diagnostics(m, attributesOf(ctx, req.Config))...)
}

func (r *layerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // A destroy asks nothing of Redis.
	}
	m, diags := r.read(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := m.static()
	resp.Diagnostics.Append(s.outputs.set(ctx, &resp.Plan)...)
	l := look{
		model:     m,
		static:    s,
		has:       attributesOf(ctx, req.Config),
		unchanged: req.Plan.Raw.Equal(req.State.Raw),
		// Only Terraform says this, and only in the apply walk: plan has looked,
		// and Create or Update prove next, if that is wanted.
		proofFollows: req.ClientCapabilities.DeferralAllowed,
	}
	if !l.unchanged && !l.proofFollows {
		resp.Diagnostics.Append(r.moved(ctx, m, s, req)...)
	}
	resp.Diagnostics.Append(l.run(ctx, r.defaults)...)
}

func (r *layerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	m, diags := r.read(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := m.static()
	state := req.Plan
	resp.Diagnostics.Append(s.outputs.set(ctx, &state)...)
	resp.Diagnostics.Append(prove(ctx, r.defaults, m, s)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = state.Raw
}

func (r *layerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	m, diags := r.read(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	changed, diags := inputsChanged(ctx, req.Plan, req.State)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	s := m.static()
	state := req.Plan
	resp.Diagnostics.Append(s.outputs.set(ctx, &state)...)
	if changed {
		// Without a change of the inputs only outputs move, with a new
		// version of the provider: nothing to prove anew.
		resp.Diagnostics.Append(prove(ctx, r.defaults, m, s)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = state.Raw
}

// Read has nothing to read: the layer is its settings.
func (r *layerResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Delete has nothing to delete.
func (r *layerResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func (r *layerResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("A channel layer cannot be imported",
		"Nothing of a channels_layer exists outside the Terraform state, so there is nothing to import. "+
			"Declare it and apply: creating it changes nothing in Redis or in the app. "+
			"To look at variables that exist already, use the data source channels_environment.")
}

// inputsChanged compares what users write.
func inputsChanged(ctx context.Context, plan, state attributes) (bool, diag.Diagnostics) {
	return fieldsChanged(ctx, layerInputs(), plan, state)
}

// fieldsChanged compares those fields.
func fieldsChanged(ctx context.Context, fields []field, plan, state attributes) (bool, diag.Diagnostics) {
	before, after := &reader{ctx: ctx, from: state}, &reader{ctx: ctx, from: plan}
	for _, f := range fields {
		if !getAny(before, f).Equal(getAny(after, f)) {
			return true, nil
		}
	}
	return false, append(before.diags, after.diags...)
}

func getAny(r *reader, f field) attr.Value {
	switch f.kind {
	case kindInt:
		return get[types.Int64](r, f.name)
	case kindBool:
		return get[types.Bool](r, f.name)
	case kindStringMap:
		return get[types.Map](r, f.name)
	case kindStringList, kindObjectList:
		return get[types.List](r, f.name)
	case kindObject:
		return get[types.Object](r, f.name)
	default:
		return get[types.String](r, f.name)
	}
}

// exclusions reports arguments that cannot stand together. The diagnostics
// point at no attribute: core would print its source line, secrets included.
func exclusions(ctx context.Context, config attributes) diag.Diagnostics {
	r := &reader{ctx: ctx, from: config}
	// What is not known yet may turn out to be null.
	isSet := func(name string) bool { return r.secret(name).IsKnown() }
	version := get[types.Int64](r, "redis_url_wo_version")
	keys := r.object("config")
	var diags diag.Diagnostics
	if isSet("redis_url") && isSet("redis_url_wo") {
		diags.AddError("redis_url and redis_url_wo exclude each other",
			"Both say where Redis is. Keep redis_url_wo to leave the URL out of plan and state, or redis_url to get it back in the outputs.")
	}
	if isSet("redis_url_wo") && version.IsNull() {
		diags.AddError("redis_url_wo needs redis_url_wo_version",
			"The value of redis_url_wo is not stored, so a change of it alone goes unseen. Set redis_url_wo_version, and raise it with every change.")
	}
	diags.Append(hostExclusions(r, true)...)
	plain := keys.secrets("symmetric_encryption_keys")
	hidden := keys.secrets("symmetric_encryption_keys_wo")
	if plain.IsKnown() && hidden.IsKnown() {
		diags.AddError("Two sets of encryption keys exclude each other",
			"config.symmetric_encryption_keys and config.symmetric_encryption_keys_wo both say what messages are encrypted with. Keep one.")
	}
	if hidden.IsKnown() && !keys.integer("symmetric_encryption_keys_wo_version").IsSet() {
		diags.AddError("symmetric_encryption_keys_wo needs its version",
			"The value of config.symmetric_encryption_keys_wo is not stored, so a change of it alone goes unseen. Set config.symmetric_encryption_keys_wo_version, and raise it with every change.")
	}
	return append(r.diags, diags...)
}

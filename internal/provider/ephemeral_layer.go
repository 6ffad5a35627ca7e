package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	eschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ ephemeral.EphemeralResourceWithValidateConfig = (*layerEphemeral)(nil)

type layerEphemeral struct {
	defaults *defaults
}

func (e *layerEphemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_layer"
}

func (e *layerEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = eschema.Schema{
		MarkdownDescription: "The wiring of a layer with its secrets, never stored in plan or state: for write-only arguments of other resources and for provider configurations. It checks nothing against Redis; the resource `channels_layer` does.",
		Attributes:          ephemeralAttributes(append(readOnlyFields(layerFields()), outputFields()...)),
	}
}

func (e *layerEphemeral) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	m, diags := readLayer(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(hostExclusions(&reader{ctx: ctx, from: req.Config}, false)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(nameProblems((&reader{ctx: ctx, from: req.Config}).object("variables"))...)
	resp.Diagnostics.Append(m.findings.validate(path.Root("findings"))...)
	resp.Diagnostics.Append(m.withDefaults(e.defaults)...)
	resp.Diagnostics.Append(m.static().diagnostics(m, attributesOf(ctx, req.Config))...)
}

func (e *layerEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	m, diags := readLayer(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(m.withDefaults(e.defaults)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Result.Raw = req.Config.Raw
	for name, value := range m.static().outputs {
		resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, path.Root(name), knownOrNull(name, value))...)
	}
}

// knownOrNull is for the outputs of an ephemeral resource, which is opened
// only when all of its arguments are known.
func knownOrNull(name string, v attr.Value) attr.Value {
	if !v.IsUnknown() {
		return v
	}
	switch v.(type) {
	case types.Map:
		return types.MapNull(types.StringType)
	case types.Set:
		return types.SetNull(types.StringType)
	case types.List:
		if name == "reported_findings" {
			return types.ListNull(findingType)
		}
	}
	return nullIfUnknown(v)
}

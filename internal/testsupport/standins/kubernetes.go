package main

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// kubernetesSecret is kubernetes_secret_v1 of hashicorp/kubernetes 2.38. The
// write-only data is sent when the resource is created with a revision of at
// least 1, and when the revision changes.
type kubernetesSecret struct{}

type kubernetesMetadata struct {
	Name      string       `tfsdk:"name"      json:"name"`
	Namespace types.String `tfsdk:"namespace" json:"-"`
}

type kubernetesSecretModel struct {
	ID             types.String         `tfsdk:"id"`
	Metadata       []kubernetesMetadata `tfsdk:"metadata"`
	Data           types.Map            `tfsdk:"data"`
	DataWO         types.Map            `tfsdk:"data_wo"`
	DataWORevision types.Int64          `tfsdk:"data_wo_revision"`
	Type           types.String         `tfsdk:"type"`
}

func newKubernetesSecret() resource.Resource { return &kubernetesSecret{} }

func (*kubernetesSecret) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_secret_v1"
}

func (*kubernetesSecret) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id":               schema.StringAttribute{Computed: true},
			"data":             schema.MapAttribute{Optional: true, Sensitive: true, ElementType: types.StringType},
			"data_wo":          schema.MapAttribute{Optional: true, WriteOnly: true, ElementType: types.StringType},
			"data_wo_revision": schema.Int64Attribute{Optional: true},
			"type":             schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("Opaque")},
		},
		Blocks: map[string]schema.Block{
			"metadata": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
				"name":      schema.StringAttribute{Optional: true},
				"namespace": schema.StringAttribute{Optional: true},
			}}},
		},
	}
}

func (*kubernetesSecret) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(store(ctx, req.Plan, req.Config, &resp.State)...)
}

func (*kubernetesSecret) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var before, after types.Int64
	var diags diag.Diagnostics
	var model kubernetesSecretModel
	diags.Append(req.State.Get(ctx, &model)...)
	before = model.DataWORevision
	diags.Append(req.Plan.Get(ctx, &model)...)
	after = model.DataWORevision
	resp.Diagnostics.Append(diags...)
	if before.Equal(after) {
		resp.State.Raw = req.Plan.Raw
		return
	}
	resp.Diagnostics.Append(store(ctx, req.Plan, req.Config, &resp.State)...)
}

// store writes the Secret as the API server is told it, and the state, which
// has nothing of what is write-only.
func store(ctx context.Context, plan tfsdk.Plan, config tfsdk.Config, state *tfsdk.State) diag.Diagnostics {
	var model, written kubernetesSecretModel
	diags := plan.Get(ctx, &model)
	diags.Append(config.Get(ctx, &written)...)
	if diags.HasError() || len(model.Metadata) != 1 {
		diags.AddError("No metadata", "A Secret has one metadata block.")
		return diags
	}
	data := map[string][]byte{}
	add := func(from types.Map) {
		var values map[string]string
		diags.Append(from.ElementsAs(ctx, &values, true)...)
		for name, value := range values {
			data[name] = []byte(value)
		}
	}
	add(model.Data)
	if model.DataWORevision.ValueInt64() >= 1 {
		add(written.DataWO)
	}
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": model.Metadata[0],
		"type": model.Type.ValueString(), "data": data,
	})
	if err == nil {
		err = told("kubernetes-"+model.Metadata[0].Name+".json", string(text))
	}
	if err != nil {
		diags.AddError("Not written", err.Error())
		return diags
	}
	model.ID = types.StringValue("default/" + model.Metadata[0].Name)
	diags.Append(state.Set(ctx, model)...)
	return diags
}

func (*kubernetesSecret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*kubernetesSecret) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state kubernetesSecretModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if err := forgotten("kubernetes-" + state.Metadata[0].Name + ".json"); err != nil {
		resp.Diagnostics.AddError("Not removed", err.Error())
	}
}

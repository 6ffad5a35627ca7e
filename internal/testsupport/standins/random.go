package main

import (
	"context"
	"crypto/rand"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// letters are those of the real provider, its special characters included:
// half of them would change the meaning of a URL.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%&*()-_=+[]{}<>:?"

// password is random_password of hashicorp/random 3.7.
type password struct{}

func newPassword() resource.Resource { return &password{} }

func (*password) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_password"
}

func (*password) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	kept := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"length":           schema.Int64Attribute{Required: true},
		"special":          schema.BoolAttribute{Optional: true},
		"override_special": schema.StringAttribute{Optional: true},
		"keepers":          schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"id":               schema.StringAttribute{Computed: true, PlanModifiers: kept},
		"result":           schema.StringAttribute{Computed: true, Sensitive: true, PlanModifiers: kept},
	}}
}

func (*password) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var length int64
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("length"), &length)...)
	result := make([]byte, length)
	for i := range result {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			resp.Diagnostics.AddError("No randomness", err.Error())
			return
		}
		result[i] = letters[n.Int64()]
	}
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("result"), string(result))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), "none")...)
}

func (*password) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*password) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (*password) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

package main

import (
	"context"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/redis/go-redis/v9"
)

// redisAddress names the variable with the address of a Redis that stands for
// the one that Dokploy would start.
const redisAddress = "CHANNELS_STANDINS_REDIS"

// dokployRedis is dokploy_redis of ahmedali6/dokploy. "Creating" it gives the
// Redis of the test its password.
type dokployRedis struct{}

func newDokployRedis() resource.Resource { return &dokployRedis{} }

func (*dokployRedis) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_redis"
}

func (*dokployRedis) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"name":               schema.StringAttribute{Required: true},
		"app_name_prefix":    schema.StringAttribute{Required: true},
		"database_password":  schema.StringAttribute{Required: true, Sensitive: true},
		"environment_id":     schema.StringAttribute{Required: true},
		"replicas":           schema.Int64Attribute{Optional: true},
		"external_port":      schema.Int64Attribute{Optional: true},
		"id":                 schema.StringAttribute{Computed: true},
		"app_name":           schema.StringAttribute{Computed: true},
		"application_status": schema.StringAttribute{Computed: true},
		"internal_port":      schema.Int64Attribute{Computed: true},
	}
	for _, name := range []string{
		"command", "cpu_limit", "cpu_reservation", "database_user", "description", "docker_image",
		"env", "memory_limit", "memory_reservation", "server_id",
	} {
		attributes[name] = schema.StringAttribute{Optional: true}
	}
	resp.Schema = schema.Schema{Attributes: attributes}
}

func (*dokployRedis) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var password string
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("database_password"), &password)...)
	address := os.Getenv(redisAddress)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		resp.Diagnostics.AddError("No Redis", redisAddress+" is not an address.")
		return
	}
	client := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = client.Close() }()
	if err := client.ConfigSet(ctx, "requirepass", password).Err(); err != nil {
		resp.Diagnostics.AddError("The Redis takes no password", err.Error())
		return
	}
	number, err := strconv.ParseInt(port, 10, 64)
	if err != nil {
		resp.Diagnostics.AddError("No port", err.Error())
		return
	}
	resp.State.Raw = req.Plan.Raw
	for name, value := range map[string]any{
		"id": "redis-1", "app_name": host, "internal_port": number, "application_status": "done",
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

func (*dokployRedis) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*dokployRedis) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Not needed", "The stand-in changes no Redis.")
}

func (*dokployRedis) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// dokployVariables is dokploy_environment_variables of ahmedali6/dokploy. The
// real one writes NAME=VALUE as it stands, a line each, in no order.
type dokployVariables struct{}

type dokployVariablesModel struct {
	ID            types.String      `tfsdk:"id"`
	ApplicationID string            `tfsdk:"application_id"`
	Variables     map[string]string `tfsdk:"variables"`
	CreateEnvFile types.Bool        `tfsdk:"create_env_file"`
}

func newDokployVariables() resource.Resource { return &dokployVariables{} }

func (*dokployVariables) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_environment_variables"
}

func (*dokployVariables) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":              schema.StringAttribute{Computed: true},
		"application_id":  schema.StringAttribute{Required: true},
		"variables":       schema.MapAttribute{Required: true, Sensitive: true, ElementType: types.StringType},
		"create_env_file": schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true)},
	}}
}

func (*dokployVariables) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dokployVariablesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if err := plan.tell(); err != nil {
		resp.Diagnostics.AddError("Not written", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// tell writes what the real provider sends.
func (m *dokployVariablesModel) tell() error {
	m.ID = types.StringValue(m.ApplicationID)
	text := ""
	for _, name := range slices.Sorted(maps.Keys(m.Variables)) {
		text += name + "=" + m.Variables[name] + "\n"
	}
	return told("dokploy-"+m.ApplicationID+".env", text)
}

func (*dokployVariables) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (*dokployVariables) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan dokployVariablesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if err := plan.tell(); err != nil {
		resp.Diagnostics.AddError("Not written", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (*dokployVariables) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state dokployVariablesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if err := forgotten("dokploy-" + state.ApplicationID + ".env"); err != nil {
		resp.Diagnostics.AddError("Not removed", err.Error())
	}
}

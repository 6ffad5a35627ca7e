package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var _ function.Function = resolveFunction{}

type resolveFunction struct{}

func (resolveFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "resolve"
}

var (
	resolvedHostType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"url":  types.StringType,
		"host": types.StringType,
		"port": types.NumberType,
	}}
	resolvedTypes = map[string]attr.Type{
		"backend_class": types.StringType,
		"uses_redis":    types.BoolType,
		"hosts":         types.ListType{ElemType: resolvedHostType},
		"origins":       types.MapType{ElemType: types.StringType},
	}
)

func (resolveFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "The channel layer that environment variables make",
		MarkdownDescription: "Does what Django's settings code does with `REDIS_URL`, `REDIS_HOST`, `REDIS_PORT` and `DEBUG`, and returns an object with `backend_class`, `uses_redis`, `hosts` (a list of objects of `url` or `host` and `port`, as they stand in `CONFIG`) and `origins` (which variable decided about what). Where the settings code raises, the function fails with the variable and the reason, never with its text. The result is sensitive if a variable is.",
		Parameters: []function.Parameter{
			function.MapParameter{
				Name:                "variables",
				ElementType:         types.StringType,
				MarkdownDescription: "Environment variables by name; null values count as unset, others than the four are left alone.",
			},
			function.BoolParameter{
				Name:                "debug",
				AllowNullValue:      true,
				MarkdownDescription: "Django's `DEBUG`. Null: read from `DEBUG` in the map (`True`, `true`, `1`, `False`, `false`, `0`; not set counts as false).",
			},
		},
		Return: function.ObjectReturn{AttributeTypes: resolvedTypes},
	}
}

func (resolveFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var raw map[string]types.String
	var debug types.Bool
	if resp.Error = req.Arguments.Get(ctx, &raw, &debug); resp.Error != nil {
		return
	}
	settings := channelconfig.SettingsFrom(variablesArgument(raw), channelconfig.DefaultVariables(), channelconfig.DebugReader{})
	if !debug.IsNull() {
		settings.Debug, settings.DebugUnreadable = channelconfig.Known(debug.ValueBool()), false
	}
	resolution := channelconfig.Resolve(settings)
	switch {
	case resolution.Exception != nil:
		resp.Error = function.NewArgumentFuncError(0, "Django would not start: "+resolution.Exception.Error())
	case !resolution.Backend.IsKnown():
		resp.Error = function.NewArgumentFuncError(0, "DEBUG decides here, and its text is none that every app reads alike (True, true, 1, False, false, 0). Pass the second argument.")
	default:
		resp.Error = resp.Result.Set(ctx, resolvedValue(resolution))
	}
}

func variablesArgument(raw map[string]types.String) map[string]channelconfig.Value[secret.String] {
	vars := make(map[string]channelconfig.Value[secret.String], len(raw))
	for name, value := range raw {
		if v := secretValue(value); v.IsSet() {
			vars[name] = v
		}
	}
	return vars
}

func resolvedValue(r channelconfig.Resolution) attr.Value {
	hosts := r.Hosts.Or(nil)
	elements := make([]attr.Value, 0, len(hosts))
	for _, h := range hosts {
		values := map[string]attr.Value{"url": types.StringNull(), "host": types.StringNull(), "port": types.NumberNull()}
		if h.IsURL() {
			values["url"] = types.StringValue(h.URL.Reveal())
		} else {
			values["host"], values["port"] = types.StringValue(h.Host), numberOf(h.Port)
		}
		elements = append(elements, types.ObjectValueMust(resolvedHostType.AttrTypes, values))
	}
	return types.ObjectValueMust(resolvedTypes, map[string]attr.Value{
		"backend_class": types.StringValue(r.Backend.Or(channelconfig.Auto).Class()),
		"uses_redis":    boolOf(r.UsesRedis()),
		"hosts":         types.ListValueMust(resolvedHostType, elements),
		"origins":       originsMap(r),
	})
}

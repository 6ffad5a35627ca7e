package provider

import (
	"context"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// attributeSetter is what a tfsdk.Plan, State and EphemeralResultData have in
// common.
type attributeSetter interface {
	SetAttribute(ctx context.Context, path path.Path, val any) diag.Diagnostics
}

// outputs are the values of outputFields by name: known, unknown or null.
type outputs map[string]attr.Value

func (o outputs) set(ctx context.Context, on attributeSetter) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, value := range o {
		diags.Append(on.SetAttribute(ctx, path.Root(name), value)...)
	}
	return diags
}

var hostType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"host": types.StringType,
	"port": types.Int64Type,
	"tls":  types.BoolType,
	"db":   types.Int64Type,
	"path": types.StringType,
}}

// layerOutputs computes the outputs of a layer: a pure function of its
// settings. What is write-only never stands in them: where they would carry
// it, they are null.
func layerOutputs(m layerModel, resolution channelconfig.Resolution, storable finding.Outcome) (outputs, []finding.Finding) {
	environment := channelconfig.Environment(m.settings, resolution)
	if m.variablesUnknown {
		environment = channelconfig.Unknown[[]channelconfig.Variable]()
	}
	dotenv, inDotenv := dotenvOutput(environment, m.hidden())
	if hasError(storable.Findings) {
		// What makes Django fail is reported; that its text suits no .env file
		// either would be the same cause a second time.
		inDotenv = nil
	}
	python, inPython := pythonOutput(m)
	found := slices.Concat(inDotenv, inPython)
	return outputs{
		"backend_class":       textOf(mapValue(resolution.Backend, channelconfig.Backend.Class)),
		"uses_redis":          boolOf(resolution.UsesRedis()),
		"resolved_hosts":      hostsOutput(m.settings, resolution),
		"environment":         environmentOutput(environment, m.hidden()),
		"variable_names":      namesOutput(environment),
		"dotenv":              dotenv,
		"settings_python":     python,
		"channel_layers_json": jsonOutput(m),
		"reported_findings":   reportedOutput(m, slices.Concat(storable.Findings, found), storable.Status),
	}, found
}

// reportedOutput is unknown while settings are that rules look at.
func reportedOutput(m layerModel, findings []finding.Finding, status finding.Status) attr.Value {
	if status == finding.Undetermined && !m.hidden() || m.findings.unknown || m.variablesUnknown || m.versionsUnknown {
		return types.ListUnknown(findingType)
	}
	return findingsList(m.findings.all(findings))
}

func mapValue[T, U any](v channelconfig.Value[T], f func(T) U) channelconfig.Value[U] {
	value, ok := v.Get()
	switch {
	case ok:
		return channelconfig.Known(f(value))
	case v.IsUnknown():
		return channelconfig.Unknown[U]()
	default:
		return channelconfig.Value[U]{}
	}
}

func textOf(v channelconfig.Value[string]) types.String {
	text, ok := v.Get()
	switch {
	case ok:
		return types.StringValue(text)
	case v.IsUnknown():
		return types.StringUnknown()
	default:
		return types.StringNull()
	}
}

func revealed(v channelconfig.Value[secret.String]) types.String {
	return textOf(mapValue(v, secret.String.Reveal))
}

func boolOf(v channelconfig.Value[bool]) types.Bool {
	b, ok := v.Get()
	switch {
	case ok:
		return types.BoolValue(b)
	case v.IsUnknown():
		return types.BoolUnknown()
	default:
		return types.BoolNull()
	}
}

// hostsOutput is null where a write-only URL decides, where redis-py refuses
// the URL, so that there is no place to name, and where a piece of a password
// may stand in the place of a host: the output is not sensitive.
func hostsOutput(s channelconfig.Settings, r channelconfig.Resolution) attr.Value {
	backend, ok := r.Backend.Get()
	hosts, known := r.Hosts.Get()
	switch {
	case (s.RedisURLWriteOnly || s.HostsWriteOnly) && (!ok || backend.UsesRedis()):
		return types.ListNull(hostType)
	case !known:
		return types.ListUnknown(hostType)
	}
	elements := make([]attr.Value, 0, len(hosts))
	for _, host := range hosts {
		connection, err := host.Connection(redisurl.Newest)
		if err != nil || !host.Showable(redisurl.Newest) {
			return types.ListNull(hostType)
		}
		elements = append(elements, hostValue(host, connection))
	}
	return types.ListValueMust(hostType, elements)
}

func hostValue(host channelconfig.Host, c redisurl.Connection) attr.Value {
	values := map[string]attr.Value{
		"host": types.StringNull(),
		"port": types.Int64Null(),
		"tls":  types.BoolValue(c.Transport == redisurl.TLS),
		"db":   int64Value(c.DB),
		"path": types.StringNull(),
	}
	switch {
	case c.Transport == redisurl.Unix:
		values["path"] = types.StringValue(c.Path)
	case host.Sentinel == nil:
		values["host"] = types.StringValue(c.Host)
		values["port"] = int64Value(c.Port)
	}
	return types.ObjectValueMust(hostType.AttrTypes, values)
}

// int64Value is null for what does not fit: no database or port is that
// large, and a finding says so.
func int64Value(n *big.Int) types.Int64 {
	if n == nil || !n.IsInt64() {
		return types.Int64Null()
	}
	return types.Int64Value(n.Int64())
}

func environmentOutput(vars channelconfig.Value[[]channelconfig.Variable], hidden bool) attr.Value {
	list, ok := vars.Get()
	switch {
	case hidden:
		return types.MapNull(types.StringType)
	case !ok:
		return types.MapUnknown(types.StringType)
	}
	elements := make(map[string]attr.Value, len(list))
	for _, v := range list {
		elements[v.Name] = revealed(v.Value)
	}
	return types.MapValueMust(types.StringType, elements)
}

func namesOutput(vars channelconfig.Value[[]channelconfig.Variable]) attr.Value {
	list, ok := vars.Get()
	if !ok {
		return types.SetUnknown(types.StringType)
	}
	seen := map[string]bool{}
	elements := make([]attr.Value, 0, len(list))
	for _, v := range list {
		if !seen[v.Name] {
			seen[v.Name] = true
			elements = append(elements, types.StringValue(v.Name))
		}
	}
	return types.SetValueMust(types.StringType, elements)
}

// dotenvOutput is null, with a finding, where a reader of .env files would
// misread a value.
func dotenvOutput(vars channelconfig.Value[[]channelconfig.Variable], hidden bool) (attr.Value, []finding.Finding) {
	if hidden {
		return types.StringNull(), nil
	}
	text, err := render.EnvironmentDotEnv(vars)
	if err != nil {
		return types.StringNull(), findingsOf(err)
	}
	return revealed(text), nil
}

func pythonOutput(m layerModel) (attr.Value, []finding.Finding) {
	if m.variablesUnknown || m.settings.Config.KeysUncertain {
		return types.StringUnknown(), nil
	}
	code, err := render.SettingsPython(m.settings)
	if err != nil {
		return types.StringNull(), findingsOf(err)
	}
	return textOf(code), nil
}

// jsonOutput reports no error of its own: settings_python has the same.
func jsonOutput(m layerModel) attr.Value {
	text, err := render.ChannelLayersJSON(m.settings)
	if err != nil || m.hidden() {
		return types.StringNull()
	}
	return revealed(text)
}

func findingsOf(err error) []finding.Finding {
	if f, ok := render.FindingOf(err); ok {
		return []finding.Finding{f}
	}
	return []finding.Finding{finding.CrashedDoc().New("", "An output could not be rendered, and nothing says why.")}
}

package provider

import (
	"context"
	"math/big"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var _ function.Function = parseURLFunction{}

type parseURLFunction struct{}

func (parseURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_url"
}

// parsedURLTypes are the attributes of what parse_url returns.
var parsedURLTypes = map[string]attr.Type{
	"scheme":   types.StringType,
	"tls":      types.BoolType,
	"host":     types.StringType,
	"port":     types.NumberType,
	"path":     types.StringType,
	"username": types.StringType,
	"password": types.StringType,
	"db":       types.NumberType,
	"options":  types.MapType{ElemType: types.StringType},
}

func (parseURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "What redis-py makes of a Redis URL",
		MarkdownDescription: "Returns an object with `scheme`, `tls`, `host`, `port`, `path`, `username`, `password`, `db` and `options`: the effective values that redis-py would connect with, its defaults filled in. Absent ones are null (`host` and `port` of a unix socket, `path` of everything else). A URL that redis-py refuses is an error that says why and where, without quoting it. The result is sensitive if the URL is.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "url", MarkdownDescription: "A `redis://`, `rediss://` or `unix://` URL."},
		},
		VariadicParameter: function.StringParameter{Name: "version", MarkdownDescription: "Version of redis-py, for example `7.4.1`; without one the newest known."},
		Return:            function.ObjectReturn{AttributeTypes: parsedURLTypes},
	}
}

func (parseURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var url string
	var versions []string
	if resp.Error = req.Arguments.Get(ctx, &url, &versions); resp.Error != nil {
		return
	}
	line, ferr := lineArgument(versions)
	if ferr != nil {
		resp.Error = ferr
		return
	}
	parsed, err := redisurl.Parse(secret.New(url), line)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, "redis-py refuses this URL: "+refusalText(secret.New(url), err))
		return
	}
	resp.Error = resp.Result.Set(ctx, parsedURLValue(parsed))
}

// refusalText is why redis-py refuses a URL. The rules know better than the
// parser what was meant: a "#" in a password, say, where redis-py complains of
// the port.
func refusalText(url secret.String, refusal error) string {
	settings := channelconfig.Settings{RedisURL: channelconfig.Known(url)}
	for _, f := range lint.Run(lint.NewInput(settings, channelconfig.Resolve(settings), false)).Findings {
		if f.Severity == finding.Error {
			return refusal.Error() + ". " + f.Summary + " (" + string(f.ID) + "). Fix: " + f.Fix
		}
	}
	return refusal.Error()
}

func lineArgument(versions []string) (redisurl.Line, *function.FuncError) {
	switch len(versions) {
	case 0:
		return redisurl.Newest, nil
	case 1:
	default:
		return redisurl.Newest, function.NewArgumentFuncError(2, "give one version at most")
	}
	version, err := packages.ParseVersion(versions[0])
	if err != nil {
		return redisurl.Newest, function.NewArgumentFuncError(1, "Not a version of redis-py: "+err.Error())
	}
	line, err := redisurl.LineOf(version)
	if err != nil {
		return redisurl.Newest, function.NewArgumentFuncError(1, err.Error())
	}
	return line, nil
}

func parsedURLValue(u *redisurl.URL) attr.Value {
	values := map[string]attr.Value{
		"scheme":   types.StringValue(u.Scheme),
		"tls":      types.BoolValue(u.Transport == redisurl.TLS),
		"host":     types.StringNull(),
		"port":     numberOf(u.Port),
		"path":     types.StringNull(),
		"username": secretOrNull(u.Username),
		"password": secretOrNull(u.Password),
		"db":       numberOf(u.DB),
		"options":  optionsValue(u.Options),
	}
	if u.Transport == redisurl.Unix {
		values["path"] = types.StringValue(u.Path)
	} else {
		values["host"] = types.StringValue(u.Host)
	}
	return types.ObjectValueMust(parsedURLTypes, values)
}

func numberOf(n *big.Int) types.Number {
	if n == nil {
		return types.NumberNull()
	}
	return types.NumberValue(new(big.Float).SetPrec(512).SetInt(n))
}

func secretOrNull(s secret.String) types.String {
	if s.IsEmpty() {
		return types.StringNull()
	}
	return types.StringValue(s.Reveal())
}

// optionsValue writes options as redis-py's parsers read them: numbers in
// their shortest form, truth as "true" and "false".
func optionsValue(options map[string]redisurl.Option) types.Map {
	elements := make(map[string]attr.Value, len(options))
	for name, option := range options {
		elements[name] = types.StringValue(optionText(option))
	}
	return types.MapValueMust(types.StringType, elements)
}

func optionText(o redisurl.Option) string {
	switch {
	case o.Int != nil:
		return o.Int.String()
	case o.Float != nil:
		return strconv.FormatFloat(*o.Float, 'g', -1, 64)
	case o.Bool != nil:
		return strconv.FormatBool(*o.Bool)
	default:
		return o.Text.Reveal()
	}
}

// partsArgument are the parts that are not null.
func partsArgument(raw map[string]types.String) map[string]secret.String {
	parts := make(map[string]secret.String, len(raw))
	for name, value := range raw {
		if !value.IsNull() {
			parts[name] = secret.New(value.ValueString())
		}
	}
	return parts
}

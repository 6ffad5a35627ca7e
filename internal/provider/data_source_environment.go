package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var _ datasource.DataSourceWithValidateConfig = (*environmentDataSource)(nil)

type environmentDataSource struct {
	defaults *defaults
}

func (d *environmentDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_environment"
}

func (d *environmentDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	layer := readOnlyFields(without(layerFields(), "redis_url", "redis_host", "redis_port", "debug", "django_settings_module", "tls", "findings"))
	fields := append([]field{
		text("environment", "The environment variables of the app, by name; others than the layer's are left alone. Excludes `dotenv`.").as(kindStringMap).secret(),
		text("dotenv", "The text of a .env file to read them from. Excludes `environment`.").secret(),
		text("reader", "Who reads these variables for the app: `django-environ`, where the settings use `environ.Env` and its `read_env`, or `any`. django-environ cuts values at a `#` in some of its releases and takes a value that begins with `$` for the name of another variable; where it is declared, the variables are read as it does, and `dotenv/comment-cut` and `environment/proxied-value` are among the findings. Effective default `any`.").
			among(readerAny, readerDjangoEnviron),
		text("debug_true", "Further texts of `DEBUG` that this app reads as true. `True`, `true` and `1` are.").as(kindStringList),
		text("debug_false", "Further texts of `DEBUG` that this app reads as false. `False`, `false` and `0` are.").as(kindStringList),
		boolean("debug_unset", "What the app takes `DEBUG` for where it is not set. Effective default `false`."),
		text("on_findings", "What errors and warnings among the findings do: `warning` shows them and goes on, `error` fails for errors and for what could not be determined (where `valid` is null), `off` only reports them in `findings`. Effective default `warning`.").
			among("error", "warning", "off"),
	}, layer...)
	fields = append(fields,
		boolean("valid", "Whether no finding is an error; null where it could not be determined.").computed(),
	)
	fields = append(fields, without(outputFields(), "environment", "dotenv", "variable_names", "reported_findings", "settings_python")...)
	fields = append(fields,
		text("origins", "Which variable decided about `backend_class`, `host`, `port` and `debug`, or `default`.").as(kindStringMap).computed(),
		reportedFindingsField("findings", "What static checks have to say, notes of severity `info` included."),
	)
	resp.Schema = dschema.Schema{
		MarkdownDescription: "Reads an existing set of environment variables as Django's settings code would and returns the layer that comes of it, with findings. It uses no network. For CI over environments that somebody else manages.",
		Attributes:          dataSourceAttributes(fields),
	}
}

// Who reads the variables.
const (
	readerAny           = "any"
	readerDjangoEnviron = "django-environ"
)

// environmentModel is the data source as written.
type environmentModel struct {
	layerModel
	onFindings mode
	// reading are findings about the text of the .env file.
	reading finding.Outcome
}

func (d *environmentDataSource) read(ctx context.Context, config attributes) (environmentModel, diag.Diagnostics) {
	r := &reader{ctx: ctx, from: config}
	m := environmentModel{onFindings: mode(r.text("on_findings").Or(string(modeWarning)))}
	m.packages = readPackages(r.object("packages"))
	names, namesUnknown := readVariables(r.object("variables"))
	vars, reading := d.variables(r, names)
	m.reading = reading
	debug := channelconfig.DebugReader{
		True:  stringsIn(get[types.List](r, "debug_true")),
		False: stringsIn(get[types.List](r, "debug_false")),
		Unset: r.boolean("debug_unset").Or(false),
	}
	m.settings = channelconfig.SettingsFrom(vars, names, debug)
	m.variablesUnknown = namesUnknown
	m.settings.Alias = r.text("alias")
	m.settings.Backend = backendValue(r.text("backend"))
	m.settings.Config = readConfig(r.object("config"))
	diags := r.diags
	diags.Append(m.withDefaults(d.defaults)...)
	return m, diags
}

// variables are those of the map or the text; all unknown where those are.
func (d *environmentDataSource) variables(r *reader, names channelconfig.Variables) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	environment := get[types.Map](r, "environment")
	environ := r.text("reader").Or(readerAny) == readerDjangoEnviron
	text := get[types.String](r, "dotenv")
	switch {
	case !environment.IsNull() && !text.IsNull():
		r.diags.AddError("environment and dotenv exclude each other", "Both say what the app's variables are. Keep one.")
	case environment.IsNull() && text.IsNull():
		r.diags.AddError("There are no variables to read", "Set environment (a map) or dotenv (the text of a .env file).")
	case !text.IsNull():
		return readDotEnv(text, environ, names)
	}
	vars := map[string]channelconfig.Value[secret.String]{}
	for name, value := range environment.Elements() {
		if text, ok := value.(types.String); ok && !text.IsNull() {
			vars[name] = secretValue(text)
		}
	}
	if environ {
		return envfile.Proxies(vars, mattering(names)...)
	}
	return vars, finding.Pass()
}

// mattering are the names of the variables that decide about the layer.
func mattering(names channelconfig.Variables) []string {
	return []string{names.RedisURL, names.RedisHost, names.RedisPort, names.Hosts, names.Debug, names.SettingsModule}
}

// readDotEnv reads the text; all that matters is unknown where it is.
func readDotEnv(text types.String, environ bool, names channelconfig.Variables) (map[string]channelconfig.Value[secret.String], finding.Outcome) {
	matter := mattering(names)
	known, ok := secretValue(text).Get()
	switch {
	case ok && environ:
		return envfile.ReadDjangoEnviron(known, matter...)
	case ok:
		return envfile.Read(known, matter...)
	}
	vars := map[string]channelconfig.Value[secret.String]{}
	for _, name := range matter {
		vars[name] = channelconfig.Unknown[secret.String]()
	}
	return vars, finding.Unknown()
}

func stringsIn(list types.List) []string {
	var texts []string
	for _, element := range list.Elements() {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

// check runs the rules.
func (m environmentModel) check() (channelconfig.Resolution, finding.Outcome) {
	resolution := channelconfig.Resolve(m.settings)
	return resolution, finding.Merge(m.reading, lint.Run(lint.NewInput(m.settings, resolution, true)))
}

func (d *environmentDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
}

func (d *environmentDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resolution, outcome := m.check()
	findings := m.findings.all(outcome.Findings)
	valid := m.valid(resolution, outcome, findings)
	resp.Diagnostics.Append(m.diagnostics(findings, valid)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(m.outputs(resolution, outcome, findings, valid).set(ctx, &resp.State)...)
}

// diagnostics are the findings as on_findings wants them. A gate that asks for
// errors does not open for what could not be determined: the warnings that say
// why are errors then.
func (m environmentModel) diagnostics(findings []finding.Finding, valid types.Bool) diag.Diagnostics {
	if m.onFindings == modeError && valid.IsNull() {
		raised := make([]finding.Finding, 0, len(findings))
		for _, f := range findings {
			if f.Severity == finding.Warning && m.findings.byID[f.ID] == "" {
				f = f.WithSeverity(finding.Error)
			}
			raised = append(raised, f)
		}
		findings = raised
	}
	findings = withURL(findings, m.settings.RedisURL)
	switch m.onFindings {
	case modeOff:
		return nil
	case modeError:
		return diagnose(findings, severities{}, finding.Error, nil)
	default:
		return diagnose(findings, severities{}, finding.Warning, nil)
	}
}

// outputs are null where the settings code raises, and where DEBUG cannot be
// read and decides.
func (m environmentModel) outputs(resolution channelconfig.Resolution, outcome finding.Outcome, findings []finding.Finding, valid types.Bool) outputs {
	all, _ := layerOutputs(m.layerModel, resolution, outcome)
	out := outputs{
		"valid":    valid,
		"findings": findingsList(findings),
		"origins":  originsMap(resolution),
	}
	for _, name := range []string{"backend_class", "uses_redis", "resolved_hosts", "channel_layers_json"} {
		out[name] = nullIfUnknown(all[name])
	}
	return out
}

// valid is null where it could not be determined.
func (m environmentModel) valid(resolution channelconfig.Resolution, outcome finding.Outcome, findings []finding.Finding) types.Bool {
	switch {
	case hasError(findings):
		return types.BoolValue(false)
	case outcome.Status == finding.Undetermined || m.reading.Status == finding.Undetermined || !resolution.Backend.IsKnown():
		return types.BoolNull()
	default:
		return types.BoolValue(true)
	}
}

func originsMap(r channelconfig.Resolution) types.Map {
	elements := map[string]attr.Value{}
	for name, origin := range r.Origins.ByName() {
		elements[name] = types.StringValue(string(origin))
	}
	return types.MapValueMust(types.StringType, elements)
}

// nullIfUnknown is for data sources, whose results cannot be unknown.
func nullIfUnknown(v attr.Value) attr.Value {
	if !v.IsUnknown() {
		return v
	}
	switch v.(type) {
	case types.Bool:
		return types.BoolNull()
	case types.List:
		return types.ListNull(hostType)
	default:
		return types.StringNull()
	}
}

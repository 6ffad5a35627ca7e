package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var _ datasource.DataSourceWithValidateConfig = (*redisDataSource)(nil)

type redisDataSource struct {
	defaults *defaults
}

func (d *redisDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_redis"
}

func (d *redisDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	fields := append(readOnlyFields(append(connectionFields(), tlsField("tls"))),
		text("depth", "How deep to look. `ping`: name, TCP, TLS, password, database, PING. `capabilities`: also what the layer needs of this server and this user, without a change to anything. `round_trip`: also messages, sent and received as the layer would, under names of its own that expire. Effective default `capabilities`.").among(depthNames()...),
		text("timeout", "How long the look may take in all, for example `5s`. Effective default `5s`.").isDuration(),
		boolean("reachable", "Whether anything answered there, Redis or not; of several hosts at every one.").computed(),
		boolean("ready", "Whether a channel layer can use it, of several hosts all, as far as `depth` tells. False also where nothing was looked at, which `error` says.").computed(),
		text("error", "Why it is not ready, in a line, of several hosts the first that is not; null where it is.").computed(),
		reportedFindingsField("findings", "What was found, notes of severity `info` included."),
		ofOneHost(serverField()),
		ofOneHost(roundTripField()),
		hostStatusField(),
		integer("blocked_listeners", "Clients that wait for messages now, for a core layer: an upper bound, because all layers of this Redis count. Zero is no failure: nobody may be connected. Null where it is not known.").computed(),
		integer("subscribed_channels", "Channels of this prefix that somebody is subscribed to, for a pub/sub layer: exact. Zero is no failure. Null where it is not known.").computed(),
	)
	resp.Schema = dschema.Schema{
		MarkdownDescription: "Status of a Redis as the server of a channel layer, for `check` blocks, postconditions and `terraform test`. It never fails for what it finds; settings that no Redis could be reached with are an error. It looks on every plan and changes nothing.",
		Attributes:          dataSourceAttributes(fields),
	}
}

// read is the connection as written, with the provider's URL where there is
// none.
func (d *redisDataSource) read(ctx context.Context, config attributes) (layerModel, diag.Diagnostics) {
	m, diags := readConnection(ctx, config)
	r := &reader{ctx: ctx, from: config}
	m.settings.TLS = readTLS(r.object("tls"))
	m.check.timeout = r.text("timeout")
	m.check.planDepth = r.text("depth")
	diags.Append(r.diags...)
	diags.Append(m.withDefaults(d.defaults)...)
	m.takeServerName()
	s := &m.settings
	if !s.HasHosts() && !s.RedisURL.IsSet() && !s.RedisHost.IsSet() && !s.RedisPort.IsSet() {
		s.RedisURL = d.defaults.redisURL
	}
	return m, diags
}

func (d *redisDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	m, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(hostExclusions(&reader{ctx: ctx, from: req.Config}, false)...)
	if resp.Diagnostics.HasError() {
		return
	}
	outcome := staticLook(m, channelconfig.Resolve(m.settings))
	resp.Diagnostics.Append(malformed(outcome, m, attributesOf(ctx, req.Config))...)
}

// staticLook is what the rules say. The data source connects from here, often
// through a tunnel, so that localhost is as good a host as any.
func staticLook(m layerModel, resolution channelconfig.Resolution) finding.Outcome {
	in := lint.NewInput(m.settings, resolution, false)
	in.Here = true
	return lint.Run(in)
}

// malformed are the errors among static findings: nothing can be looked at
// with such settings.
func malformed(outcome finding.Outcome, m layerModel, has hasAttribute) diag.Diagnostics {
	var errors []finding.Finding
	for _, f := range outcome.Findings {
		if f, ok := m.findings.apply(f); ok && f.Severity == finding.Error {
			errors = append(errors, f)
		}
	}
	return diagnose(withURL(errors, m.settings.RedisURL), severities{}, finding.Error, has)
}

func (d *redisDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	m, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resolution := channelconfig.Resolve(m.settings)
	static := staticLook(m, resolution)
	resp.Diagnostics.Append(malformed(static, m, attributesOf(ctx, req.Config))...)
	if resp.Diagnostics.HasError() {
		return
	}
	status := d.look(ctx, m, resolution)
	all := slices.Concat(finding.Unseen(static.Findings, status.findings()), status.findings())
	slices.SortStableFunc(all, func(a, b finding.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(status.outputs(m.findings.all(all)).set(ctx, &resp.State)...)
}

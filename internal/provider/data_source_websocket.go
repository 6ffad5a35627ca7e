package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

var _ datasource.DataSourceWithValidateConfig = (*websocketDataSource)(nil)

type websocketDataSource struct {
	defaults *defaults
}

func (d *websocketDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_websocket"
}

func (d *websocketDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	fields := websocketFields()
	fields[0] = fields[0].required()
	fields = append(fields,
		text("expect", "A text that a message must have in it, for `replied` to be true. With `send` alone any message is a reply."),
		text("expect_regex", "A regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)) that must be found in a message."),
		text("timeout", "How long the look may take in all, for example `5s`. Effective default `5s`.").isDuration(),
	)
	resp.Schema = dschema.Schema{
		MarkdownDescription: "Status of the deployed app's WebSocket: it connects as a browser would, optionally sends a text and waits for the answer, and closes it as a browser does. For `check` blocks, postconditions and `terraform test`. It never fails for what it finds; malformed arguments are an error. It looks on every plan, opens one connection, and never touches the channel layer: see the resource `channels_delivery` for that.",
		Attributes:          dataSourceAttributes(append(fields, websocketStatusFields()...)),
	}
}

// read is the request as written; unknown is set where a part of it is not known
// yet.
func (d *websocketDataSource) read(ctx context.Context, config attributes) (request wsprobe.Request, unknown bool, diags diag.Diagnostics) {
	w := &websocketReader{own: &reader{ctx: ctx, from: config}}
	request = w.read()
	part, hasPart := known(w, w.own.text("expect"))
	pattern, hasPattern := known(w, w.own.text("expect_regex"))
	if hasPart || hasPattern {
		request.Expect = &wsprobe.Expectation{Text: secret.New(part)}
	}
	if hasPattern {
		compiled, err := wsprobe.CompilePattern(pattern)
		w.fail("", err)
		request.Expect.Pattern = compiled
	}
	timeout := w.own.text("timeout")
	w.unknown = w.unknown || timeout.IsUnknown()
	request.Timeout = durationOr(timeout, wsprobe.DefaultTimeout)
	return request, w.unknown, append(w.own.diags, w.malformed...)
}

func (d *websocketDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	_, _, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
}

func (d *websocketDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	request, unknown, diags := d.read(ctx, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	status := d.look(ctx, request, unknown)
	resp.State.Raw = req.Config.Raw
	resp.Diagnostics.Append(status.outputs().set(ctx, &resp.State)...)
}

func (d *websocketDataSource) look(ctx context.Context, request wsprobe.Request, unknown bool) websocketStatus {
	switch {
	case d.defaults.checksOff:
		return websocketStatus{err: "Nothing was looked at: checks are switched off by " + checksVariable + "."}
	case unknown:
		return websocketStatus{err: "Nothing was looked at: an argument is not known yet."}
	}
	report := wsprobe.Probe(ctx, netprobe.System{}, tflogDebug, request)
	logWebSocket(ctx, "Looked at a WebSocket for a data source", report)
	status := websocketStatus{report: report, err: websocketLine(report)}
	status.findings = d.defaults.findings.all(append([]finding.Finding{}, report.Outcome.Findings...))
	return status
}

package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

var (
	_ resource.Resource                   = (*deliveryResource)(nil)
	_ resource.ResourceWithValidateConfig = (*deliveryResource)(nil)
	_ resource.ResourceWithImportState    = (*deliveryResource)(nil)
)

type deliveryResource struct {
	defaults *defaults
}

func (r *deliveryResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_delivery"
}

// deliveryInputs are the fields of the resource that users write.
func deliveryInputs() []field {
	// tls is that of the WebSocket.
	fields := append(append(connectionFields(), tlsField("redis_tls")), writeOnlyURLFields()...)
	return append(append(fields, websocketFields()...), deliveryFields()...)
}

func (r *deliveryResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = rschema.Schema{
		MarkdownDescription: "Proof at apply that a message gets all the way: it opens the deployed app's WebSocket, puts a message into the channel layer through Redis as Django would, and waits until it comes out of the WebSocket. It is delivered when the resource is created and when an argument or `triggers` change, never at plan or refresh. Nothing of it exists outside the state, so it cannot be imported.",
		Attributes: resourceAttributes(append(deliveryInputs(),
			boolean("delivered", "Whether the message came out. True in the state of every delivery, unless checks were switched off by `CHANNELS_CHECKS` or its findings were lowered.").computed(),
		)),
	}
}

// deliveryModel is a delivery as written.
type deliveryModel struct {
	layer     layerModel
	request   delivery.Request
	wait      time.Duration
	unknown   bool
	malformed diag.Diagnostics
}

func (r *deliveryResource) read(ctx context.Context, from, config attributes) (deliveryModel, diag.Diagnostics) {
	layer, diags := readConnection(ctx, from)
	diags.Append(layer.readWriteOnly(ctx, config)...)
	own, hidden := &reader{ctx: ctx, from: from}, &reader{ctx: ctx, from: config}
	layer.settings.TLS = readTLS(own.object("redis_tls"))
	layer.readWriteOnlyTLS(hidden.object("redis_tls"))
	layer.findings = readSeverities(get[types.Map](own, "findings"))
	diags.Append(layer.withDefaults(r.defaults)...)
	layer.takeServerName()
	s := &layer.settings
	if !s.HasHosts() && !s.RedisURL.IsSet() && !s.RedisHost.IsSet() && !s.RedisPort.IsSet() {
		s.RedisURL = r.defaults.redisURL
	}
	w := &websocketReader{own: own, hidden: hidden}
	m := deliveryModel{layer: layer, wait: durationOr(own.text("wait"), defaultDeliveryWait)}
	m.request.WebSocket = w.read()
	m.request.Timeout = durationOr(own.text("timeout"), delivery.DefaultTimeout)
	m.request.Group, _ = known(w, own.text("group"))
	m.request.Channel, _ = known(w, own.text("channel"))
	m.request.AllowReal, _ = known(w, own.boolean("allow_delivery_to_real_members"))
	m.request.Message = w.texts("message")
	if !w.unknown {
		w.fail("", m.request.Check())
	}
	m.unknown, m.malformed = w.unknown, w.malformed
	return m, append(append(diags, own.diags...), w.hidden.diags...)
}

const defaultDeliveryWait = time.Minute

// texts is a map of strings, nil where there is none.
func (w *websocketReader) texts(name string) map[string]string {
	m := get[types.Map](w.own, name)
	w.unknown = w.unknown || m.IsUnknown()
	if m.IsNull() || m.IsUnknown() {
		return nil
	}
	values := map[string]string{}
	for key, element := range m.Elements() {
		text, _ := element.(types.String)
		if value, ok := known(w, stringValue(text)); ok {
			values[key] = value
		}
	}
	return values
}

// static is what is wrong with a delivery without a network.
func (m deliveryModel) static(has hasAttribute) (channelconfig.Resolution, diag.Diagnostics) {
	resolution := channelconfig.Resolve(m.layer.settings)
	diags := malformed(lint.Run(lint.NewInput(m.layer.settings, resolution, false)), m.layer, has)
	if uses, ok := resolution.UsesRedis().Get(); ok && !uses {
		diags.Append(diagnose([]finding.Finding{delivery.InMemory()}, m.layer.findings, finding.Error, has)...)
	}
	return resolution, append(diags, m.malformed...)
}

func (r *deliveryResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	resp.Diagnostics.Append(exclusions(ctx, req.Config)...)
	resp.Diagnostics.Append(twins(ctx, req.Config, "url", "headers", "cookies")...)
	m, diags := r.read(ctx, req.Config, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	own := &reader{ctx: ctx, from: req.Config}
	resp.Diagnostics.Append(tlsExclusions(own.object("redis_tls"))...)
	resp.Diagnostics.Append(readSeverities(get[types.Map](own, "findings")).validate(path.Root("findings"))...)
	_, diags = m.static(attributesOf(ctx, req.Config))
	resp.Diagnostics.Append(diags...)
}

// twins reports write-only arguments that stand beside their twin or lack their
// version.
func twins(ctx context.Context, config attributes, names ...string) diag.Diagnostics {
	r := &reader{ctx: ctx, from: config}
	var diags diag.Diagnostics
	for _, name := range names {
		isSet := func(name string, as kind) bool {
			v := getAny(r, field{name: name, kind: as})
			return !v.IsNull() && !v.IsUnknown()
		}
		as := kindStringMap
		if name == "url" {
			as = kindString
		}
		if isSet(name, as) && isSet(name+"_wo", as) {
			diags.AddError(name+" and "+name+"_wo exclude each other", "Keep "+name+"_wo to leave the value out of plan and state.")
		}
		if isSet(name+"_wo", as) && get[types.Int64](r, name+"_wo_version").IsNull() {
			diags.AddError(name+"_wo needs "+name+"_wo_version",
				"The value of "+name+"_wo is not stored, so a change of it alone goes unseen. Set "+name+"_wo_version, and raise it with every change.")
		}
	}
	return append(r.diags, diags...)
}

func (r *deliveryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	delivered, diags := r.deliver(ctx, req.Plan, req.Config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("delivered"), delivered)...)
}

func (r *deliveryResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	before := &reader{ctx: ctx, from: req.State}
	delivered := get[types.Bool](before, "delivered").ValueBool()
	resp.Diagnostics.Append(before.diags...)
	// How long to wait and what to make of findings proves nothing anew.
	changed, diags := fieldsChanged(ctx, without(deliveryInputs(), "timeout", "wait", "findings"), req.Plan, req.State)
	resp.Diagnostics.Append(diags...)
	if changed || !delivered {
		// What was never proved, because checks were off, is proved now.
		delivered, diags = r.deliver(ctx, req.Plan, req.Config)
		resp.Diagnostics.Append(diags...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("delivered"), delivered)...)
}

func (r *deliveryResource) deliver(ctx context.Context, plan, config attributes) (delivered bool, diags diag.Diagnostics) {
	m, diags := r.read(ctx, plan, config)
	if diags.HasError() {
		return false, diags
	}
	resolution, found := m.static(nil)
	if diags.Append(found...); diags.HasError() {
		return false, diags
	}
	if r.defaults.checksOff {
		diags.AddWarning("Nothing was delivered", "Checks are switched off by "+checksVariable+": whether messages get through is not known, and `delivered` is false.")
		return false, diags
	}
	hosts, ok := requestsFor(m.layer, resolution, redisprobe.DepthCapabilities)
	if !ok || m.unknown || r.defaults.prober == nil {
		diags.AddError("Nothing can be delivered", "An argument is not known, or redis-py refuses the settings of the layer.")
		return false, diags
	}
	m.request = m.request.Over(hosts)
	// The WebSocket is opened as a browser would: not through the tunnel.
	courier := delivery.Courier{Prober: r.defaults.prober, Network: netprobe.System{}, Log: tflogDebug}
	report := courier.Prove(ctx, m.request, m.wait, func(report delivery.Report) { logDelivery(ctx, "Waiting for a delivery", report) })
	logDelivery(ctx, "Delivered for an apply", report)
	if report.Canceled {
		diags.AddError("The delivery was cancelled", "Whether messages get through could not be found out.")
		return false, diags
	}
	diags.Append(m.diagnostics(report)...)
	return report.Delivered(), diags
}

// diagnostics are errors for all that kept the message from arriving.
func (m deliveryModel) diagnostics(report delivery.Report) diag.Diagnostics {
	var shown []finding.Finding
	for _, f := range report.Outcome.Findings {
		f, ok := m.layer.findings.apply(f)
		if !ok {
			continue
		}
		if !report.Delivered() && f.Severity == finding.Warning && m.layer.findings.byID[f.ID] == "" {
			f = f.WithSeverity(finding.Error)
		}
		if report.Attempts > 1 {
			f.Detail += fmt.Sprintf(" It was tried %d times in %s.", report.Attempts, report.Waited.Round(time.Second))
		}
		shown = append(shown, f)
	}
	diags := diagnose(shown, severities{}, finding.Error, nil)
	explains := func(f finding.Finding) bool { return f.Severity > finding.Info }
	if !report.Delivered() && !slices.ContainsFunc(report.Outcome.Findings, explains) {
		diags.AddError("The delivery came to no result", "Whether messages get through could not be found out, and nothing says why. Please report this.")
	}
	return diags
}

func logDelivery(ctx context.Context, message string, report delivery.Report) {
	tflog.Info(ctx, message, map[string]any{
		"redis": report.Redis.Address, "websocket": report.WebSocket.Address, "status": report.Outcome.Status.String(),
		"findings": report.Outcome.IDs(), "attempts": report.Attempts, "took": report.Took.String(),
	})
}

// Read has nothing to read: nothing of a delivery is left.
func (r *deliveryResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Delete has nothing to delete.
func (r *deliveryResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *deliveryResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.AddError("A delivery cannot be imported",
		"Nothing of a channels_delivery exists outside the Terraform state, so there is nothing to import. Declare it and apply.")
}

package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// websocketReader reads websocketFields. hidden has the write-only twins, which
// only the configuration has; nil where there are none.
type websocketReader struct {
	own, hidden *reader
	// unknown is set where a part is not known yet.
	unknown bool
	// malformed is what no WebSocket could be opened with.
	malformed diag.Diagnostics
}

// read is the WebSocket as written. The request is of use only if nothing is
// unknown or malformed.
func (w *websocketReader) read() wsprobe.Request {
	var request wsprobe.Request
	url := w.secret("url")
	if text, ok := url.Get(); ok {
		target, err := wsprobe.ParseURL(text)
		request.Target = target
		w.fail("url", err)
	} else if !url.IsUnknown() {
		w.fail("url", errors.New("it is missing"))
	}
	if origin, ok := known(w, w.own.text("origin")); ok {
		request.Origin = &origin
	}
	request.Headers, request.Cookies = w.secretMap("headers"), w.secretMap("cookies")
	request.Subprotocols = w.list("subprotocols")
	request.TLS = w.tls()
	if send, ok := known(w, w.own.secret("send")); ok {
		request.Send = &send
	}
	if !w.unknown && !w.malformed.HasError() {
		w.fail("", request.Check())
	}
	return request
}

// fail keeps an error. No diagnostic points at an attribute: core would print
// its source line, secrets included.
func (w *websocketReader) fail(argument string, err error) {
	if err == nil {
		return
	}
	detail := err.Error() + "."
	if argument != "" {
		detail = argument + ": " + detail
	}
	w.malformed.AddError("The WebSocket cannot be opened with these arguments", detail)
}

// known is a value that is there; one that is not known yet is noted.
func known[T any](w *websocketReader, v channelconfig.Value[T]) (T, bool) {
	w.unknown = w.unknown || v.IsUnknown()
	return v.Get()
}

func (w *websocketReader) secret(name string) channelconfig.Value[secret.String] {
	v := w.own.secret(name)
	if !v.IsSet() && w.hidden != nil {
		v = w.hidden.secret(name + "_wo")
	}
	w.unknown = w.unknown || v.IsUnknown()
	return v
}

func (w *websocketReader) secretMap(name string) map[string]secret.String {
	m := get[types.Map](w.own, name)
	if m.IsNull() && w.hidden != nil {
		m = get[types.Map](w.hidden, name+"_wo")
	}
	w.unknown = w.unknown || m.IsUnknown()
	values := map[string]secret.String{}
	for key, element := range m.Elements() {
		text, _ := element.(types.String)
		if value, ok := known(w, secretValue(text)); ok {
			values[key] = value
		}
	}
	return values
}

func (w *websocketReader) list(name string) []string {
	l := get[types.List](w.own, name)
	w.unknown = w.unknown || l.IsUnknown()
	var values []string
	for _, element := range l.Elements() {
		text, _ := element.(types.String)
		if value, ok := known(w, stringValue(text)); ok {
			values = append(values, value)
		}
	}
	return values
}

func (w *websocketReader) tls() (settings wsprobe.TLS) {
	o := w.own.object("tls")
	if o.object.IsUnknown() {
		w.unknown = true
		return settings
	}
	if pem, ok := known(w, o.text("ca_pem")); ok {
		pool, err := wsprobe.ParseAuthorities(pem)
		settings.Authorities = pool
		w.fail("", err)
	}
	settings.ServerName, _ = known(w, o.text("server_name"))
	key, _ := member[types.String](o, "client_key_pem")
	keyPEM, hasKey := known(w, secretValue(key))
	certificate, hasCertificate := known(w, o.text("client_certificate_pem"))
	if !w.unknown && (hasKey || hasCertificate) {
		pair, err := wsprobe.ParseCertificate(certificate, keyPEM)
		settings.Certificate = pair
		w.fail("", err)
	}
	verify, _ := member[types.Bool](o, "verify")
	verified, said := known(w, boolValue(verify))
	settings.Unverified = said && !verified
	return settings
}

// websocketStatus is what was found at a WebSocket.
type websocketStatus struct {
	report   wsprobe.Report
	err      string
	findings []finding.Finding
}

func (s websocketStatus) outputs() outputs {
	r := s.report
	out := outputs{
		"connected": types.BoolValue(r.Connected), "replied": types.BoolValue(r.Replied),
		"status": types.Int64Null(), "latency_ms": milliseconds(r.Latency), "subprotocol": textOrNull(r.Subprotocol),
		"close_code": types.Int64Null(), "close_reason": textOrNull(r.CloseReason), "error": textOrNull(s.err),
		"findings": findingsList(s.findings),
	}
	if r.Status != 0 {
		out["status"] = types.Int64Value(int64(r.Status))
	}
	if r.CloseCode != 0 {
		out["close_code"] = types.Int64Value(int64(r.CloseCode))
	}
	return out
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// websocketLine is what is wrong with a WebSocket, in one line.
func websocketLine(report wsprobe.Report) string {
	if report.Passed() {
		return ""
	}
	for _, f := range report.Outcome.Findings {
		if f.Severity > finding.Info {
			return report.Address + ": " + f.Summary + " (" + string(f.ID) + ")"
		}
	}
	return report.Address + ": it could not be found out within " + report.Duration.Round(time.Millisecond).String()
}

func logWebSocket(ctx context.Context, message string, report wsprobe.Report) {
	tflog.Info(ctx, message, map[string]any{
		"address": report.Address, "status": report.Outcome.Status.String(), "http_status": report.Status,
		"findings": report.Outcome.IDs(), "duration": report.Duration.String(),
	})
}

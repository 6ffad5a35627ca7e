package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// look is the check of a plan.
type look struct {
	model  layerModel
	static static
	// unchanged layers only ever warn, so that an outage blocks neither other
	// work nor a destroy.
	unchanged bool
	// proofFollows is set where Create or Update comes right after.
	proofFollows bool
	has          hasAttribute
}

func (l look) run(ctx context.Context, d *defaults) diag.Diagnostics {
	check := l.model.check
	if d.checksOff || d.prober == nil || check.unknown() || check.planMode() == modeOff || l.proofFollows {
		return nil
	}
	requests, ok := requestsFor(l.model, l.static.resolution, check.depthAtPlan())
	if !ok {
		return nil
	}
	reports := sideBySide(requests, func(request redisprobe.Request) redisprobe.Report { return d.prober.Look(ctx, request) })
	var diags diag.Diagnostics
	for i, report := range reports {
		logReport(ctx, "Looked at Redis for a plan", report)
		diags.Append(l.diagnostics(d, report, requests[i].Connection)...)
	}
	return diags
}

// undetermined reports whether something kept the check from its end. Rights
// that could not all be learned do not: whoever tries them finds out, and the
// report is ready all the same.
func undetermined(report redisprobe.Report) bool {
	return report.Outcome.Status == finding.Undetermined && !report.Ready
}

func (l look) diagnostics(d *defaults, report redisprobe.Report, connection redisurl.Connection) diag.Diagnostics {
	undetermined := undetermined(report)
	most := finding.Error
	if l.unchanged || l.model.check.planMode() == modeWarning {
		most = finding.Warning
	}
	var shown []finding.Finding
	for _, f := range report.Outcome.Findings {
		f, ok := l.model.findings.apply(f)
		if !ok {
			continue
		}
		asked := l.model.findings.byID[f.ID] != ""
		if undetermined && !asked && l.model.check.planMode() == modeError && f.Severity == finding.Warning {
			f = f.WithSeverity(finding.Error)
		}
		f = f.WithSeverity(min(f.Severity, most))
		switch first := d.explainOnce(faultOf(report, f, connection)); {
		case first:
			shown = append(shown, l.explain(f, undetermined, report))
		case f.Severity == finding.Error:
			shown = append(shown, briefly(f, placeOf(report)))
		}
	}
	return diagnose(withURL(shown, l.model.settings.RedisURL), severities{}, finding.Error, l.has)
}

// briefly is what a layer says of a fault that another one explained: which
// of them comes first is core's choice. It is a summary alone, because each
// further line comes once for every layer. An address that would not fit into
// it is left out.
func briefly(f finding.Finding, address string) finding.Finding {
	if short := "The same fault of " + address + ", explained once"; len(short) < longestSummary && !strings.Contains(address, "(") {
		f.Summary = short
	}
	f.Setting, f.Detail, f.Fix = "", "", ""
	return f
}

// longestSummary is how long a summary may be, without the id.
const longestSummary = 70

// explain adds, behind the fix, what follows from the finding in this walk.
func (l look) explain(f finding.Finding, undetermined bool, report redisprobe.Report) finding.Finding {
	switch {
	case f.Severity == finding.Error:
		f.Fix += "\n\nIf this stops a destroy, because Terraform plans first: set the environment variable " +
			checksVariable + "=off, or destroy with -refresh=false. "
		if undetermined {
			f.Fix += insideOnly(report, "check = { on_plan = \"auto\" } for this layer, which warns and leaves it to apply") + outages(report)
		} else {
			f.Fix += "To plan this layer without the check, set check = { on_plan = \"off\" } for it."
		}
	case undetermined && !l.unchanged:
		f.Fix += "\n\nThis is not a pass: " + l.later(report)
	}
	return f
}

// later says what apply makes of what plan could not find out.
func (l look) later(report redisprobe.Report) string {
	switch l.model.check.applyMode() {
	case modeOff:
		return "nothing checks this layer later, because its on_apply is \"off\". With on_plan = \"off\" plan does not look either."
	case modeWarning:
		return "apply checks again and warns."
	default:
		return fmt.Sprintf("the layer is checked again before it is stored, for up to %s, and apply fails if Redis is not ready then. ",
			l.model.check.patience()) + insideOnly(report, unproved)
	}
}

// wayOut is what to do where the check cannot prove what may well be.
func wayOut(report redisprobe.Report) string {
	if !report.Answered {
		return insideOnly(report, unproved) + " The environment variable " + checksVariable + "=off leaves every check out of a run." + outages(report)
	}
	return "Where all is well and only this check may not prove it, set check = { apply_depth = \"capabilities\" } for this layer, " +
		"which looks and sends nothing, or on_apply = \"off\"."
}

// insideOnly is the way out for a Redis that the check cannot see, with what to
// set as the last resort. Where the way to Redis is at fault, another way is none.
func insideOnly(report redisprobe.Report, last string) string {
	switch {
	case report.Way != "":
		return "To go on without it, set " + last + "."
	case report.Over != "":
		return "For a Redis that cannot be reached from there either, lead the checks another way with the provider's ssh or socks5 argument, " +
			"run Terraform inside its network, or set " + last + "."
	}
	return "For a Redis that can be reached only from inside its own network, lead the checks there with the provider's ssh or socks5 argument, " +
		"run Terraform there, or set " + last + "."
}

// unproved leaves the proof of an apply out.
const unproved = "check = { on_apply = \"off\" } for this layer"

// outages leads to the page about a Redis that does not answer, where it is that
// and not the way to it.
func outages(report redisprobe.Report) string {
	if report.Way != "" {
		return ""
	}
	return outagesGuide
}

// outagesGuide is the page about a Redis that does not answer.
const outagesGuide = "\nWhen Redis is down: https://registry.terraform.io/providers/channel-layer/channels/latest/docs/guides/outages"

// prove is the check of an apply. It retries what time can heal.
func prove(ctx context.Context, d *defaults, m layerModel, s static) diag.Diagnostics {
	if d.checksOff || m.check.applyMode() == modeOff {
		return nil
	}
	requests, ok := requestsFor(m, s.resolution, m.check.depthAtApply())
	if !ok {
		return nil
	}
	if d.prober == nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("The layer cannot be checked", wayUnknown)}
	}
	reports := sideBySide(requests, func(request redisprobe.Request) redisprobe.Report {
		return d.prober.Prove(ctx, request, m.check.patience(), func(r redisprobe.Report) {
			logReport(ctx, "Waiting for Redis", r)
		})
	})
	var diags diag.Diagnostics
	for i, report := range reports {
		logReport(ctx, "Checked Redis for an apply", report)
		if report.Canceled {
			diags.AddError("The check of Redis was cancelled", "Whether "+report.Address+" is ready could not be found out.")
			continue
		}
		diags.Append(proofDiagnostics(d, m, report, requests[i].Connection)...)
	}
	return diags
}

func proofDiagnostics(d *defaults, m layerModel, report redisprobe.Report, connection redisurl.Connection) diag.Diagnostics {
	undetermined := undetermined(report)
	if undetermined && len(report.Outcome.Findings) == 0 {
		return diag.Diagnostics{diag.NewErrorDiagnostic("The check of Redis came to no result",
			"Whether "+report.Address+" is ready could not be found out, and nothing says why. Please report this.")}
	}
	most := finding.Error
	if m.check.applyMode() == modeWarning {
		most = finding.Warning
	}
	var shown []finding.Finding
	for _, f := range report.Outcome.Findings {
		f, ok := m.findings.apply(f)
		if !ok {
			continue
		}
		if undetermined && f.Severity == finding.Warning && m.findings.byID[f.ID] == "" {
			f = f.WithSeverity(finding.Error)
		}
		f = f.WithSeverity(min(f.Severity, most))
		it := faultOf(report, f, connection)
		it.proof = true
		switch first := d.explainOnce(it); {
		case first && undetermined:
			f.Fix += "\n\n" + wayOut(report)
			shown = append(shown, f)
		case first:
			shown = append(shown, f)
		case f.Severity == finding.Error:
			shown = append(shown, briefly(f, placeOf(report)))
		}
	}
	return diagnose(withURL(shown, m.settings.RedisURL), severities{}, finding.Error, nil)
}

// tflogDebug takes what helps to debug a check, the stack of one that crashed
// among it.
func tflogDebug(ctx context.Context, message string, fields ...map[string]any) {
	tflog.Debug(ctx, message, fields...)
}

func logReport(ctx context.Context, message string, report redisprobe.Report) {
	tflog.Info(ctx, message, map[string]any{
		"address":  report.Address,
		"status":   report.Outcome.Status.String(),
		"findings": report.Outcome.IDs(),
		"attempts": report.Attempts,
		"duration": report.Duration.String(),
	})
}

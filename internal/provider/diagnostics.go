package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// findingsGuide is the page of the documentation that explains every id.
const findingsGuide = "https://registry.terraform.io/providers/channel-layer/channels/latest/docs/guides/findings"

// settingPaths are the attributes that settings come from. Those that bear a
// secret are missing on purpose: core prints the source line of an attribute
// that a diagnostic points at, a literal password included, so findings about
// them stand at the resource and name the setting in their text. redis_host
// is one of those: people put whole URLs there. So is every option of config,
// which often stand on one line, encryption keys among them.
var settingPaths = map[string]path.Path{
	channelconfig.SettingRedisPort: path.Root("redis_port"),
	channelconfig.SettingDebug:     path.Root("debug"),
	channelconfig.SettingBackend:   path.Root("backend"),
	channelconfig.SettingModule:    path.Root("django_settings_module"),
}

// diagnose turns findings into diagnostics: the only place that does. most is
// the highest severity that they may have here; has says which attributes the
// configuration sets.
func diagnose(findings []finding.Finding, wanted severities, most finding.Severity, has hasAttribute) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, f := range findings {
		f, ok := wanted.apply(f)
		if !ok || f.Severity < finding.Warning {
			continue
		}
		diags.Append(diagnostic(f, min(f.Severity, most), has))
	}
	return diags
}

func diagnostic(f finding.Finding, severity finding.Severity, has hasAttribute) diag.Diagnostic {
	summary := f.Summary + " (" + string(f.ID) + ")"
	at, ok := settingPaths[f.Setting]
	atAttribute := ok && has != nil && has(at)
	switch {
	case severity == finding.Error && atAttribute:
		return diag.NewAttributeErrorDiagnostic(at, summary, detailOf(f))
	case severity == finding.Error:
		return diag.NewErrorDiagnostic(summary, detailOf(f))
	case atAttribute:
		return diag.NewAttributeWarningDiagnostic(at, summary, detailOf(f))
	default:
		return diag.NewWarningDiagnostic(summary, detailOf(f))
	}
}

func detailOf(f finding.Finding) string {
	var b strings.Builder
	if !names(f.Detail, f.Setting) {
		b.WriteString(f.Setting + ": ")
	}
	b.WriteString(f.Detail)
	if f.Fix == "" {
		return b.String()
	}
	b.WriteString("\n\nFix: " + f.Fix)
	b.WriteString("\nMore: " + findingsGuide + "#" + f.ID.Anchor())
	return b.String()
}

// names reports whether a detail says by itself which setting it is about:
// CONFIG.prefix by "The prefix ...", the URL of a WebSocket by its address.
func names(detail, setting string) bool {
	last := setting[strings.LastIndexByte(setting, '.')+1:]
	last, _, _ = strings.Cut(last, "[")
	return setting == wsprobe.SettingURL || strings.Contains(strings.ToLower(detail), strings.ToLower(last))
}

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// static is what can be said about a layer without a network.
type static struct {
	resolution channelconfig.Resolution
	findings   []finding.Finding
	outputs    outputs
}

func (m layerModel) static() static {
	resolution := channelconfig.Resolve(m.settings)
	outcome := lint.Run(lint.NewInput(m.settings, resolution, false))
	out, found := layerOutputs(m, resolution, m.storable(outcome))
	return static{resolution: resolution, findings: slices.Concat(outcome.Findings, found), outputs: out}
}

// storable is the outcome that outputs may show. Those of a write-only URL or
// key may depend only on its being set, since its value may differ between
// plan and apply: the rules run again without it.
func (m layerModel) storable(outcome finding.Outcome) finding.Outcome {
	if !m.hidden() && !m.tlsKeyWriteOnly {
		return outcome
	}
	s := m.withoutHiddenKey(m.settings)
	if s.RedisURLWriteOnly {
		s.RedisURL = channelconfig.Unknown[secret.String]()
	}
	if s.HostsWriteOnly {
		s.Hosts = channelconfig.Unknown[[]channelconfig.HostEntry]()
	}
	if s.Config.KeysWriteOnly {
		s.Config.SymmetricEncryptionKeys = channelconfig.Unknown[[]secret.String]()
	}
	return lint.Run(lint.NewInput(s, channelconfig.Resolve(s), false))
}

// hidden reports whether outputs must not carry all of the settings.
func (m layerModel) hidden() bool {
	return m.settings.RedisURLWriteOnly || m.settings.HostsWriteOnly || m.settings.Config.KeysWriteOnly
}

// diagnostics are the static findings as the user wants them. Severities that
// are not known yet, in the validate walk, make warnings of all that could be
// lowered; the plan walk says it again.
func (s static) diagnostics(m layerModel, config hasAttribute) diag.Diagnostics {
	most := finding.Error
	if m.findings.unknown {
		most = finding.Warning
	}
	return diagnose(withURL(s.findings, m.settings.RedisURL), m.findings, most, config)
}

// hasAttribute says whether the configuration sets an attribute, so that a
// diagnostic can point at it.
type hasAttribute func(path.Path) bool

func attributesOf(ctx context.Context, config attributes) hasAttribute {
	return func(at path.Path) bool {
		var v attr.Value
		return !config.GetAttribute(ctx, at, &v).HasError() && v != nil && !v.IsNull()
	}
}

// line is the redis-py line to look through: the one stated, else the newest.
func (m layerModel) line() redisurl.Line {
	if m.settings.Packages.Redis != nil {
		if line, err := redisurl.LineOf(*m.settings.Packages.Redis); err == nil {
			return line
		}
	}
	return redisurl.Newest
}

func hasError(findings []finding.Finding) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Severity == finding.Error })
}

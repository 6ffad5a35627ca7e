package provider

import (
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// withURL are findings about REDIS_URL with the URL shown behind the detail,
// secrets masked, so that a reader sees host, user and database beside the part
// that the detail names. Where the parts of the URL cannot be told apart for
// certain nothing is shown of it, nor where a finding only points at another one
// (it has no fix).
//
// It is for diagnostics alone: outputs must not depend on a write-only URL.
func withURL(findings []finding.Finding, url channelconfig.Value[secret.String]) []finding.Finding {
	shown, ok := redisurl.Show(url.Or(secret.String{}))
	if !ok {
		return findings
	}
	findings = slices.Clone(findings)
	for i, f := range findings {
		if f.Setting == channelconfig.SettingRedisURL && f.Fix != "" {
			findings[i].Detail += "\n\n" + f.Setting + " = " + shown
		}
	}
	return findings
}

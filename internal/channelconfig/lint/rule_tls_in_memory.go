package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSInMemory = Rule{
	Doc: finding.Doc{
		ID:       "tls/in-memory",
		Title:    "tls has no effect on a layer in memory",
		Severity: finding.Info,
		Why:      "A layer in memory has no Redis to connect to. The same configuration may serve production, where there is one.",
		Django:   "Uses the layer in memory; nothing of tls reaches it.",
		Fix:      "Leave tls out where the layer stays in memory.",
		Bad:      []string{"DEBUG=True\ntls.verify=full"},
		Good:     []string{"DEBUG=True"},
		Since:    "0.1.0",
		Sources:  []string{"https://channels.readthedocs.io/en/stable/topics/channel_layers.html#in-memory-channel-layer"},
	},
	Rank: First,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(option(in.Settings.TLS), in.isBackend(channelconfig.InMemory)); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		return finding.Fail(doc.New(channelconfig.SettingTLS, "tls is set, and the layer is in memory."))
	},
}

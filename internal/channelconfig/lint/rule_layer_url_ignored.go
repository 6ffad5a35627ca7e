package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerURLIgnored = Rule{
	Doc: finding.Doc{
		ID:       "layer/url-ignored",
		Title:    "REDIS_URL is not used: the backend is in_memory",
		Severity: finding.Info,
		Why:      "A backend that was chosen by name overrules the rule that REDIS_URL makes the layer use Redis.",
		Django:   "Keeps messages in the memory of each process and never connects to Redis.",
		Fix:      "Leave the backend to \"auto\" to use Redis wherever REDIS_URL is set.",
		Bad:      []string{"BACKEND=in_memory\nDEBUG=True\nREDIS_URL=redis://localhost:6379/0"},
		Good:     []string{"DEBUG=True\nREDIS_URL=redis://localhost:6379/0", "BACKEND=in_memory\nDEBUG=True"},
		Since:    "0.1.0",
		Sources:  []string{"https://channels.readthedocs.io/en/latest/topics/channel_layers.html"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		backend, known := in.explicitBackend()
		switch {
		case !in.hasURL(), known && backend != channelconfig.InMemory:
			return finding.Pass()
		case !known:
			return finding.Unknown()
		}
		setting := channelconfig.SettingRedisURL
		if in.several {
			setting = channelconfig.SettingHosts
		}
		return finding.Fail(doc.New(setting, setting+" is set, but the backend is in_memory: Django keeps the messages in "+
			"memory and does not connect to Redis."))
	},
}

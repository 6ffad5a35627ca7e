package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerHostIgnored = Rule{
	Doc: finding.Doc{
		ID:       "layer/host-ignored",
		Title:    "REDIS_HOST is not used: this layer is in memory",
		Severity: finding.Info,
		Why: "With DEBUG on, only REDIS_URL makes the layer use Redis; a host and port alone do not. Good for working on one's own " +
			"machine, surprising where Redis was meant.",
		Django:  "Keeps messages in the memory of each process and never connects to Redis.",
		Fix:     "Set REDIS_URL (redis://host:6379/0) to use Redis in DEBUG too.",
		Bad:     []string{"DEBUG=True\nREDIS_HOST=localhost", "BACKEND=in_memory\nDEBUG=True\nREDIS_HOST=localhost"},
		Good:    []string{"DEBUG=True", "DEBUG=False\nREDIS_HOST=redis", "DEBUG=True\nREDIS_URL=redis://localhost:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://channels.readthedocs.io/en/latest/topics/channel_layers.html"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		backend, known := in.sound.Backend.Get()
		switch {
		case !in.Settings.RedisHost.IsSet(), known && backend != channelconfig.InMemory:
			return finding.Pass()
		case !known, in.Settings.RedisHost.IsUnknown(): // it may turn out to be null
			return finding.Unknown()
		}
		why := "DEBUG is on and REDIS_URL is not set"
		if explicit, _ := in.explicitBackend(); explicit == channelconfig.InMemory {
			why = "the backend is in_memory"
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisHost, "REDIS_HOST is set, but "+why+": Django keeps the messages in memory and "+
			"does not connect to Redis."))
	},
}

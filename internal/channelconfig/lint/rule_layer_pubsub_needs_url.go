package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerPubSubNeedsURL = Rule{
	Doc: finding.Doc{
		ID:       "layer/pubsub-needs-url",
		Title:    "The pub/sub layer of channels_redis 4.0 takes no host and port",
		Severity: finding.Error,
		Varies:   "Information where the version of channels_redis is not stated.",
		Why: "Without REDIS_URL the settings hand over a pair of host and port. The pub/sub layer of channels_redis 4.0.0 knows only " +
			"URLs; from 4.1.0 on it takes both.",
		Django:  "\"AttributeError: 'tuple' object has no attribute 'decode'\" at the first message through the layer.",
		Fix:     "Set REDIS_URL, as in redis://host:6379/0, or use channels_redis 4.1.0 or later.",
		Bad:     []string{"BACKEND=pubsub\nREDIS_HOST=redis\nchannels==4.0.0\nchannels_redis==4.0.0", "BACKEND=pubsub\nREDIS_HOST=redis"},
		Good:    []string{"BACKEND=pubsub\nREDIS_HOST=redis\nchannels_redis==4.3.0", "BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nchannels_redis==4.3.0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/334"},
	},
	// The leak of the same version is not heard beside what does not work at all.
	Rank: Place,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		status := in.isBackend(channelconfig.PubSub)
		if status == finding.Failed && in.hasURL() {
			status = finding.Passed
		}
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		return in.before4(1, 0, doc.New(channelconfig.SettingRedisHost, "The pub/sub layer gets a host and a port, and can use only a URL: the "+
			"first message raises AttributeError."))
	},
}

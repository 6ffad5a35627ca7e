package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigSerializerFormat = Rule{
	Doc: finding.Doc{
		ID:       "config/serializer-format",
		Title:    "The version of channels_redis has no serializer_format",
		Severity: finding.Error,
		Varies:   "Information where the version of channels_redis is not stated.",
		Why: "serializer_format came with channels_redis 4.2.1. Before that messages are msgpack always; processes of different versions " +
			"could not read each other.",
		Django: "With the core layer \"TypeError: RedisChannelLayer.__init__() got an unexpected keyword argument 'serializer_format'\" when the " +
			"layer is first used. The pub/sub layer ignores it and sends msgpack.",
		Fix:     "Use channels_redis 4.2.1 or later, or remove serializer_format.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.serializer_format=json\nchannels_redis==4.2.0", "BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nCONFIG.serializer_format=json\nchannels_redis==4.1.0"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.serializer_format=json\nchannels_redis==4.2.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/main/CHANGELOG.txt"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(in.isBackend(channelconfig.Core, channelconfig.PubSub), option(in.Settings.Config.SerializerFormat)); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		what := "serializer_format is set: the first use of the core layer raises TypeError."
		if in.isBackend(channelconfig.PubSub) == finding.Failed {
			what = "serializer_format is set, and the pub/sub layer ignores it: it sends msgpack."
		}
		return in.before4(2, 1, doc.New(channelconfig.SettingSerializer, what))
	},
}

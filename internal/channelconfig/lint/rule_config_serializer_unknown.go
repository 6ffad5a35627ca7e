package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigSerializerUnknown = Rule{
	Doc: finding.Doc{
		ID:       "config/serializer-unknown",
		Title:    "channels_redis has no serializer of that name",
		Severity: finding.Error,
		Why:      "channels_redis brings two serializers: msgpack, its default, and json.",
		Django:   "\"SerializerDoesNotExist\" when the layer is first used.",
		Fix:      "Write serializer_format = \"msgpack\" or \"json\"; a serializer that the app registers itself needs findings = { \"config/serializer-unknown\" = \"off\" }.",
		Bad:      []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.serializer_format=yaml\nchannels_redis==4.3.0"},
		Good:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.serializer_format=msgpack\nchannels_redis==4.3.0"},
		Since:    "0.1.0",
		Sources:  []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/serializers.py"},
	},
	Rank: Place, // that the version has no such option at all is said as long as the name is a good one
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(in.isBackend(channelconfig.Core, channelconfig.PubSub), option(in.Settings.Config.SerializerFormat)); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		switch in.Settings.Config.SerializerFormat.Or("") {
		case "msgpack", "json":
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingSerializer, "serializer_format is neither msgpack nor json: the first use of the layer "+
			"raises SerializerDoesNotExist."))
	},
}

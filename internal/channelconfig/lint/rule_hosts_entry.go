package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsEntry = Rule{
	Doc: finding.Doc{
		ID:       "hosts/entry",
		Title:    "An entry of hosts names no Redis",
		Severity: finding.Error,
		Why: "Each entry of hosts says where one Redis is: by a URL, by a host and a port, by the path of a Unix socket, or by Sentinels and the " +
			"name of a master. One that says nothing, two of these, or something that is none cannot be connected to.",
		Django: "Starts; channels_redis or redis-py raises ValueError, TypeError or AttributeError at the first message that belongs to that host, and " +
			"messages that belong to others go on.",
		Fix: "Give the entry a URL, or a host, or a path, or sentinels and master_name, and only one of them.",
		Bad: []string{
			"CHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"\"]",
			"CHANNEL_LAYERS_HOSTS=\"redis://a:6379/0\"",
			"CHANNEL_LAYERS_HOSTS=[6379]",
			"CHANNEL_LAYERS_HOSTS=[[\"redis\"]]",
		},
		Good: []string{
			"BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"unix:///run/redis.sock\"]",
			"CHANNEL_LAYERS_HOSTS=[[\"redis\",6379]]\nredis==7.4.1\nchannels_redis==4.3.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/utils.py"},
	},
	Rank: First,
	Check: onBrokenHosts("Django starts, and the first message that belongs to that host raises an exception.",
		channelconfig.HostMissing, channelconfig.HostEmptyURL, channelconfig.HostConflict, channelconfig.HostPart, channelconfig.HostNotAList,
		channelconfig.HostNotAnEntry, channelconfig.HostNotAPair, channelconfig.HostPort, channelconfig.HostArgument),
}

package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsSentinelEntry = Rule{
	Doc: finding.Doc{
		ID:       "hosts/sentinel-entry",
		Title:    "The Sentinels in hosts cannot be asked",
		Severity: finding.Error,
		Why: "A master is found by asking Sentinels for it by name. That takes a list of Sentinels, each a pair of host and port (redis-py takes no " +
			"URLs there), and the name under which they watch the master.",
		Django: "\"ValueError: too many values to unpack (expected 2)\" for a Sentinel that is a URL; without a name redis-py raises TypeError, and without " +
			"Sentinels MasterNotFoundError, at the first message.",
		Fix: "Give sentinels as pairs of host and port, and master_name as in \"sentinel monitor\" of their configuration.",
		Bad: []string{
			"CHANNEL_LAYERS_HOSTS=[{\"master_name\":\"chat\",\"sentinels\":[\"redis://s1:26379\"]}]",
			"CHANNEL_LAYERS_HOSTS=[{\"sentinels\":[[\"s1\",26379]]}]",
			"CHANNEL_LAYERS_HOSTS=[{\"master_name\":\"chat\",\"sentinels\":[]}]",
		},
		Good: []string{
			"CHANNEL_LAYERS_HOSTS=[{\"master_name\":\"chat\",\"sentinels\":[[\"s1\",26379],[\"s2\",26379]]}]\nredis==7.4.1\nchannels_redis==4.3.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/sentinel.py"},
	},
	Rank: First,
	Check: onBrokenHosts("Django starts, and the first message that belongs to that host raises an exception.",
		channelconfig.HostNoMaster, channelconfig.HostNoSentinels, channelconfig.HostSentinelNotAPair),
}

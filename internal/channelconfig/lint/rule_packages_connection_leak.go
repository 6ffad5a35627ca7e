package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePackagesConnectionLeak = Rule{
	Doc: finding.Doc{
		ID:       "packages/connection-leak",
		Title:    "channels_redis 4.0 leaves connections open after async_to_sync",
		Severity: finding.Warning,
		Why: "Each async_to_sync(channel_layer.group_send)(...) in a view, a signal or a task runs an event loop of its own. channels_redis " +
			"4.0.0 does not close the connections of a loop that has ended; 4.1.0 does. They add up until Redis takes no more.",
		Django: "Works for a while; then \"redis.exceptions.ConnectionError: max number of clients reached\".",
		Fix:    "Use channels_redis 4.1.0 or later.",
		Bad:    []string{"REDIS_URL=redis://redis:6379/0\nredis==4.6.0\nchannels_redis==4.0.0"},
		Good:   []string{"REDIS_URL=redis://redis:6379/0\nredis==4.6.0\nchannels_redis==4.1.0"},
		Since:  "0.1.0",
		Sources: []string{
			"https://github.com/django/channels_redis/issues/332", "https://github.com/django/channels_redis/issues/125",
		},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		v := in.Settings.Packages.ChannelsRedis
		if v == nil || !v.AtLeast(4, 0, 0) || v.AtLeast(4, 1, 0) {
			return finding.Pass() // unstated, it is not worth a note in every setup
		}
		if status := in.isBackend(channelconfig.Core); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		return finding.Fail(doc.New("packages.channels_redis", "The version stated for channels_redis is "+v.String()+", which leaves its connections open "+
			"after each async_to_sync call. From 4.1.0 on they are closed."))
	},
}

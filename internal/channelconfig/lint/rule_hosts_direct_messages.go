package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostsDirectMessages = Rule{
	Doc: finding.Doc{
		ID:       "hosts/direct-messages",
		Title:    "With several hosts the core layer loses direct messages",
		Severity: finding.Warning,
		Why: "channel_layer.send(channel_name, ...) to one socket puts the message on the host that the whole name of the channel belongs to. The " +
			"process of that socket waits on the host that the name up to its \"!\" belongs to. These are the same host by chance only: with 3 hosts " +
			"about two of three direct messages are never seen, with 2 hosts every second one. So it is in channels_redis 4.0 to 4.3. Messages to " +
			"groups are not affected.",
		Django:  "send() raises nothing; the message lies on another host until it expires.",
		Fix:     "Use the pub/sub layer (backend = \"pubsub\"), which sends and listens on the same host.",
		Bad:     []string{"CHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\"]", "BACKEND=core\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\",\"redis://c:6379/0\"]"},
		Good:    []string{"CHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\"]", "BACKEND=pubsub\nCHANNEL_LAYERS_HOSTS=[\"redis://a:6379/0\",\"redis://b:6379/0\"]"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/core.py"},
	},
	Rank: Parts,
	Check: onHosts(func(doc finding.Doc, in Input, hosts []channelconfig.Host) finding.Outcome {
		if status := in.isBackend(channelconfig.Core); status != finding.Failed || len(hosts) < 2 {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingHosts, fmt.Sprintf("hosts are %d, and the backend is core: about %d of %d messages that are sent "+
			"to one socket by its channel name get lost, without an error. Messages to groups arrive.", len(hosts), len(hosts)-1, len(hosts))))
	}),
}

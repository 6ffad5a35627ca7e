package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerPubSubDatabase = Rule{
	Doc: finding.Doc{
		ID:       "layer/pubsub-database",
		Title:    "The database number keeps pub/sub layers apart from nothing",
		Severity: finding.Info,
		Why: "Redis' channels belong to the whole server, not to a database: pub/sub layers in database 1 and 2 hear each other. What keeps " +
			"them apart is the prefix, and even that not for named channels, as of runworker.",
		Django:  "Connects and works; apps with the same prefix on this Redis get each other's messages.",
		Fix:     "Give each app a prefix of its own in config.",
		Bad:     []string{"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/1"},
		Good:    []string{"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/1\nCONFIG.prefix=shop", "BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://redis.io/docs/latest/develop/pubsub/"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(in.isBackend(channelconfig.PubSub), in.urlStatus()); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		u := in.Readings[len(in.Readings)-1].URL
		switch {
		case u == nil || u.DB.Sign() == 0, in.Settings.Config.Prefix.IsKnown():
			return finding.Pass()
		case in.Settings.Config.Prefix.IsUnknown():
			return finding.Unknown()
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisURL, "REDIS_URL names a database, which keeps the messages of pub/sub layers apart from "+
			"nothing, and there is no prefix that does."))
	},
}

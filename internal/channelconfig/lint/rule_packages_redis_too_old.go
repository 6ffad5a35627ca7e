package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePackagesRedisTooOld = Rule{
	Doc: finding.Doc{
		ID:       "packages/redis-too-old",
		Title:    "channels_redis cannot be imported with this redis-py",
		Severity: finding.Error,
		Why:      "channels_redis 4 uses redis.asyncio, which came with redis-py 4.2. An older pin of another package is enough to get one.",
		Django:   "\"ImportError: cannot import name 'asyncio' from 'redis'\" when the layer is first used.",
		Fix:      "Pin redis to 4.6.0 or later.",
		Bad:      []string{"REDIS_URL=redis://redis:6379/0\nredis==4.1.4", "REDIS_URL=redis://redis:6379/0\nredis==3.5.3"},
		Good:     []string{"REDIS_URL=redis://redis:6379/0\nredis==4.6.0"},
		Since:    "0.1.0",
		Sources:  []string{"https://github.com/redis/redis-py/releases/tag/v4.2.0"},
	},
	Rank: Place,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		v := in.Settings.Packages.Redis
		if v == nil || v.AtLeast(4, 2, 0) {
			return finding.Pass()
		}
		if status := in.isBackend(channelconfig.Core, channelconfig.PubSub); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		return finding.Fail(doc.New("packages.redis", "The version stated for redis is "+v.String()+", which has no redis.asyncio (that came with 4.2.0). "+
			"Django fails to load channels_redis: \"ImportError: cannot import name 'asyncio' from 'redis'\"."))
	},
}

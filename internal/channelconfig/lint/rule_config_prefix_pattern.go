package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigPrefixPattern = Rule{
	Doc: finding.Doc{
		ID:       "config/prefix-pattern",
		Title:    "The prefix is a pattern to flush()",
		Severity: finding.Warning,
		Why: "flush() of the core layer deletes what KEYS finds for the prefix and a *. The characters * ? [ ] and \\ in the prefix are " +
			"not taken as themselves there: with * and ? the keys of others are found as well, with [ and \\ one's own are not.",
		Django:  "flush(), which tests and maintenance call, deletes the keys of other layers or leaves its own. Messages themselves work.",
		Fix:     "Write the prefix with letters, digits, \"-\", \"_\", \".\" and \":\".",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.prefix=shop[blue]", "REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.prefix=shop*"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.prefix=shop-blue"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/core.py", "https://redis.io/docs/latest/commands/keys/"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(in.isBackend(channelconfig.Core), option(in.Settings.Config.Prefix)); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		if !strings.ContainsAny(in.Settings.Config.Prefix.Or(""), `*?[]\`) {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingPrefix, "The prefix holds a character that KEYS takes for part of a pattern: flush() "+
			"deletes other keys than those of this layer."))
	},
}

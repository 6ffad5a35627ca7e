package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// shortGroup is below how many seconds sockets are likely to outlive their
// groups.
const shortGroup = 3600

var ruleConfigGroupExpiryShort = Rule{
	Doc: finding.Doc{
		ID:       "config/group-expiry-short",
		Title:    "Groups expire while their sockets are still open",
		Severity: finding.Warning,
		Why: "A member is dropped from its group group_expiry seconds after it was added, whether its WebSocket is still open or not. It " +
			"has to be longer than any connection lasts; the default is a day. Below one hour an open browser tab is enough.",
		Django:  "Raises nothing: the socket stays open and gets no more group messages.",
		Fix:     "Set group_expiry to 86400, the default, or remove it.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.group_expiry=300"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.group_expiry=3600"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/91"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if status := first(in.isBackend(channelconfig.Core), option(in.Settings.Config.GroupExpiry)); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		n := in.Settings.Config.GroupExpiry.Or(0)
		if n <= 0 || n >= shortGroup {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingGroupExpiry, fmt.Sprintf("group_expiry is %d: a socket that is open for more than %d seconds "+
			"gets no more messages of its groups, and nothing raises.", n, n)))
	},
}

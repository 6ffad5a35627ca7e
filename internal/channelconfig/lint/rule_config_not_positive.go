package lint

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleConfigNotPositive = Rule{
	Doc: finding.Doc{
		ID:       "config/not-positive",
		Title:    "expiry, group_expiry or capacity is not above 0",
		Severity: finding.Error,
		Why: "0 does not mean \"no limit\". A message that expires after 0 seconds is gone before anybody can receive it, a group of 0 " +
			"seconds has no members, and a channel of capacity 0 is full from the start. (Pub/sub layers take none of the three; in memory only expiry " +
			"and group_expiry are judged, because the capacity 0 means no limit to a Channels of today.)",
		Django:  "Sends to groups and raises nothing; nobody gets a message, in memory none that is not being waited for. send() to a channel of capacity 0 raises ChannelFull.",
		Fix:     "Write a number above 0, or remove the option.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.capacity=0", "REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.expiry=0", "REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.group_expiry=-1", "DEBUG=True\nCONFIG.expiry=0"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nCONFIG.capacity=500\nCONFIG.expiry=10"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/core.py"},
	},
	Rank:  Place,
	Check: checkConfigNotPositive,
}

func checkConfigNotPositive(doc finding.Doc, in Input) finding.Outcome {
	if status := in.isBackend(channelconfig.Core, channelconfig.InMemory); status != finding.Failed {
		return finding.Outcome{Status: status} // pub/sub takes none of them
	}
	memory := in.isBackend(channelconfig.InMemory) == finding.Failed
	c := in.Settings.Config
	outcome := finding.Pass()
	for _, o := range []struct {
		setting string
		value   channelconfig.Value[int64]
	}{{channelconfig.SettingExpiry, c.Expiry}, {channelconfig.SettingGroupExpiry, c.GroupExpiry}, {channelconfig.SettingCapacity, c.Capacity}} {
		n, known := o.value.Get()
		switch {
		case memory && o.setting == channelconfig.SettingCapacity:
			// Channels 4.3.2, layers.py: asyncio.Queue(maxsize=0) has no limit.
		case o.value.IsUnknown():
			outcome = finding.Merge(outcome, finding.Unknown())
		case known && n <= 0:
			outcome = finding.Merge(outcome, finding.Fail(doc.New(o.setting, notPositive(o.setting, n))))
		}
	}
	return outcome
}

func notPositive(setting string, n int64) string {
	consequence := map[string]string{
		channelconfig.SettingExpiry:      "each message is gone before anybody receives it, without an error.",
		channelconfig.SettingGroupExpiry: "each member is dropped from its groups at once, and group_send reaches nobody, without an error.",
		channelconfig.SettingCapacity:    "every channel counts as full: send() raises ChannelFull, and group_send reaches nobody, without an error.",
	}[setting]
	return fmt.Sprintf("%s is %d, so that %s", strings.TrimPrefix(setting, "CONFIG."), n, consequence)
}

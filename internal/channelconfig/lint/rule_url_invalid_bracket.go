package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLInvalidBracket = Rule{
	Doc: finding.Doc{
		ID:       "url/invalid-bracket",
		Title:    "A [ or ] in REDIS_URL is not part of an IPv6 address",
		Severity: finding.Error,
		Why: "Square brackets are for IPv6 addresses: redis://[2001:db8::1]:6379. Python looks for them before it looks for the " +
			"password, so one in the password makes it refuse the whole URL.",
		Django: "\"ValueError: Invalid IPv6 URL\", or \"... does not appear to be an IPv4 or IPv6 address\", at the first message " +
			"through the layer.",
		Fix: "Write [ as %5B and ] as %5D in the password, or build the URL with provider::channels::build_url.",
		Bad: []string{
			"REDIS_URL=redis://default:exam[ple@redis:6379/0",
			"REDIS_URL=redis://default:[example]@redis:6379/0",
			"REDIS_URL=redis://[redis]:6379/0",
			"REDIS_URL=redis://[::1]6379/0",
		},
		Good:  []string{"REDIS_URL=redis://default:exam%5Bple@redis:6379/0", "REDIS_URL=redis://[2001:db8::1]:6379/0"},
		Since: "0.1.0",
		Sources: []string{
			"https://docs.python.org/3/library/urllib.parse.html#urllib.parse.urlsplit",
		},
	},
	Rank: Split,
	Check: onReading(func(_ Input, r Reading) note {
		if !r.refused(redisurl.UnbalancedBracket, redisurl.TextAroundBrackets, redisurl.NotIPv6) {
			return note{}
		}
		return note{detail: "A square bracket" + r.where() + " does not enclose an IPv6 address as the host. " + refusal("ValueError")}
	}),
}

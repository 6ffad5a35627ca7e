package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLHiddenDelimiter = Rule{
	Doc: finding.Doc{
		ID:       "url/hidden-delimiter",
		Title:    "A character in REDIS_URL looks like one of / ? # @ :",
		Severity: finding.Error,
		Why: "Unicode has wide and small twins of the characters that cut a URL into parts. Python refuses them outside of the " +
			"path, because other programs would read another host.",
		Django: "\"ValueError: netloc ... contains invalid characters under NFKC normalization\" at the first message through the " +
			"layer. The message prints host and password.",
		Fix: "Type the character anew as plain ASCII; if it belongs to the password, build the URL with provider::channels::build_url.",
		Bad: []string{
			"REDIS_URL=redis://redis\uff1a6379/0",
			"REDIS_URL=redis://default:exam\uff03ple@redis:6379/0",
		},
		Good:    []string{"REDIS_URL=redis://default:exam%EF%BC%83ple@redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/urllib.parse.html#urllib.parse.urlsplit"},
	},
	Rank: Split,
	Check: onReading(func(_ Input, r Reading) note {
		if !r.refused(redisurl.HiddenDelimiter) {
			return note{}
		}
		return note{detail: "A character" + r.where() + " is a Unicode twin of one of / ? # @ and :. " + refusal("ValueError") +
			" The exception prints user, password and host."}
	}),
}

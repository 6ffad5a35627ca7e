package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLNotUTF8 = Rule{
	Doc: finding.Doc{
		ID:       "url/not-utf8",
		Title:    "The password in REDIS_URL decodes to bytes that are not UTF-8",
		Severity: finding.Warning,
		Why: "redis-py decodes percent-encoded characters as UTF-8 and puts a question-mark symbol (U+FFFD) where that fails. Mostly " +
			"a percent sign of the password was not encoded itself.",
		Django:  "Logs in with another password than the one that was meant; Redis answers WRONGPASS.",
		Fix:     "Write % as %25 in the password, or build the URL with provider::channels::build_url.",
		Bad:     []string{"REDIS_URL=redis://default:exam%FFple@redis:6379/0"},
		Good:    []string{"REDIS_URL=redis://default:exam%25FFple@redis:6379/0", "REDIS_URL=redis://default:ex%C3%A4mple@redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/urllib.parse.html#urllib.parse.unquote"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || !r.URL.Written.NotUTF8 {
			return note{}
		}
		return note{detail: "Before the host REDIS_URL has percent-encoded bytes that are not UTF-8. Django starts and logs in with U+FFFD in their " +
			"place; the first message through the layer raises \"redis.exceptions.AuthenticationError: invalid " +
			"username-password pair or user is disabled\"."}
	}),
}

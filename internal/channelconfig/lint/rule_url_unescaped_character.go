package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLUnescapedCharacter = Rule{
	Doc: finding.Doc{
		ID:       "url/unescaped-character",
		Title:    "The user or password in REDIS_URL is not percent-encoded",
		Severity: finding.Info,
		Why: "redis-py takes these characters as they are, so Django works. Other readers of the same URL (Go, Node, command-line " +
			"tools) refuse it or read another password.",
		Django:  "Connects with the password as it is written.",
		Fix:     "Build the URL with provider::channels::build_url, which encodes user and password for every reader.",
		Bad:     []string{"REDIS_URL=redis://default:exam ple@redis:6379/0", "REDIS_URL=redis://default:ex@mple@redis:6379/0", "REDIS_URL=redis://default:100%zz@redis:6379/0"},
		Good:    []string{"REDIS_URL=redis://default:ex%40mple@redis:6379/0", "REDIS_URL=redis://default:exa$mple!@redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || !r.URL.Written.Unescaped && !r.URL.Written.BadEscape {
			return note{}
		}
		what := "has a character that RFC 3986 wants percent-encoded"
		if !r.URL.Written.Unescaped {
			what = "has a % that begins no percent-encoded character"
		}
		return note{detail: "The part of REDIS_URL before the host " + what + ". redis-py takes it as it is, so Django connects with what is written."}
	}),
}

package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLSchemeCase = Rule{
	Doc: finding.Doc{
		ID:       "url/scheme-case",
		Title:    "Only Channels accepts the beginning of REDIS_URL as written",
		Severity: finding.Info,
		Why: "The asynchronous redis-py, which Channels uses, takes REDIS:// and white space before the scheme. The synchronous one " +
			"(Django's cache, Celery) wants the text to begin with redis://, rediss:// or unix:// exactly.",
		Django: "Channels works; a cache or Celery with the same URL raises ValueError with redis-py 4.4 and later.",
		Fix:    "Begin the URL with redis://, rediss:// or unix://, in lower case and without a space before it.",
		Bad: []string{
			"REDIS_URL=REDIS://redis:6379/0",
			"REDIS_URL= redis://redis:6379/0",
			"REDIS_URL=unix:/run/redis.sock",
		},
		Good:    []string{"REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/2098"},
	},
	Rank: Parts,
	Check: onURL(func(in Input) string {
		relative := in.url.scheme == "unix" && !strings.HasPrefix(in.url.path.in(in.url.text), "/")
		if in.refusedByAll() || !in.url.knownScheme() || relative || strings.HasPrefix(in.rawURL(), in.url.scheme+"://") {
			return ""
		}
		return "REDIS_URL does not begin with exactly redis://, rediss:// or unix://. Channels accepts it; Django's cache or Celery with the same " +
			"URL raise ValueError."
	}),
}

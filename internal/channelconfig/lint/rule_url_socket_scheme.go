package lint

import (
	"regexp"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLSocketScheme = Rule{
	Doc: finding.Doc{
		ID:       "url/socket-scheme",
		Title:    "REDIS_URL names a socket file but not the scheme unix://",
		Severity: finding.Error,
		Why: "With redis:// what follows the host is a database number. A file's path is not one, so redis-py ignores it and " +
			"takes its defaults.",
		Django: "Silently connects to localhost:6379 over TCP instead of the socket.",
		Fix:    "Write unix:// instead of redis://, and a database as ?db=1.",
		Bad:    []string{"REDIS_URL=redis:///run/redis/redis.sock", "REDIS_URL=redis://:example@/run/redis.sock"},
		Good:   []string{"REDIS_URL=unix:///run/redis/redis.sock?db=1"},
		Since:  "0.1.0",
		Sources: []string{
			"https://github.com/redis/redis-py/issues/2098",
		},
	},
	Rank: Place,
	Check: onURL(func(in Input) string {
		u := in.url
		tcp := u.scheme == "redis" || u.scheme == "rediss"
		if !tcp || !u.hasAuthority || !u.hostAndPort().empty() || !socketPath.MatchString(u.path.in(u.text)) {
			return ""
		}
		return "REDIS_URL has no host, and its path is that of a file. With this scheme redis-py ignores both: Django starts and " +
			"silently connects to localhost:6379."
	}),
}

// socketPath is a path that can only be that of a file.
var socketPath = regexp.MustCompile(`^/+[^/]*[^/0-9 ][^/]*/|\.sock`)

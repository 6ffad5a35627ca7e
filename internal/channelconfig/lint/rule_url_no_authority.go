package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLNoAuthority = Rule{
	Doc: finding.Doc{
		ID:       "url/no-authority",
		Title:    "REDIS_URL lacks the // before the host",
		Severity: finding.Error,
		Why: "Without the two slashes there is no host in a URL. redis-py says nothing and takes its defaults: localhost, port " +
			"6379, no password.",
		Django: "Silently connects to localhost:6379. Where no Redis listens there, the first message raises " +
			"\"redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379\".",
		Fix:     "Write redis:// with two slashes before the host.",
		Bad:     []string{"REDIS_URL=redis:redis.example.com:6379", "REDIS_URL=redis:/redis.example.com:6379/0"},
		Good:    []string{"REDIS_URL=redis://redis.example.com:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/2098"},
	},
	Rank: Place,
	Check: onURL(func(in Input) string {
		u := in.url
		if u.hasAuthority || u.scheme != "redis" && u.scheme != "rediss" {
			return ""
		}
		return "No // follows the scheme of REDIS_URL, so redis-py finds no host in it. Django starts and silently connects to " +
			"localhost:6379, without a password."
	}),
}

package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLSSLMinVersion = Rule{
	Doc: finding.Doc{
		ID:       "url/ssl-min-version",
		Title:    "This redis-py cannot use ssl_min_version from a URL",
		Severity: finding.Error,
		Varies:   "Information where the version of redis-py is not stated.",
		Why: "redis-py has ssl_min_version from 5.0.2 on. Up to 8.0.0 it hands the text of a URL to Python's ssl module as it is, which takes " +
			"only numbers; from 8.0.1 on it makes a number of it (771 is TLS 1.2). Before 5.0.2 the argument does not exist.",
		Django:  "TypeError at the first message through the layer, before anything is sent.",
		Fix:     "Remove ssl_min_version from REDIS_URL (TLS 1.2 is Python's own minimum), or use redis-py 8.0.1 or later.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_min_version=771\nredis==7.4.1", "REDIS_URL=rediss://redis.example.com:6379/0?ssl_min_version=771&socket_timeout=10\nredis==8.0.0"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_min_version=771&socket_timeout=10\nredis==8.1.0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v7.4.1/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil {
			return note{}
		}
		given, ok := r.URL.Options["ssl_min_version"]
		if !ok || given.Text.IsEmpty() || given.Int != nil {
			return note{}
		}
		return note{detail: "ssl_min_version in REDIS_URL stays a text, which Python's ssl module does not take. " + refusal("TypeError")}
	}),
}

package lint

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLUnknownArgument = Rule{
	Doc: finding.Doc{
		ID:       "url/unknown-argument",
		Title:    "REDIS_URL has an argument that redis-py does not take",
		Severity: finding.Error,
		Varies: "Information where the versions of the packages are not stated and some supported version of redis-py takes " +
			"the argument.",
		Why: "What follows the ? are options of redis-py's connection. Other clients (Celery, Go, Node) have options of their own, " +
			"those that begin with ssl_ need rediss://, and some are newer than the redis-py in the app.",
		Django: "\"TypeError: AbstractConnection.__init__() got an unexpected keyword argument ...\" at the first message through " +
			"the layer.",
		Fix: "Remove the argument from REDIS_URL.",
		Bad: []string{
			"REDIS_URL=redis://redis:6379/0?ssl=true",
			"REDIS_URL=redis://redis:6379/0?foo=1",
			"REDIS_URL=redis://redis:6379/0?ssl_cert_reqs=none",
			"REDIS_URL=rediss://redis.example.com:6379/0?skip_verify=true",
			"REDIS_URL=redis://redis:6379/0?timeout=10",
			"REDIS_URL=redis://redis:6379/0?protocol=2\nredis==4.6.0",
			"REDIS_URL=redis://redis:6379/0?protocol=2",
		},
		Good: []string{
			"REDIS_URL=redis://redis:6379/0?socket_timeout=10",
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=required",
			"REDIS_URL=redis://redis:6379/0?protocol=2&socket_timeout=10\nredis==8.1.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(in Input, r Reading) note {
		if !r.refused(redisurl.UnknownArgument) {
			return note{}
		}
		name := "An argument"
		if r.Err.Argument != "" {
			name = fmt.Sprintf("The argument %q", r.Err.Argument)
		}
		return note{
			detail: fmt.Sprintf("%s%s is none that redis-py takes on this kind of connection. %s", name, r.where(), refusal("TypeError")),
			fix:    argumentFix(in.url.scheme, r.Err.Argument),
		}
	}),
}

// argumentFix is what to write instead of an argument of another client; ""
// where nothing more can be said.
func argumentFix(scheme, name string) string {
	if scheme == "redis" && strings.HasPrefix(name, "ssl_") {
		return "Write rediss:// instead of redis:// if the Redis speaks TLS, or remove the argument."
	}
	return map[string]string{
		"ssl":             "Remove the argument, and write rediss:// instead of redis:// for TLS.",
		"tls":             "Remove the argument, and write rediss:// instead of redis:// for TLS.",
		"sslmode":         "Remove the argument, and write rediss:// instead of redis:// for TLS.",
		"skip_verify":     "Write ssl_cert_reqs=none instead (which trusts any certificate).",
		"insecure":        "Write ssl_cert_reqs=none instead (which trusts any certificate).",
		"timeout":         "Write socket_timeout and a number of seconds instead.",
		"read_timeout":    "Write socket_timeout and a number of seconds instead.",
		"write_timeout":   "Write socket_timeout and a number of seconds instead.",
		"dial_timeout":    "Write socket_connect_timeout and a number of seconds instead.",
		"connect_timeout": "Write socket_connect_timeout and a number of seconds instead.",
		"database":        "Write db instead.",
		"user":            "Write username instead.",
		"pool_size":       "Write max_connections instead, or remove it.",
		"prefix":          "Remove it, and set the prefix in the layer's CONFIG.",
		"key_prefix":      "Remove it, and set the prefix in the layer's CONFIG.",
		"expiry":          "Remove it, and set the expiry in the layer's CONFIG.",
		"capacity":        "Remove it, and set the capacity in the layer's CONFIG.",
		"protocol":        "Remove the argument, or use redis-py 5.0 or later.",
	}[name]
}

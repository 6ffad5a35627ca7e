package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLSSLCertReqs = Rule{
	Doc: finding.Doc{
		ID:       "url/ssl-cert-reqs",
		Title:    "ssl_cert_reqs in REDIS_URL must be none, optional or required",
		Severity: finding.Error,
		Why: "Celery and Python code write CERT_NONE or None. In a URL redis-py takes only the words none, optional and required, " +
			"in lower case.",
		Django: "\"redis.exceptions.RedisError: Invalid SSL Certificate Requirements Flag\" at the first message through the layer.",
		Fix:    "Write ssl_cert_reqs=none (trusts any certificate), ssl_cert_reqs=optional or ssl_cert_reqs=required.",
		Bad: []string{
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=None",
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=CERT_NONE",
		},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=required\nredis==6.4.0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if !r.refused(redisurl.CertReqs) {
			return note{}
		}
		return note{detail: "The value of ssl_cert_reqs" + r.where() + " is not none, optional or required. " + refusal("redis.exceptions.RedisError")}
	}),
}

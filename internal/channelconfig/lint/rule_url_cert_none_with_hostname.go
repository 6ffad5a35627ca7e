package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLCertNoneWithHostname = Rule{
	Doc: finding.Doc{
		ID:       "url/cert-none-with-hostname",
		Title:    "ssl_cert_reqs=none and the check of the name exclude each other",
		Severity: finding.Error,
		Varies:   "Information where the version of redis-py is not stated and some supported one connects.",
		Why: "Python's ssl module refuses to check the name of a certificate that nobody verifies. redis-py 6.0 checks names by default; " +
			"from 6.1.0 on it leaves that out by itself with ssl_cert_reqs=none, and before 6.0 it checks names only when asked.",
		Django: "\"ValueError: Cannot set verify_mode to CERT_NONE when check_hostname is enabled.\" at the first message through the layer.",
		Fix:    "Append &ssl_check_hostname=false to REDIS_URL, or use redis-py 6.1.0 or later.",
		Bad: []string{
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=none\nredis==6.0.0",
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=none&ssl_check_hostname=true\nredis==5.2.1",
		},
		Good: []string{
			"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true\nredis==6.0.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/3637"},
	},
	Rank: Place,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil {
			return note{}
		}
		tls := r.URL.TLSSettings(r.Line)
		if tls.CertReqs != redisurl.CertNone || !tls.CheckHostname {
			return note{}
		}
		return note{detail: "REDIS_URL has ssl_cert_reqs=none while redis-py checks the name of the host. " + refusal("ValueError")}
	}),
}

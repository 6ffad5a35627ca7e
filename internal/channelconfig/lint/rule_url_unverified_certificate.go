package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLUnverifiedCertificate = Rule{
	Doc: finding.Doc{
		ID:       "url/unverified-certificate",
		Title:    "The certificate of this Redis is not verified",
		Severity: finding.Info,
		Why: "With ssl_cert_reqs=none the connection is encrypted, and any server that answers in place of the right one is believed. " +
			"Heroku's certificates are self-signed, so that it is the usual setting there.",
		Django:  "Connects, whatever certificate it is shown.",
		Fix:     "Give the authority's file instead, as in ssl_ca_certs=/etc/ssl/redis-ca.pem, where there is one.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_cert_reqs=none\nredis==6.4.0"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\nredis==6.4.0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/235"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || r.URL.Transport != redisurl.TLS {
			return note{}
		}
		if tls := r.URL.TLSSettings(r.Line); tls.CertReqs != redisurl.CertNone || tls.CheckHostname {
			return note{}
		}
		return note{detail: "REDIS_URL has ssl_cert_reqs=none: the connection is encrypted, and nobody checks whom it goes to."}
	}),
}

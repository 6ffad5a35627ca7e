package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSPairIncomplete = Rule{
	Doc: finding.Doc{
		ID:       "tls/pair-incomplete",
		Title:    "A client's certificate and its key must be given together",
		Severity: finding.Error,
		Why: "Before 7.2 redis-py shows no certificate at all where one of ssl_certfile and ssl_keyfile is missing, without a word. From 7.2 on a certificate alone " +
			"must hold the key as well, and a key alone raises an exception. Given both, every version does the same.",
		Django:  "Connects without a certificate, which a Redis that asks for one refuses, or raises ConnectionError before it connects, at the first message through the layer.",
		Fix:     "Set the missing one of certificate_file and key_file, or of certificate_pem and key_pem; both may name the same file.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.certificate_file=/run/secrets/redis.crt\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.certificate_file=/run/secrets/redis.crt\ntls.key_file=/run/secrets/redis.key\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v7.2.0/redis/asyncio/connection.py"},
	},
	Rank: Split,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		wanted, status := in.tls()
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		for _, pair := range []struct {
			certificate, key       string
			hasCertificate, hasKey bool
		}{
			{"certificate_file", "key_file", wanted.CertificateFile.IsSet(), wanted.KeyFile.IsSet()},
			{"certificate_pem", "key_pem", wanted.CertificatePEM.IsSet(), wanted.KeyPEM.IsSet()},
		} {
			if pair.hasCertificate == pair.hasKey {
				continue
			}
			given, missing := pair.certificate, pair.key
			if pair.hasKey {
				given, missing = missing, given
			}
			return finding.Fail(doc.New(channelconfig.SettingTLS, "tls has "+given+" and no "+missing+": redis-py before 7.2 shows no certificate then, without a word, and later ones may stop over it.").WithFix("Set " + missing + " in tls, or leave " + given + " out."))
		}
		return finding.Pass()
	},
}

package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSCertificateOnlyHere = Rule{
	Doc: finding.Doc{
		ID:       "tls/certificate-only-here",
		Title:    "The app would have no certificate where the check has one",
		Severity: finding.Error,
		Why: "redis-py reads a client's certificate and key from files and takes them as text nowhere. certificate_pem and key_pem stand in the place of those files " +
			"for a check; nothing says where the files are when the app runs, so that a check would get in where the app does not.",
		Django:  "Connects without a certificate, and a Redis that asks for one ends the connection: ConnectionError at the first message through the layer.",
		Fix:     "Set certificate_file and key_file in tls to the paths of the files where the app runs.",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.certificate_pem=CERTIFICATE\ntls.key_pem=KEY\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0?ssl_certfile=/run/redis.crt&ssl_keyfile=/run/redis.key\ntls.certificate_pem=CERTIFICATE\ntls.key_pem=KEY\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Blank,
	Check: onEncrypted(func(doc finding.Doc, wanted channelconfig.TLS, host channelconfig.Host, _ Input) (finding.Finding, bool) {
		named := wanted.CertificateFile.IsSet() || host.ConnectionArguments()["ssl_certfile"] != ""
		if named || !wanted.CertificatePEM.IsSet() && !wanted.KeyPEM.IsSet() {
			return finding.Finding{}, false
		}
		return doc.New(channelconfig.SettingTLS, "tls has certificate_pem and key_pem for the check, and neither tls nor "+host.Setting+" names the files that the app has. redis-py would show no certificate, and a Redis that asks for one hangs up."), true
	}),
}

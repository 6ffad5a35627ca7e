package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSServerName = Rule{
	Doc: finding.Doc{
		ID:       "tls/server-name",
		Title:    "redis-py cannot compare a certificate with another name",
		Severity: finding.Error,
		Why: "redis-py's asyncio connections, which Channels uses, ask for the host of the URL and compare the certificate with it. No version, up to 8.1, has an argument " +
			"for another name, so that an app cannot reach a Redis by one name and expect the certificate of another.",
		Django:  "Compares the certificate with the host of the URL and raises ConnectionError (CERTIFICATE_VERIFY_FAILED: Hostname mismatch) at the first message through the layer.",
		Fix:     "Put the name that the certificate has into the URL, or set verify = \"chain\" in tls in place of server_name.",
		Bad:     []string{"REDIS_URL=rediss://10.0.0.5:6379/0\ntls.server_name=redis.example.com\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.server_name=redis.example.com\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onEncrypted(func(doc finding.Doc, wanted channelconfig.TLS, host channelconfig.Host, _ Input) (finding.Finding, bool) {
		name, given := wanted.ServerName.Get()
		c, err := host.Connection(redisurl.Newest)
		if !given || err != nil || host.Sentinel == nil && strings.EqualFold(name, c.Host) {
			return finding.Finding{}, false
		}
		return doc.New(channelconfig.SettingTLS, "tls has a server_name, and "+host.Setting+" leads to another host, with which redis-py compares the certificate: it would raise ConnectionError (Hostname mismatch)."), true
	}),
}

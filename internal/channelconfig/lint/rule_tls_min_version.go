package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSMinVersion = Rule{
	Doc: finding.Doc{
		ID:       "tls/min-version",
		Title:    "How TLS 1.3 is asked for hangs on versions",
		Severity: finding.Error,
		Why: "redis-py reads ssl_min_version from a URL from 8.0.1 on. From 5.0.2 on it takes it in a dict, which channels_redis hands over from 4.1.0 on. " +
			"Before that there is no way to say it, and no spelling serves all versions: in a URL the argument stops redis-py before 8.0.1.",
		Django: "Without the argument Python takes TLS 1.2 as well. With one that the version does not take, redis-py raises TypeError or ConnectionError at the first message through the layer.",
		Fix:    "State the versions of redis and channels_redis in packages.",
		Bad: []string{
			"REDIS_URL=rediss://redis.example.com:6379/0?socket_timeout=10\ntls.min_version=1.3",
			"REDIS_URL=rediss://redis.example.com:6379/0\ntls.min_version=1.3\nredis==4.6.0",
		},
		Good: []string{
			"REDIS_URL=rediss://redis.example.com:6379/0\ntls.min_version=1.2\nredis==4.6.0",
			"REDIS_URL=rediss://redis.example.com:6379/0\ntls.min_version=1.3\nredis==7.4.1\nchannels_redis==4.3.0",
			"REDIS_URL=rediss://redis.example.com:6379/0?socket_timeout=10\ntls.min_version=1.3\nredis==8.1.0",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v7.4.1/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		wanted, status := in.tls()
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		switch wanted.MinVersionForm(in.Settings.Packages) {
		case channelconfig.MinVersionUnstated:
			return finding.Fail(doc.New(channelconfig.SettingTLS, "tls asks for TLS 1.3, and how redis-py is told so hangs on versions that are not stated. Left out, Python takes TLS 1.2 as well."))
		case channelconfig.MinVersionImpossible:
			return finding.Fail(doc.New(channelconfig.SettingTLS, "tls asks for TLS 1.3, and these versions of redis-py and channels_redis cannot be told so: Python would take TLS 1.2 as well.").
				WithFix("Use redis-py 8.0.1 or later (or 5.0.2 with channels_redis 4.1.0), or leave min_version out: Python's own minimum is TLS 1.2."))
		default:
			return finding.Pass()
		}
	},
}

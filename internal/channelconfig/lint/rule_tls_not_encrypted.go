package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleTLSNotEncrypted = Rule{
	Doc: finding.Doc{
		ID:       "tls/not-encrypted",
		Title:    "tls is set and the connection to Redis is not encrypted",
		Severity: finding.Error,
		Why: "Whether redis-py encrypts is decided by the URL alone: rediss:// (with two s) does, redis:// and unix:// do not, and the settings code's " +
			"REDIS_HOST and REDIS_PORT cannot say it at all. What tls asks for would have no effect, and a password would travel in clear.",
		Django:  "Connects without TLS. With ssl_ arguments in such a URL redis-py would raise TypeError (\"unexpected keyword argument\").",
		Fix:     "Write the URL with rediss://, or leave tls out.",
		Bad:     []string{"REDIS_URL=redis://redis.example.com:6379/0\ntls.verify=full\nredis==7.4.1", "REDIS_HOST=redis.example.com\ntls.verify=full\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.verify=full\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: First,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		if _, status := in.tls(); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		hosts, known := in.writtenHosts()
		if !known {
			return finding.Outcome{Status: finding.Undetermined}
		}
		for _, host := range hosts {
			if _, err := host.Connection(redisurl.Newest); err != nil || host.Encrypted() {
				continue // what redis-py refuses has a finding of its own
			}
			f := doc.New(host.Setting, host.Setting+" leads to a Redis without TLS, and tls says how its connection is to be encrypted. redis-py would connect in clear.")
			switch {
			case host.Setting == channelconfig.SettingRedisHost:
				f = f.WithFix("Give a URL with rediss:// in redis_url in place of redis_host and redis_port, or leave tls out.")
			case !host.IsURL():
				f = f.WithFix("Set tls = true in " + host.Setting + ", or leave tls out.")
			}
			return finding.Fail(f)
		}
		return finding.Pass()
	},
}

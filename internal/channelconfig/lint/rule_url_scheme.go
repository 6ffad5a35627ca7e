package lint

import (
	"fmt"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLScheme = Rule{
	Doc: finding.Doc{
		ID:       "url/scheme",
		Title:    "REDIS_URL has a scheme that redis-py does not know",
		Severity: finding.Error,
		Why: "redis-py, the library that channels_redis connects with, knows redis:// (plain), rediss:// (TLS) and unix:// (a " +
			"socket file). Providers and other libraries have schemes of their own for the same protocol.",
		Django: "\"ValueError: Redis URL must specify one of the following schemes (redis://, rediss://, unix://)\" at the " +
			"first message through the layer.",
		Fix: "Write redis:// (plain) or rediss:// (TLS) before the address.",
		Bad: []string{
			"REDIS_URL=valkey://valkey.example.com:6379/0",
			"REDIS_URL=tcp://redis:6379",
			"REDIS_URL=redis+sentinel://sentinel.example.com:26379/mymaster/0",
			"REDIS_URL=https://redis.example.com",
		},
		Good:    []string{"REDIS_URL=rediss://valkey.example.com:25061/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/frappe/gameplan/issues/402"},
	},
	Rank:  Prefix,
	Check: checkURLScheme,
}

func checkURLScheme(doc finding.Doc, in Input) finding.Outcome {
	if status := in.urlStatus(); status != finding.Failed {
		return finding.Outcome{Status: status}
	}
	u := in.url
	if u.knownScheme() || u.scheme == "" || !u.hasAuthority {
		return finding.Pass()
	}
	name, fix := "a scheme that is none of redis://, rediss:// and unix://", doc.Fix
	if foreignSchemes[u.scheme] != "" {
		name, fix = fmt.Sprintf("the scheme %s://", u.scheme), foreignSchemes[u.scheme]
	}
	return finding.Fail(doc.New(channelconfig.SettingRedisURL,
		fmt.Sprintf("REDIS_URL begins with %s. %s", name, refusal("ValueError"))).WithFix(fix))
}

// knownScheme reports whether redis-py knows the scheme.
func (u urlText) knownScheme() bool {
	return slices.Contains([]string{"redis", "rediss", "unix"}, u.scheme)
}

const (
	usePlain    = "Write redis:// in the place of the scheme."
	useTLS      = "Write rediss:// in the place of the scheme."
	noSentinel  = "Give the URL of the Redis master itself, as redis://..."
	otherSystem = "Give the URL of a Redis, as redis://..."
)

// foreignSchemes are schemes that are in use elsewhere, which may be named
// because they are certainly no piece of a password, with the way out.
var foreignSchemes = map[string]string{
	"valkey": usePlain, "valkeys": useTLS, "keydb": usePlain, "dragonfly": usePlain,
	"tcp": usePlain, "tls": useTLS, "ssl": useTLS, "redis+tls": useTLS, "redis-tls": useTLS, "redis+ssl": useTLS,
	"http": useHTTP, "https": useHTTP,
	"redis-socket": useUnix, "redis+socket": useUnix, "redis+unix": useUnix, "file": useUnix, "socket": useUnix,
	"redis+sentinel": noSentinel, "redis-sentinel": noSentinel, "rediss+sentinel": noSentinel,
	"rediss-sentinel": noSentinel, "sentinel": noSentinel,
	"redis-cluster": noCluster, "redis+cluster": noCluster, "rediss-cluster": noCluster, "rediss+cluster": noCluster,
	"redis+pubsub": usePlain, "rediss+pubsub": useTLS, "channels": usePlain, "rediscache": usePlain,
	"postgres": otherSystem, "postgresql": otherSystem, "mysql": otherSystem, "amqp": otherSystem, "amqps": otherSystem,
	"memcached": otherSystem, "mongodb": otherSystem, "sqlite": otherSystem,
}

const (
	useHTTP   = "Give the address of the Redis protocol (redis:// or rediss://), not that of a REST interface or dashboard."
	useUnix   = "Write unix:// in the place of the scheme."
	noCluster = "Give the URL of a Redis that is not a cluster, as redis://...; channels_redis.core cannot use a cluster."
)

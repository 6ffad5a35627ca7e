package channelconfig

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Backend is the kind of a channel layer.
type Backend int

// Backends. Auto is only ever asked for; a resolution has one of the others.
const (
	// Auto follows the settings code: core if there is a URL or debug is
	// off, else in memory.
	Auto Backend = iota
	// Core is channels_redis.core.RedisChannelLayer.
	Core
	// PubSub is channels_redis.pubsub.RedisPubSubChannelLayer.
	PubSub
	// InMemory is channels.layers.InMemoryChannelLayer.
	InMemory
)

// Backends are those that can be asked for, by the names users write.
var backendNames = map[Backend]string{Auto: "auto", Core: "core", PubSub: "pubsub", InMemory: "in_memory"}

// String is the name users write: "auto", "core", "pubsub" or "in_memory".
func (b Backend) String() string { return backendNames[b] }

// BackendNamed is the backend of a name that users write.
func BackendNamed(name string) (Backend, bool) {
	for b, n := range backendNames {
		if n == name {
			return b, true
		}
	}
	return Auto, false
}

// Class is the dotted Python path for BACKEND; "" for Auto.
func (b Backend) Class() string {
	switch b {
	case Core:
		return "channels_redis.core.RedisChannelLayer"
	case PubSub:
		return "channels_redis.pubsub.RedisPubSubChannelLayer"
	case InMemory:
		return "channels.layers.InMemoryChannelLayer"
	default:
		return ""
	}
}

// UsesRedis reports whether the backend is one of Redis.
func (b Backend) UsesRedis() bool { return b == Core || b == PubSub }

// Host is an entry of CONFIG.hosts: a URL, or a host and a port.
type Host struct {
	// URL is set for an entry that is one; Host and Port then are not.
	URL secret.String
	// Host is the name or address of a (host, port) entry; it may be "", as
	// REDIS_HOST may be.
	Host string
	// Port is what int() made of REDIS_PORT, of any size; nil for a URL.
	Port *big.Int
	// Setting is where the entry comes from: REDIS_URL or REDIS_HOST.
	Setting string
}

// IsURL reports whether the entry is a URL.
func (h Host) IsURL() bool { return h.Port == nil }

// Connection is what redis-py of that line would connect with. The error is
// a [redisurl.Error].
func (h Host) Connection(line redisurl.Line) (redisurl.Connection, error) {
	if !h.IsURL() {
		return redisurl.HostPort(h.Host, h.Port), nil
	}
	u, err := redisurl.Parse(h.URL, line)
	if err != nil {
		return redisurl.Connection{}, err
	}
	return u.Connection, nil
}

// Showable reports whether people may be shown where the entry leads: a host,
// a port, a path and a database that look like ones. What redis-py refuses
// leads nowhere.
func (h Host) Showable(line redisurl.Line) bool {
	if !h.IsURL() {
		return redisurl.HostPort(h.Host, h.Port).Showable()
	}
	u, err := redisurl.Parse(h.URL, line)
	return err == nil && u.Showable()
}

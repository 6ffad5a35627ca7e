package channelconfig

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

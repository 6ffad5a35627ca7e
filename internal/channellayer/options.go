package channellayer

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Serializer formats of channels_redis 4.2.1 and later. Before, there is only
// MessagePack.
const (
	MsgPack = "msgpack"
	JSON    = "json"
)

// Options are the options of CONFIG that decide what a layer puts on the wire,
// with the meaning that the constructors of channels_redis 4.3.0 give them.
// Start from [Defaults]: 0 is a value of its own.
type Options struct {
	// Prefix begins every key, and every channel of pub/sub but general ones.
	Prefix string
	// Expiry is how long a message waits to be received, in seconds. Core only.
	Expiry int64
	// GroupExpiry is how long a channel stays in a group, in seconds. Core only.
	GroupExpiry int64
	// Capacity is how many messages a channel holds. Core only.
	Capacity int64
	// ChannelCapacity are the capacities of channels whose names match; the
	// first match counts. Core only.
	ChannelCapacity []ChannelCapacity
	// SymmetricEncryptionKeys encrypt with the first and decrypt with any. None
	// is no encryption.
	SymmetricEncryptionKeys []secret.String
	// SerializerFormat is MsgPack or JSON.
	SerializerFormat string
	// RandomPrefixLength is how many random bytes make equal messages differ in
	// a sorted set. Core only; 0 or less is none.
	RandomPrefixLength int64
}

// ChannelCapacity is the capacity of channels whose names match a pattern of
// Python's fnmatch.
type ChannelCapacity struct {
	Pattern  string
	Capacity int64
}

// Defaults are those of RedisChannelLayer.__init__ and
// RedisPubSubChannelLayer.__init__ (channels_redis 4.3.0).
func Defaults() Options {
	return Options{
		Prefix: "asgi", Expiry: 60, GroupExpiry: 86400, Capacity: 100,
		SerializerFormat: MsgPack, RandomPrefixLength: 12,
	}
}

// OptionsOf are the options of a CONFIG: defaults where it says nothing. ok is
// false where one of them is not known yet.
func OptionsOf(config channelconfig.Config) (options Options, ok bool) {
	options, ok = Defaults(), true
	take(config.Prefix, &options.Prefix, &ok)
	take(config.Expiry, &options.Expiry, &ok)
	take(config.GroupExpiry, &options.GroupExpiry, &ok)
	take(config.Capacity, &options.Capacity, &ok)
	take(config.SymmetricEncryptionKeys, &options.SymmetricEncryptionKeys, &ok)
	take(config.SerializerFormat, &options.SerializerFormat, &ok)
	take(config.RandomPrefixLength, &options.RandomPrefixLength, &ok)
	var capacities []channelconfig.ChannelCapacity
	take(config.ChannelCapacity, &capacities, &ok)
	for _, c := range capacities {
		options.ChannelCapacity = append(options.ChannelCapacity, ChannelCapacity(c))
	}
	return options, ok
}

func take[T any](value channelconfig.Value[T], into *T, ok *bool) {
	if value.IsUnknown() {
		*ok = false
	}
	*into = value.Or(*into)
}

package pubsub

import (
	"time"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/serializer"
)

// Protocol is what a layer's options say about names, shards and messages. It is
// not changed once made, and knows no clock.
type Protocol struct {
	prefix     string
	hosts      int
	serializer *serializer.Serializer
}

// NewProtocol takes the options of CONFIG and how many hosts there are. The
// error is a [*channellayer.OptionError].
func NewProtocol(options channellayer.Options, hosts int) (*Protocol, error) {
	if hosts < 1 {
		return nil, &channellayer.OptionError{Setting: "CONFIG.hosts", Reason: channellayer.NoHosts}
	}
	if !utf8.ValidString(options.Prefix) {
		return nil, &channellayer.OptionError{Setting: "CONFIG.prefix", Reason: channellayer.PrefixNotText}
	}
	made, err := serializer.New(serializer.ForPubSub(options))
	if err != nil {
		return nil, err
	}
	return &Protocol{prefix: options.Prefix, hosts: hosts, serializer: made}, nil
}

// ChannelName is the name that new_channel() makes of a kind, "specific." where
// consumers ask, and an id: 32 hexadecimal digits. It is the name on Redis too.
func (p *Protocol) ChannelName(kind, id string) string { return p.prefix + kind + id }

// GroupChannel is _get_group_channel_name: what stands for a group on Redis.
func (p *Protocol) GroupChannel(group string) string { return p.prefix + "__group__" + group }

// Shard is where a channel is, by its name on Redis: [Protocol.GroupChannel] for
// a group.
func (p *Protocol) Shard(channel string) int { return channellayer.Shard(channel, p.hosts) }

// Encode is a message as it is published. The error is a
// [*channellayer.MessageError].
func (p *Protocol) Encode(message channellayer.Message, now time.Time) ([]byte, error) {
	return p.serializer.Serialize(message, now)
}

// Decode is a message that was received. The error is a
// [*channellayer.DecodeError].
func (p *Protocol) Decode(payload []byte, now time.Time) (channellayer.Message, error) {
	return p.serializer.Deserialize(payload, now)
}

// Publish sends a message to who listens. The reply is how many do, an int64.
func Publish(channel string, payload []byte) channellayer.Command {
	return channellayer.Command{"PUBLISH", channel, payload}
}

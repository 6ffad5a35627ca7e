package core

import (
	"time"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/serializer"
)

// Protocol is what a layer's options say about keys, shards and messages. It is
// not changed once made, and knows no clock.
type Protocol struct {
	options    channellayer.Options
	hosts      int
	capacities channellayer.Capacities
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
	made, err := serializer.New(serializer.ForCore(options))
	if err != nil {
		return nil, err
	}
	return &Protocol{options: options, hosts: hosts, capacities: channellayer.CompileCapacities(options), serializer: made}, nil
}

// Options are those that the protocol was made with.
func (p *Protocol) Options() channellayer.Options { return p.options }

// Hosts is how many shards there are.
func (p *Protocol) Hosts() int { return p.hosts }

// ChannelKey is the sorted set that holds the messages of a channel, those of
// all process-local channels of one process together.
func (p *Protocol) ChannelKey(channel string) string {
	return p.options.Prefix + channellayer.NonLocalName(channel)
}

// GroupKey is _group_key: the sorted set that holds a group's channels.
func (p *Protocol) GroupKey(group string) string { return p.options.Prefix + ":group:" + group }

// BackupKey is _backup_channel_name: the messages of a key that were received,
// and are not yet known to have arrived.
func BackupKey(key string) string { return key + "$inflight" }

// SendShard is where send() puts a message for a process-local channel: by its
// whole name, which with several hosts is not where it is received from.
func (p *Protocol) SendShard(channel string) int { return channellayer.Shard(channel, p.hosts) }

// ReceiveShard is where a process receives its process-local channels from, and
// where group_send() puts their messages.
func (p *Protocol) ReceiveShard(channel string) int {
	return channellayer.Shard(channellayer.NonLocalName(channel), p.hosts)
}

// GroupShard is where a group is.
func (p *Protocol) GroupShard(group string) int { return channellayer.Shard(group, p.hosts) }

// Capacity is how many messages a channel holds, by its whole name.
func (p *Protocol) Capacity(channel string) int64 { return p.capacities.Of(channel) }

// Encode is what send() adds to a sorted set for that channel. The error is a
// [*channellayer.MessageError].
func (p *Protocol) Encode(channel string, message channellayer.Message, now time.Time) ([]byte, error) {
	if _, reserved := message[channellayer.ReservedKey]; reserved {
		return nil, &channellayer.MessageError{Reason: channellayer.ReservedKeyUsed}
	}
	if channellayer.IsLocal(channel) {
		message = withChannels(message, channel)
	}
	return p.serializer.Serialize(message, now)
}

// Decode is a message that was received, and the channels that it says it is
// for; nil if it does not say. The error is a [*channellayer.DecodeError].
func (p *Protocol) Decode(member []byte, now time.Time) (message channellayer.Message, channels []string, err error) {
	message, err = p.serializer.Deserialize(member, now)
	if err != nil {
		return nil, nil, err
	}
	named, says := message[channellayer.ReservedKey]
	if says {
		channels = []string{}
	}
	switch named := named.(type) {
	case string:
		channels = append(channels, named)
	case []any:
		for _, name := range named {
			if text, ok := name.(string); ok {
				channels = append(channels, text)
			}
		}
	}
	delete(message, channellayer.ReservedKey)
	return message, channels, nil
}

// withChannels is a copy of the message that says which channels it is for.
func withChannels(message channellayer.Message, channels any) channellayer.Message {
	marked := make(channellayer.Message, len(message)+1)
	for key, value := range message {
		marked[key] = value
	}
	marked[channellayer.ReservedKey] = channels
	return marked
}

// Delivery is what group_send() delivers to one shard: the keys, and for each
// its message and its capacity.
type Delivery struct {
	Shard      int
	Keys       []string
	Members    [][]byte
	Capacities []int64
}

// Deliveries is _map_channel_keys_to_connection: what a message to these
// channels is for each shard, in the order in which the shards come up. Channels
// of one process share a key and a message. The error is a
// [*channellayer.MessageError].
func (p *Protocol) Deliveries(channels []string, message channellayer.Message, now time.Time) ([]Delivery, error) {
	var keys []string
	byKey := map[string][]any{}
	for _, channel := range channels {
		key := p.ChannelKey(channel)
		if byKey[key] == nil {
			keys = append(keys, key)
		}
		byKey[key] = append(byKey[key], channel)
	}
	var deliveries []Delivery
	places := map[int]int{}
	for _, key := range keys {
		first, _ := byKey[key][0].(string)
		member, err := p.serializer.Serialize(withChannels(message, byKey[key]), now)
		if err != nil {
			return nil, err
		}
		shard := p.ReceiveShard(first)
		place, known := places[shard]
		if !known {
			place = len(deliveries)
			places[shard] = place
			deliveries = append(deliveries, Delivery{Shard: shard})
		}
		d := &deliveries[place]
		d.Keys = append(d.Keys, key)
		d.Members = append(d.Members, member)
		d.Capacities = append(d.Capacities, p.Capacity(first))
	}
	return deliveries, nil
}

package pubsub

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// Host is one Redis of the layer.
type Host interface {
	channellayer.Conn
	// Subscribe opens a connection that listens.
	Subscribe(ctx context.Context) (channellayer.Subscription, error)
}

// Layer is a RedisPubSubChannelLayer: one process of an app, as Redis sees it.
// It may be used by several goroutines. Close ends what it has opened.
type Layer struct {
	*Protocol
	shards   []*shard
	now      func() time.Time
	mu       sync.Mutex
	channels map[string]*queue
	groups   map[string]map[string]bool // by name on Redis: the channels in it
}

// Setup is what a Layer takes beside its options. The zero value has Python's
// habits.
type Setup struct {
	// Now is the clock; the system's if nil.
	Now func() time.Time
	// Retry is how long to wait before a lost connection is opened again; a
	// second if 0.
	Retry time.Duration
}

// New makes a layer over its hosts, in the order of CONFIG.hosts, as many as the
// protocol was made for. The error is a [*channellayer.OptionError].
func New(protocol *Protocol, hosts []Host, setup Setup) (*Layer, error) {
	if len(hosts) != protocol.hosts {
		return nil, &channellayer.OptionError{Setting: "CONFIG.hosts", Reason: channellayer.NoHosts}
	}
	l := &Layer{
		Protocol: protocol, now: setup.Now,
		channels: map[string]*queue{}, groups: map[string]map[string]bool{},
	}
	if l.now == nil {
		l.now = time.Now
	}
	if setup.Retry == 0 {
		setup.Retry = time.Second
	}
	for _, host := range hosts {
		l.shards = append(l.shards, newShard(host, setup.Retry, l.deliver))
	}
	return l, nil
}

// NewChannel is new_channel(): a channel of this process, subscribed to. kind is
// "specific." where consumers ask. The error is a [*channellayer.OperationError].
func (l *Layer) NewChannel(ctx context.Context, kind string) (string, error) {
	var id [16]byte
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(id[:])
	channel := l.ChannelName(kind, hex.EncodeToString(id[:]))
	return channel, l.Listen(ctx, channel)
}

// Listen subscribes to a channel by its name, as receive() does with one that
// is new to it. A channel that could not be subscribed to is not known. The error
// is a [*channellayer.OperationError].
func (l *Layer) Listen(ctx context.Context, channel string) error {
	l.mu.Lock()
	l.channels[channel] = newQueue()
	l.mu.Unlock()
	err := l.subscribe(ctx, "new_channel", channel)
	if err != nil {
		l.forget(channel)
	}
	return err
}

func (l *Layer) forget(channel string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.channels, channel)
}

func (l *Layer) subscribe(ctx context.Context, operation, channel string) error {
	place := l.Shard(channel)
	return failed(operation, "SUBSCRIBE", place, l.shards[place].subscribe(ctx, channel))
}

func (l *Layer) unsubscribe(ctx context.Context, operation, channel string) error {
	place := l.Shard(channel)
	return failed(operation, "UNSUBSCRIBE", place, l.shards[place].unsubscribe(ctx, channel))
}

// failed is nil for no error.
func failed(operation, step string, shard int, err error) error {
	if err == nil {
		return nil
	}
	return &channellayer.OperationError{Operation: operation, Step: step, Shard: shard, Err: err}
}

// Send is send(): to a channel by its name, whoever's it is. The error is a
// [*channellayer.MessageError] or a [*channellayer.OperationError].
func (l *Layer) Send(ctx context.Context, channel string, message channellayer.Message) error {
	return l.publish(ctx, "send", channel, message)
}

// GroupSend is group_send(). Errors as of [Layer.Send].
func (l *Layer) GroupSend(ctx context.Context, group string, message channellayer.Message) error {
	return l.publish(ctx, "group_send", l.GroupChannel(group), message)
}

func (l *Layer) publish(ctx context.Context, operation, channel string, message channellayer.Message) error {
	payload, err := l.Encode(message, l.now())
	if err != nil {
		return err
	}
	place := l.Shard(channel)
	replies, err := l.shards[place].host.Exchange(ctx, Publish(channel, payload))
	if err == nil {
		err = replies[0].Err
	}
	return failed(operation, "PUBLISH", place, err)
}

// Receive is receive(): it waits for the next message on a channel, until the
// context ends; then the channel is unsubscribed from and unknown. The error is a
// [*channellayer.DecodeError], a [*channellayer.OperationError] or the context's.
func (l *Layer) Receive(ctx context.Context, channel string) (channellayer.Message, error) {
	l.mu.Lock()
	waiting := l.channels[channel]
	l.mu.Unlock()
	if waiting == nil {
		if err := l.Listen(ctx, channel); err != nil {
			return nil, err
		}
		l.mu.Lock()
		waiting = l.channels[channel]
		l.mu.Unlock()
	}
	payload, err := waiting.pop(ctx)
	if err != nil {
		l.leave(ctx, channel)
		return nil, err
	}
	return l.Decode(payload, l.now())
}

// leaveWithin bounds the farewell of a receive that has been canceled.
const leaveWithin = time.Second

// leave is how receive() cleans up when it is canceled; Python logs what goes
// wrong then.
func (l *Layer) leave(ctx context.Context, channel string) {
	l.mu.Lock()
	_, known := l.channels[channel]
	delete(l.channels, channel)
	l.mu.Unlock()
	if !known {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	_ = l.unsubscribe(ctx, "receive", channel)
}

// GroupAdd is group_add(), for a channel of this process. The error is a
// [*channellayer.NameError] or a [*channellayer.OperationError].
func (l *Layer) GroupAdd(ctx context.Context, group, channel string) error {
	name := l.GroupChannel(group)
	l.mu.Lock()
	if l.channels[channel] == nil {
		l.mu.Unlock()
		return &channellayer.NameError{Kind: channellayer.ChannelName, Reason: channellayer.NameUnknown}
	}
	if l.groups[name] == nil {
		l.groups[name] = map[string]bool{}
	}
	l.groups[name][channel] = true
	l.mu.Unlock()
	return l.subscribe(ctx, "group_add", name)
}

// GroupDiscard is group_discard(): the last channel of this process to leave
// unsubscribes. The error is a [*channellayer.OperationError].
func (l *Layer) GroupDiscard(ctx context.Context, group, channel string) error {
	name := l.GroupChannel(group)
	l.mu.Lock()
	members := l.groups[name]
	if !members[channel] {
		l.mu.Unlock()
		return nil
	}
	delete(members, channel)
	if len(members) > 0 {
		l.mu.Unlock()
		return nil
	}
	delete(l.groups, name)
	l.mu.Unlock()
	return l.unsubscribe(ctx, "group_discard", name)
}

// deliver is _receive_message: to the channel of that name, or else to every
// channel of this process that is in the group.
func (l *Layer) deliver(name string, payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if channel := l.channels[name]; channel != nil {
		channel.push(payload)
		return
	}
	for member := range l.groups[name] {
		if channel := l.channels[member]; channel != nil {
			channel.push(payload)
		}
	}
}

// Reset is flush(): it forgets channels and groups and closes what listens,
// which says nothing to Redis. The layer can be used again.
func (l *Layer) Reset() {
	l.mu.Lock()
	l.channels, l.groups = map[string]*queue{}, map[string]map[string]bool{}
	l.mu.Unlock()
	for _, s := range l.shards {
		s.close()
	}
}

// Close ends the layer: what listens is closed, and what runs has ended.
func (l *Layer) Close() { l.Reset() }

// Members are the channels of this process in a group, sorted.
func (l *Layer) Members(group string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.groups[l.GroupChannel(group)]))
}

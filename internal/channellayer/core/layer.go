package core

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// pollSeconds is RedisChannelLayer.brpop_timeout.
const pollSeconds = 5

// Layer is a RedisChannelLayer: one process of an app, as Redis sees it. It may
// be used by several goroutines. It holds no connections of its own.
type Layer struct {
	*Protocol
	conns        []channellayer.Conn
	process      string
	poll         int64
	now          func() time.Time
	sends, reads atomic.Uint64
	inbox        *inbox
	cleaning     *keyLocks
	cleaners     sync.WaitGroup
	failure      failure
}

// Setup is what a Layer takes beside its options. The zero value is a new
// process with Python's habits.
type Setup struct {
	// ClientPrefix is what stands for this process in names, 32 hexadecimal
	// digits of its own if "". [channellayer.CheckChannelName] says which are valid.
	ClientPrefix string
	// PollSeconds is how long BZPOPMIN waits at a time; 5 if 0.
	PollSeconds int64
	// Now is the clock; the system's if nil.
	Now func() time.Time
}

// New makes a layer over the connections to its hosts, in the order of
// CONFIG.hosts, as many as the protocol was made for. The error is a
// [*channellayer.OptionError].
func New(protocol *Protocol, conns []channellayer.Conn, setup Setup) (*Layer, error) {
	if len(conns) != protocol.hosts {
		return nil, &channellayer.OptionError{Setting: "CONFIG.hosts", Reason: channellayer.NoHosts}
	}
	l := &Layer{
		Protocol: protocol, conns: conns, process: setup.ClientPrefix, poll: setup.PollSeconds, now: setup.Now,
		inbox: newInbox(protocol.options.Capacity), cleaning: newKeyLocks(),
	}
	if l.process == "" {
		l.process = randomHex()
	}
	if l.poll == 0 {
		l.poll = pollSeconds
	}
	if l.now == nil {
		l.now = time.Now
	}
	return l, nil
}

// randomHex is as long as uuid.uuid4().hex.
func randomHex() string {
	var b [16]byte
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// ClientPrefix is what stands for this process in names.
func (l *Layer) ClientPrefix() string { return l.process }

// Conns are the connections to the hosts, in their order.
func (l *Layer) Conns() []channellayer.Conn { return l.conns }

// NewChannel is new_channel(): the name of a process-local channel of this
// process. prefix is "specific" where consumers ask.
func (l *Layer) NewChannel(prefix string) string { return prefix + "." + l.process + "!" + randomHex() }

// Send is send(). The error is a [*channellayer.NameError], a
// [*channellayer.MessageError], or a [*channellayer.OperationError] around
// [channellayer.ErrChannelFull], an error reply or the connection's error.
func (l *Layer) Send(ctx context.Context, channel string, message channellayer.Message) error {
	if err := channellayer.CheckChannelName(channel); err != nil {
		return err
	}
	if _, reserved := message[channellayer.ReservedKey]; reserved {
		return &channellayer.MessageError{Reason: channellayer.ReservedKeyUsed}
	}
	key, op := l.ChannelKey(channel), l.operation("send", l.place(channel, l.SendShard, &l.sends))
	if _, err := op.run(ctx, Trim(key, l.now(), l.options.Expiry)); err != nil {
		return err
	}
	reply, err := op.run(ctx, Count(key))
	if err != nil {
		return err
	}
	if count, ok := reply.Value.(int64); !ok {
		return op.failed("ZCOUNT", unexpected())
	} else if count >= l.Capacity(channel) {
		return op.failed("ZCOUNT", channellayer.ErrChannelFull)
	}
	member, err := l.Encode(channel, message, l.now())
	if err != nil {
		return err
	}
	if _, err := op.run(ctx, Add(key, member, l.now())); err != nil {
		return err
	}
	_, err = op.run(ctx, Expire(key, l.options.Expiry))
	return err
}

// place is the shard for a channel: by its name if it is process-local, else the
// next one (itertools.cycle).
func (l *Layer) place(channel string, byName func(string) int, turn *atomic.Uint64) int {
	if channellayer.IsLocal(channel) {
		return byName(channel)
	}
	return int((turn.Add(1) - 1) % uint64(l.hosts))
}

// operation is one call of the API, for its errors.
type operation struct {
	layer *Layer
	name  string
	shard int
}

func (l *Layer) operation(name string, shard int) operation { return operation{l, name, shard} }

// run runs one command and turns an error reply into an error.
func (o operation) run(ctx context.Context, c channellayer.Command) (channellayer.Reply, error) {
	replies, err := o.exchange(ctx, c.Name(), c)
	if err != nil {
		return channellayer.Reply{}, err
	}
	if replies[0].Err != nil {
		return channellayer.Reply{}, o.failed(c.Name(), replies[0].Err)
	}
	return replies[0], nil
}

// exchange runs commands in one packet; step names them.
func (o operation) exchange(ctx context.Context, step string, commands ...channellayer.Command) ([]channellayer.Reply, error) {
	replies, err := o.layer.conns[o.shard].Exchange(ctx, commands...)
	switch {
	case err != nil:
		return nil, o.failed(step, err)
	case len(replies) != len(commands):
		return nil, o.failed(step, unexpected())
	default:
		return replies, nil
	}
}

func (o operation) failed(step string, err error) error {
	return &channellayer.OperationError{Operation: o.name, Step: step, Shard: o.shard, Err: err}
}

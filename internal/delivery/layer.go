package delivery

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// joining is what became of the members of a group when the WebSocket opened.
type joining int

const (
	// unclear: it is a channel, or a layer that does not say who is in a group.
	unclear joining = iota
	nobody
	others // members, and none of them is new
	joined
)

// putting is what became of the message when it was put into the layer.
type putting int

const (
	accepted putting = iota
	noReceiver
	full
)

// way is how a message gets into a layer. The errors are those of a connection,
// or a [*channellayer.ReplyError].
type way interface {
	// before is called before the WebSocket is opened.
	before(ctx context.Context) error
	// look is called when it is open, until it says joined or there is no more
	// time for it.
	look(ctx context.Context) (joining, error)
	put(ctx context.Context, message channellayer.Message) (putting, error)
	// tidy removes what nobody has taken, and reports whether that is what the
	// WebSocket waits for.
	tidy(ctx context.Context) (left bool, err error)
}

// lent is a connection that a check has lent.
type lent struct {
	conn    channellayer.Conn
	leaving redisprobe.Leaving
}

// shards are connections by the number of the host.
type shards map[int]lent

// with is the shards and one more.
func (s shards) with(host int, conn lent) shards {
	all := maps.Clone(s)
	if all == nil {
		all = shards{}
	}
	all[host] = conn
	return all
}

// layer is what the request says of it.
func (r Request) layer() (channelconfig.Backend, channellayer.Options) {
	if layer := r.Redis.Layer; layer != nil {
		return layer.Backend, layer.Options
	}
	return channelconfig.Core, channellayer.Defaults()
}

// count is how many hosts the layer has.
func (r Request) count() int { return max(len(r.Hosts), 1) }

func (r Request) host(i int) redisprobe.Request {
	if len(r.Hosts) == 0 {
		return r.Redis
	}
	return r.Hosts[i]
}

// home is the host that the group or the channel belongs to. To a channel that
// is no process' own a core layer sends by turns: any host is right, since its
// receivers wait on all.
func (r Request) home() int {
	backend, _ := r.layer()
	switch {
	case backend == channelconfig.PubSub:
		return channellayer.Shard(r.published(), r.count())
	case r.Channel == "":
		return channellayer.Shard(r.group(), r.count())
	case channellayer.IsLocal(r.Channel):
		return channellayer.Shard(r.Channel, r.count())
	default:
		return 0
	}
}

// needed are the hosts that the message passes: its home last. The members of
// a core layer's group may be on every host.
func (r Request) needed() []int {
	backend, _ := r.layer()
	home := r.home()
	var hosts []int
	if backend != channelconfig.PubSub && r.Channel == "" {
		for i := range r.count() {
			if i != home {
				hosts = append(hosts, i)
			}
		}
	}
	return append(hosts, home)
}

// published is the name of what is published to, for a pub/sub layer.
func (r Request) published() string {
	if r.Channel != "" {
		return r.Channel
	}
	_, options := r.layer()
	return options.Prefix + "__group__" + r.group()
}

// way makes the way of a request. The error is a [*channellayer.OptionError].
func (r Request) way(over shards) (way, error) {
	backend, options := r.layer()
	if backend == channelconfig.PubSub {
		protocol, err := pubsub.NewProtocol(options, r.count())
		if err != nil {
			return nil, err
		}
		return &published{conn: over[r.home()].conn, protocol: protocol, channel: r.published()}, nil
	}
	protocol, err := core.NewProtocol(options, r.count())
	if err != nil {
		return nil, err
	}
	return &stored{over: over, home: r.home(), protocol: protocol, channel: r.Channel, group: r.group()}, nil
}

// stored is the way into a core layer.
type stored struct {
	over     shards
	home     int
	protocol *core.Protocol
	channel  string // "" for a group
	group    string
	earlier  []string // members before the WebSocket was opened
	fresh    []string // and those that came with it
	sent     []core.Delivery
}

func (s *stored) members(ctx context.Context) ([]string, error) {
	replies, err := s.over[s.home].conn.Exchange(ctx, core.Members(s.protocol.GroupKey(s.group)))
	if err != nil {
		return nil, err
	}
	return core.ReadMembers(replies[0])
}

func (s *stored) before(ctx context.Context) (err error) {
	if s.channel == "" {
		s.earlier, err = s.members(ctx)
	}
	return err
}

func (s *stored) look(ctx context.Context) (joining, error) {
	if s.channel != "" {
		return unclear, nil
	}
	members, err := s.members(ctx)
	s.fresh = slices.DeleteFunc(slices.Clone(members), func(m string) bool { return slices.Contains(s.earlier, m) })
	switch {
	case err != nil:
		return unclear, err
	case len(s.fresh) > 0:
		return joined, nil
	case len(members) > 0:
		return others, nil
	default:
		return nobody, nil
	}
}

func (s *stored) put(ctx context.Context, message channellayer.Message) (putting, error) {
	if s.channel != "" {
		return s.send(ctx, message)
	}
	options := s.protocol.Options()
	results, err := s.transaction(ctx, s.home, core.MembersPacket(s.protocol.GroupKey(s.group), time.Now(), options.GroupExpiry))
	if err != nil {
		return accepted, err
	}
	members, err := core.ReadMembers(results[len(results)-1])
	if err != nil {
		return accepted, err
	}
	if len(members) == 0 {
		return noReceiver, nil
	}
	deliveries, err := s.protocol.Deliveries(members, message, time.Now())
	if err != nil {
		return accepted, err
	}
	s.sent = nil
	keys, dropped := 0, int64(0)
	for _, delivery := range deliveries {
		s.sent = append(s.sent, delivery)
		s.over[delivery.Shard].leaving(s.removal(delivery.Shard)...)
		results, err = s.transaction(ctx, delivery.Shard, core.DeliverPacket(delivery, time.Now(), options.Expiry))
		if err != nil {
			return accepted, err
		}
		full, _ := results[len(results)-1].Value.(int64)
		keys, dropped = keys+len(delivery.Keys), dropped+full
	}
	if dropped >= int64(keys) {
		return full, nil
	}
	return accepted, nil
}

func (s *stored) send(ctx context.Context, message channellayer.Message) (putting, error) {
	key, options := s.protocol.ChannelKey(s.channel), s.protocol.Options()
	member, err := s.protocol.Encode(s.channel, message, time.Now())
	if err != nil {
		return accepted, err
	}
	replies, err := s.over[s.home].conn.Exchange(ctx, core.Trim(key, time.Now(), options.Expiry), core.Count(key))
	if err != nil {
		return accepted, err
	}
	if count, ok := replies[1].Value.(int64); ok && count >= s.protocol.Capacity(s.channel) {
		return full, nil
	}
	s.sent = []core.Delivery{{Shard: s.home, Keys: []string{key}, Members: [][]byte{member}}}
	s.over[s.home].leaving(s.removal(s.home)...)
	_, err = s.transaction(ctx, s.home, core.SendPacket(key, member, time.Now(), options.Expiry))
	return accepted, err
}

func (s *stored) transaction(ctx context.Context, shard int, packet []channellayer.Command) ([]channellayer.Reply, error) {
	replies, err := s.over[shard].conn.Exchange(ctx, packet...)
	if err != nil {
		return nil, err
	}
	return core.ReadTransaction(replies)
}

// removal takes out what was sent to a host, by its exact bytes.
func (s *stored) removal(shard int) []channellayer.Command {
	var commands []channellayer.Command
	for _, sent := range s.sent {
		if sent.Shard != shard {
			continue
		}
		for i, key := range sent.Keys {
			commands = append(commands, channellayer.Command{"ZREM", key, sent.Members[i]})
		}
	}
	return commands
}

func (s *stored) tidy(ctx context.Context) (left bool, err error) {
	var awaited []string
	for _, channel := range s.fresh {
		awaited = append(awaited, s.protocol.ChannelKey(channel))
	}
	for _, sent := range s.sent {
		replies, err := s.over[sent.Shard].conn.Exchange(ctx, s.removal(sent.Shard)...)
		if err != nil {
			return false, err
		}
		s.over[sent.Shard].leaving()
		for i, reply := range replies {
			removed, _ := reply.Value.(int64)
			left = left || removed > 0 && (s.channel != "" || slices.Contains(awaited, sent.Keys[i]))
		}
	}
	return left, nil
}

// published is the way into a pub/sub layer, which keeps nothing.
type published struct {
	conn     channellayer.Conn
	protocol *pubsub.Protocol
	channel  string // as Redis names it
}

func (p *published) before(context.Context) error { return nil }

func (p *published) look(context.Context) (joining, error) { return unclear, nil }

func (p *published) put(ctx context.Context, message channellayer.Message) (putting, error) {
	payload, err := p.protocol.Encode(message, time.Now())
	if err != nil {
		return accepted, err
	}
	replies, err := p.conn.Exchange(ctx, pubsub.Publish(p.channel, payload))
	if err != nil {
		return accepted, err
	}
	if replies[0].Err != nil {
		return accepted, replies[0].Err
	}
	if receivers, _ := replies[0].Value.(int64); receivers == 0 {
		return noReceiver, nil
	}
	return accepted, nil
}

func (p *published) tidy(context.Context) (left bool, err error) { return false, nil }

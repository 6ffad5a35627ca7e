package delivery

import (
	"context"
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

// way makes the way of a request. The error is a [*channellayer.OptionError].
func (r Request) way(conn channellayer.Conn, leaving redisprobe.Leaving) (way, error) {
	backend, options := channelconfig.Core, channellayer.Defaults()
	if layer := r.Redis.Layer; layer != nil {
		backend, options = layer.Backend, layer.Options
	}
	if backend == channelconfig.PubSub {
		protocol, err := pubsub.NewProtocol(options, 1)
		if err != nil {
			return nil, err
		}
		channel := r.Channel
		if channel == "" {
			channel = protocol.GroupChannel(r.group())
		}
		return &published{conn: conn, protocol: protocol, channel: channel}, nil
	}
	protocol, err := core.NewProtocol(options, 1)
	if err != nil {
		return nil, err
	}
	return &stored{conn: conn, leaving: leaving, protocol: protocol, channel: r.Channel, group: r.group()}, nil
}

// stored is the way into a core layer.
type stored struct {
	conn     channellayer.Conn
	leaving  redisprobe.Leaving
	protocol *core.Protocol
	channel  string // "" for a group
	group    string
	earlier  []string // members before the WebSocket was opened
	fresh    []string // and those that came with it
	sent     core.Delivery
}

func (s *stored) members(ctx context.Context) ([]string, error) {
	replies, err := s.conn.Exchange(ctx, core.Members(s.protocol.GroupKey(s.group)))
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
	results, err := s.transaction(ctx, core.MembersPacket(s.protocol.GroupKey(s.group), time.Now(), options.GroupExpiry))
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
	// There is one host, so that there is one delivery.
	s.sent = deliveries[0]
	s.leaving(s.removal()...)
	results, err = s.transaction(ctx, core.DeliverPacket(s.sent, time.Now(), options.Expiry))
	if err != nil {
		return accepted, err
	}
	if dropped, _ := results[len(results)-1].Value.(int64); dropped >= int64(len(s.sent.Keys)) {
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
	replies, err := s.conn.Exchange(ctx, core.Trim(key, time.Now(), options.Expiry), core.Count(key))
	if err != nil {
		return accepted, err
	}
	if count, ok := replies[1].Value.(int64); ok && count >= s.protocol.Capacity(s.channel) {
		return full, nil
	}
	s.sent = core.Delivery{Keys: []string{key}, Members: [][]byte{member}}
	s.leaving(s.removal()...)
	_, err = s.transaction(ctx, core.SendPacket(key, member, time.Now(), options.Expiry))
	return accepted, err
}

func (s *stored) transaction(ctx context.Context, packet []channellayer.Command) ([]channellayer.Reply, error) {
	replies, err := s.conn.Exchange(ctx, packet...)
	if err != nil {
		return nil, err
	}
	return core.ReadTransaction(replies)
}

// removal takes out what was sent, by its exact bytes.
func (s *stored) removal() []channellayer.Command {
	commands := make([]channellayer.Command, 0, len(s.sent.Keys))
	for i, key := range s.sent.Keys {
		commands = append(commands, channellayer.Command{"ZREM", key, s.sent.Members[i]})
	}
	return commands
}

func (s *stored) tidy(ctx context.Context) (left bool, err error) {
	if len(s.sent.Keys) == 0 {
		return false, nil
	}
	var awaited []string
	for _, channel := range s.fresh {
		awaited = append(awaited, s.protocol.ChannelKey(channel))
	}
	replies, err := s.conn.Exchange(ctx, s.removal()...)
	if err != nil {
		return false, err
	}
	s.leaving()
	for i, reply := range replies {
		removed, _ := reply.Value.(int64)
		left = left || removed > 0 && (s.channel != "" || slices.Contains(awaited, s.sent.Keys[i]))
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

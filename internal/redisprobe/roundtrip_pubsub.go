package redisprobe

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// operationUnsubscribe is how a process of a pub/sub layer ends.
const operationUnsubscribe = "group_discard"

// arriveWithin is how long a published message may take, once Redis has said
// that it is published.
const arriveWithin = time.Second

// pubSubTrip is a round trip of the pub/sub layer. It leaves nothing: what is
// published is kept nowhere.
type pubSubTrip struct {
	*trip
	protocol *pubsub.Protocol
	group    string // as a channel of Redis
	members  [groupMembers]*pubSubMember
}

// pubSubMember is a simulated process with a channel of its own.
type pubSubMember struct {
	channel  string
	other    *attempt // its connection
	listener *transport.Listener
}

func (t *trip) pubSub(ctx context.Context, options channellayer.Options, with *companions) *problem {
	protocol, err := pubsub.NewProtocol(options, 1)
	if err != nil {
		return t.a.tripNotTried()
	}
	c := &pubSubTrip{trip: t, protocol: protocol, group: protocol.GroupChannel("tfcheck-" + tripName())}
	for i := range c.members {
		c.members[i] = &pubSubMember{channel: protocol.ChannelName("specific.tfcheck", tripName())}
	}
	for i, m := range c.members {
		m.other = with.opened[i]
		m.listener = transport.Listen(m.other.plain, t.a.loginCalls().commands()...)
	}
	defer func() {
		for _, m := range c.members {
			_ = m.listener.Close()
		}
	}()
	return c.run(ctx)
}

func (c *pubSubTrip) run(ctx context.Context) *problem {
	if p := c.each(ctx, func(i int) *problem { return c.join(ctx, c.members[i]) }); p != nil {
		return p
	}
	if p := c.direct(ctx); p != nil {
		return p
	}
	if p := c.toGroup(ctx); p != nil {
		return p
	}
	return c.each(ctx, func(i int) *problem { return c.leave(ctx, c.members[i]) })
}

// join subscribes to the member's channel and to the group, and waits until
// Redis has acknowledged both: Python does not wait, and only logs a refusal.
func (c *pubSubTrip) join(ctx context.Context, m *pubSubMember) *problem {
	own := call{operation: operationReceive, command: channellayer.Command{"SUBSCRIBE", m.channel}}
	shared := call{operation: operationGroupAdd, command: channellayer.Command{"SUBSCRIBE", c.group}, group: true}
	for _, channel := range []string{m.channel, c.group} {
		if err := m.listener.Subscribe(ctx, channel); err != nil {
			return c.failed(ctx, m, call{operation: operationLogin, command: channellayer.Command{"AUTH"}}, err)
		}
	}
	for _, wanted := range []call{own, shared} {
		event, err := m.listener.Receive(ctx)
		if err != nil {
			return c.failed(ctx, m, wanted, err)
		}
		if event.Kind != channellayer.Subscribed || event.Channel != wanted.command[1] {
			return c.refusal(ctx, rejection{call: wanted})
		}
	}
	return nil
}

// leave unsubscribes from both.
func (c *pubSubTrip) leave(ctx context.Context, m *pubSubMember) *problem {
	leaving := call{operation: operationUnsubscribe, command: channellayer.Command{"UNSUBSCRIBE", m.channel}}
	if err := m.listener.Unsubscribe(ctx, m.channel, c.group); err != nil {
		return c.failed(ctx, m, leaving, err)
	}
	for range 2 {
		if _, err := m.listener.Receive(ctx); err != nil {
			return c.failed(ctx, m, leaving, err)
		}
	}
	return nil
}

// failed is an error of a member's connection, or a reply on it.
func (c *pubSubTrip) failed(ctx context.Context, m *pubSubMember, at call, err error) *problem {
	var reply *channellayer.ReplyError
	if !errors.As(err, &reply) {
		return c.a.tripBroken(ctx, m.other.plain, at.operation, err)
	}
	bad := rejection{call: at, text: reply.Text}
	if at.command.Name() == "SUBSCRIBE" && bad.denied() == deniedChannel && !at.group {
		bad.appToo = c.refusesApp(ctx, m)
	}
	return c.refusal(ctx, bad)
}

// refusesApp reports whether a name as the app makes them is refused as well: to
// listen to it disturbs nobody, as it is nobody's.
func (c *pubSubTrip) refusesApp(ctx context.Context, m *pubSubMember) bool {
	// The reply to the group's SUBSCRIBE is under way.
	_, _ = m.listener.Receive(ctx)
	if err := m.listener.Subscribe(ctx, c.protocol.ChannelName("specific.", appLikeName())); err != nil {
		return false
	}
	_, err := m.listener.Receive(ctx)
	var reply *channellayer.ReplyError
	return errors.As(err, &reply)
}

func (c *pubSubTrip) direct(ctx context.Context) *problem {
	to, started := c.members[0], time.Now()
	if p := c.publish(ctx, operationSend, to.channel, directMessage()); p != nil {
		return p
	}
	arrived, p := c.await(ctx, to, to.channel, directMessage())
	if p != nil {
		return p
	}
	if arrived != intact {
		return c.a.notDelivered(arrived == changed)
	}
	c.report.Direct, c.report.DirectTook = true, time.Since(started)
	return nil
}

func (c *pubSubTrip) toGroup(ctx context.Context) *problem {
	started := time.Now()
	if p := c.publish(ctx, operationGroupSend, c.group, groupMessage()); p != nil {
		return p
	}
	var mu sync.Mutex
	p := c.each(ctx, func(i int) *problem {
		arrived, p := c.await(ctx, c.members[i], c.group, groupMessage())
		if p == nil && arrived == intact {
			mu.Lock()
			defer mu.Unlock()
			c.report.GroupMembers++
			c.report.GroupTook = time.Since(started)
		}
		return p
	})
	if p == nil && c.report.GroupMembers < groupMembers {
		p = c.a.groupNotDelivered(c.report.GroupMembers)
	}
	return p
}

func (c *pubSubTrip) publish(ctx context.Context, operation, channel string, message channellayer.Message) *problem {
	payload, err := c.protocol.Encode(message, time.Now())
	if err != nil {
		return c.a.tripNotTried()
	}
	p := calls(operation, pubsub.Publish(channel, payload))
	p[0].group = channel == c.group
	_, failure := c.exchange(ctx, p)
	return failure
}

// arrival is what came of a message.
type arrival int

const (
	nothing arrival = iota
	changed
	intact
)

// await waits for a message that has been published.
func (c *pubSubTrip) await(ctx context.Context, m *pubSubMember, channel string, sent channellayer.Message) (arrival, *problem) {
	bounded, cancel := context.WithTimeout(ctx, arriveWithin)
	defer cancel()
	own, _ := bounded.Deadline()
	whole, limited := ctx.Deadline()
	event, err := m.listener.Receive(bounded)
	switch {
	case err != nil && isTimeout(err) && ctx.Err() == nil && (!limited || own.Before(whole)):
		return nothing, nil
	case err != nil:
		return nothing, c.failed(ctx, m, call{operation: operationReceive, command: channellayer.Command{"SUBSCRIBE"}}, err)
	}
	got, err := c.protocol.Decode(event.Payload, time.Now())
	if err != nil || event.Channel != channel || !sameMessage(got, sent) {
		return changed, nil
	}
	return intact, nil
}

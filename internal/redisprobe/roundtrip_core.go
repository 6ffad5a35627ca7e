package redisprobe

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// Operations, as the layer's methods in Python.
const (
	operationConnect      = "opening another connection"
	operationLogin        = "the login"
	operationReceive      = "receive"
	operationSend         = "send"
	operationGroupAdd     = "group_add"
	operationGroupSend    = "group_send"
	operationGroupDiscard = "group_discard"
	operationCleanup      = "the removal of the check's own keys"
)

// coreTrip is a round trip of the core layer. Every packet that writes is a
// transaction with the EXPIRE of what it writes.
type coreTrip struct {
	*trip
	protocol *core.Protocol
	group    string // its key
	members  [groupMembers]*coreMember
	now      func() time.Time
	// joined are the channels in the group; wrote: there may be keys.
	joined []string
	wrote  bool
}

// coreMember is a simulated process with a channel of its own.
type coreMember struct {
	channel, key string
	other        *attempt // its connection
	conn         *transport.Single
	waiting      *transport.Pending
	packet       packet // what it waits for the replies to
	heard        <-chan struct{}
}

func (t *trip) core(ctx context.Context, options channellayer.Options, with *companions) *problem {
	protocol, err := core.NewProtocol(options, 1)
	if err != nil {
		return t.a.tripNotTried()
	}
	c := &coreTrip{trip: t, protocol: protocol, now: time.Now, group: protocol.GroupKey("tfcheck-" + tripName())}
	for i := range c.members {
		m := &coreMember{channel: "specific.tfcheck" + tripName() + "!" + tripName()[:2]}
		m.key = protocol.ChannelKey(m.channel)
		c.members[i] = m
	}
	ctx, cancel := context.WithCancel(ctx)
	for i, m := range c.members {
		m.other, m.conn = with.opened[i], transport.Open(with.opened[i].plain)
	}
	defer func() {
		cancel()
		for _, m := range c.members {
			m.end()
		}
	}()
	return c.run(ctx)
}

// run goes through all operations in four round trips: listen and join the
// group; send to one; send to the group; confirm, leave and remove.
func (c *coreTrip) run(ctx context.Context) *problem {
	if p := c.rehearse(ctx); p != nil {
		return p
	}
	for _, m := range c.members {
		m.heard = m.other.plain.listen()
		m.begin(ctx, append(c.a.loginCalls(), c.listening(m)...))
	}
	c.a.last.Store(&lastWords{conn: c.a.plain, text: c.removal()})
	var p *problem
	for _, step := range []func(context.Context) *problem{c.join, c.direct, c.toGroup, c.finish} {
		if p = step(ctx); p != nil {
			break
		}
	}
	if p != nil && c.wrote {
		c.tidy(ctx)
	}
	if ctx.Err() != nil {
		c.a.hangUp() // waits for one that is under way: the connection is needed for it
	}
	c.a.last.Store(nil)
	return p
}

// rehearse proves, where the rights of the user could not be learned, that
// transactions and expiries are his before anything is written: where MULTI is
// refused, what follows it in the packet runs by itself, and a key without its
// EXPIRE would stay for good. The key is not there, so nothing changes.
func (c *coreTrip) rehearse(ctx context.Context) *problem {
	if c.a.rightsKnown {
		return nil
	}
	_, p := c.exchange(ctx, transaction(groupCalls(operationGroupAdd, core.Expire(c.group, tripExpiry))))
	return p
}

// listening is receive() until a message comes.
func (c *coreTrip) listening(m *coreMember) packet {
	restore := transaction(calls(operationReceive, core.Restore(m.key), core.Expire(m.key, tripExpiry)))
	return append(restore, calls(operationReceive, core.Pop(m.key, blockSeconds))...)
}

// confirming is what receive() does with a message that came. Python sends the
// EXPIRE of no backup, and the ZPOPMIN apart, behind the caller's back.
func (c *coreTrip) confirming(m *coreMember, popped core.Popped) packet {
	return transaction(calls(operationReceive,
		core.Backup(m.key, popped), core.Expire(core.BackupKey(m.key), tripExpiry), core.Confirm(m.key)))
}

// join has both members join the group, and meanwhile waits until they are
// blocked: Redis answers what came before their reads only when it has come to
// the end of the packet, which is the read.
func (c *coreTrip) join(ctx context.Context) *problem {
	var joining packet
	for _, m := range c.members {
		joining = append(joining, groupCalls(operationGroupAdd,
			core.Add(c.group, []byte(m.channel), c.now()), core.Expire(c.group, tripExpiry))...)
	}
	c.wrote = true // also where the packet is refused in part
	_, p := c.exchange(ctx, transaction(joining))
	if p != nil {
		return p
	}
	for _, m := range c.members {
		select {
		case <-m.heard:
		case <-m.waiting.Done(): // what is wrong comes to light when it is awaited
		}
	}
	return nil
}

// direct sends a message to the first member. In the same packet goes what
// group_send() begins with: who is in the group.
func (c *coreTrip) direct(ctx context.Context) *problem {
	to, now, started := c.members[0], c.now(), time.Now()
	message, err := c.protocol.Encode(to.channel, directMessage(), now)
	if err != nil {
		return c.a.tripNotTried()
	}
	results, p := c.exchange(ctx, transaction(calls(operationSend,
		core.Trim(to.key, now, tripExpiry), core.Count(to.key), core.Add(to.key, message, now), core.Expire(to.key, tripExpiry)),
		groupCalls(operationGroupSend, core.Trim(c.group, now, tripExpiry), core.Members(c.group))))
	if p != nil {
		return p
	}
	if c.joined, err = core.ReadMembers(results[len(results)-1]); err != nil {
		return c.a.groupNotDelivered(0)
	}
	popped, p := c.await(ctx, to)
	if p != nil {
		return p
	}
	if popped == nil || !c.holds(popped, to, directMessage()) {
		return c.a.notDelivered(popped != nil)
	}
	c.report.Direct, c.report.DirectTook = true, time.Since(started)
	// It reads on, and is blocked again when the group's message comes.
	to.begin(ctx, append(c.confirming(to, *popped), c.listening(to)...))
	return nil
}

// toGroup sends a message to the group and waits until both members have it.
func (c *coreTrip) toGroup(ctx context.Context) *problem {
	started := time.Now()
	now := c.now()
	deliveries, err := c.protocol.Deliveries(c.joinedMembers(), groupMessage(), now)
	if err != nil {
		return c.a.tripNotTried()
	}
	for _, delivery := range deliveries {
		var trims []channellayer.Command
		for _, key := range delivery.Keys {
			trims = append(trims, core.Trim(key, now, tripExpiry))
		}
		if _, p := c.exchange(ctx, transaction(calls(operationGroupSend, append(trims, core.Deliver(delivery, now, tripExpiry))...))); p != nil {
			return p
		}
	}
	return c.arrivals(ctx, started)
}

// joinedMembers are the members that Redis says are in the group: whatever else
// it might say is none of ours to send to.
func (c *coreTrip) joinedMembers() []string {
	var ours []string
	for _, m := range c.members {
		if slices.Contains(c.joined, m.channel) {
			ours = append(ours, m.channel)
		}
	}
	return ours
}

// arrivals waits for the group's message at every member.
func (c *coreTrip) arrivals(ctx context.Context, started time.Time) *problem {
	var mu sync.Mutex
	p := c.each(ctx, func(i int) *problem {
		m := c.members[i]
		popped, p := c.await(ctx, m)
		if p != nil || popped == nil || !c.holds(popped, m, groupMessage()) {
			return p
		}
		mu.Lock()
		c.report.GroupMembers++
		c.report.GroupTook = time.Since(started)
		mu.Unlock()
		// The last thing that it does: it confirms, and its keys go.
		m.begin(ctx, append(c.confirming(m, *popped), c.removing(m)...))
		return nil
	})
	if p != nil {
		return p
	}
	if c.report.GroupMembers < groupMembers {
		return c.a.groupNotDelivered(c.report.GroupMembers)
	}
	return nil
}

// removing deletes a member's keys by their names.
func (c *coreTrip) removing(m *coreMember) packet {
	return calls(operationCleanup, core.Delete(m.key), core.Delete(core.BackupKey(m.key)))
}

// finish has the members leave the group, and waits for what they still do.
func (c *coreTrip) finish(ctx context.Context) *problem {
	var leaving packet
	for _, m := range c.members {
		leaving = append(leaving, groupCalls(operationGroupDiscard, core.Discard(c.group, m.channel))...)
	}
	_, p := c.exchange(ctx, append(leaving, calls(operationCleanup, core.Delete(c.group))...))
	for _, m := range c.members {
		if _, q := c.replies(ctx, m); q != nil && p == nil {
			p = q
		}
	}
	return p
}

// await waits for the message to a member, nil if it does not come: a read that
// began after it was sent found nothing.
func (c *coreTrip) await(ctx context.Context, m *coreMember) (*core.Popped, *problem) {
	for again := range 2 {
		if again > 0 {
			m.begin(ctx, calls(operationReceive, core.Pop(m.key, blockSeconds)))
		}
		results, p := c.replies(ctx, m)
		if p != nil {
			return nil, p
		}
		popped, err := core.ReadPop(results[len(results)-1])
		if err != nil {
			return nil, c.refusal(ctx, rejection{call: m.packet[len(m.packet)-1]})
		}
		if popped != nil {
			return popped, nil
		}
	}
	return nil, nil
}

// replies waits for the replies to what a member has begun.
func (c *coreTrip) replies(ctx context.Context, m *coreMember) ([]channellayer.Reply, *problem) {
	replies, err := m.waiting.Wait()
	if err != nil {
		return nil, c.a.tripBroken(ctx, m.other.plain, operationReceive, err)
	}
	results, bad := m.packet.read(replies)
	if bad != nil {
		return nil, c.refusal(ctx, *bad)
	}
	return results, nil
}

// holds reports whether what a member received is what was sent to it.
func (c *coreTrip) holds(popped *core.Popped, m *coreMember, sent channellayer.Message) bool {
	got, channels, err := c.protocol.Decode(popped.Member, c.now())
	return err == nil && sameMessage(got, sent) && len(channels) == 1 && channels[0] == m.channel
}

// begin writes a packet and does not wait for the replies.
func (m *coreMember) begin(ctx context.Context, p packet) {
	m.packet = p
	m.waiting = m.conn.Begin(ctx, p.commands()...)
}

// end waits until nothing is under way; the context has ended.
func (m *coreMember) end() {
	if m.waiting != nil {
		_, _ = m.waiting.Wait()
	}
	_ = m.conn.Close()
}

// keys are all that a round trip ever writes.
func (c *coreTrip) keys() []string {
	keys := []string{c.group}
	for _, m := range c.members {
		keys = append(keys, m.key, core.BackupKey(m.key))
	}
	return keys
}

// removal deletes each key by a command of its own: in a Cluster one command
// may not name several.
func (c *coreTrip) removal() []byte {
	var text []byte
	for _, key := range c.keys() {
		text = append(text, respCommand("DEL", key)...)
	}
	return text
}

// tidy removes what a round trip that failed may have left. What it cannot
// remove expires.
func (c *coreTrip) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tidyWithin)
	defer cancel()
	var commands []channellayer.Command
	for _, key := range c.keys() {
		commands = append(commands, core.Delete(key))
	}
	_, _ = c.main.Exchange(ctx, commands...)
}

package core

import (
	"context"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// GroupAdd is group_add(). Errors as of [Layer.Send].
func (l *Layer) GroupAdd(ctx context.Context, group, channel string) error {
	if err := checkMembership(group, channel); err != nil {
		return err
	}
	key, op := l.GroupKey(group), l.operation("group_add", l.GroupShard(group))
	if _, err := op.run(ctx, Add(key, []byte(channel), l.now())); err != nil {
		return err
	}
	_, err := op.run(ctx, Expire(key, l.options.GroupExpiry))
	return err
}

// GroupDiscard is group_discard(). Errors as of [Layer.Send].
func (l *Layer) GroupDiscard(ctx context.Context, group, channel string) error {
	if err := checkMembership(group, channel); err != nil {
		return err
	}
	_, err := l.operation("group_discard", l.GroupShard(group)).run(ctx, Discard(l.GroupKey(group), channel))
	return err
}

func checkMembership(group, channel string) error {
	if err := channellayer.CheckGroupName(group); err != nil {
		return err
	}
	return channellayer.CheckChannelName(channel)
}

// GroupResult is what became of a group message.
type GroupResult struct {
	// Channels are those in the group.
	Channels int
	// OverCapacity is for how many keys the message was dropped because they were
	// full. Python only logs it.
	OverCapacity int64
}

// GroupSend is group_send(). Errors as of [Layer.Send], but never
// [channellayer.ErrChannelFull].
func (l *Layer) GroupSend(ctx context.Context, group string, message channellayer.Message) (GroupResult, error) {
	if err := channellayer.CheckGroupName(group); err != nil {
		return GroupResult{}, err
	}
	key, op := l.GroupKey(group), l.operation("group_send", l.GroupShard(group))
	if _, err := op.run(ctx, Trim(key, l.now(), l.options.GroupExpiry)); err != nil {
		return GroupResult{}, err
	}
	reply, err := op.run(ctx, Members(key))
	if err != nil {
		return GroupResult{}, err
	}
	channels, err := ReadMembers(reply)
	if err != nil {
		return GroupResult{}, op.failed("ZRANGE", err)
	}
	for _, channel := range channels {
		if !utf8.ValidString(channel) {
			return GroupResult{}, op.failed("ZRANGE", &channellayer.DecodeError{Reason: channellayer.DataNotUTF8})
		}
	}
	deliveries, err := l.Deliveries(channels, message, l.now())
	if err != nil {
		return GroupResult{}, err
	}
	result := GroupResult{Channels: len(channels)}
	for _, delivery := range deliveries {
		// The connection is set to the delivery's shard only after this: what is too
		// old is removed on the group's shard, then on that of the delivery before
		// (core.py 4.3.0, group_send, "pipe = connection.pipeline()").
		if err := op.trim(ctx, delivery); err != nil {
			return result, err
		}
		op = l.operation("group_send", delivery.Shard)
		reply, err := op.run(ctx, Deliver(delivery, l.now(), l.options.Expiry))
		if err != nil {
			return result, err
		}
		full, ok := reply.Value.(int64)
		if !ok {
			return result, op.failed("EVAL", unexpected())
		}
		result.OverCapacity += full
	}
	return result, nil
}

// trim removes messages that are too old from the keys of a delivery.
func (o operation) trim(ctx context.Context, d Delivery) error {
	list := make([]channellayer.Command, 0, len(d.Keys))
	for _, key := range d.Keys {
		list = append(list, Trim(key, o.layer.now(), o.layer.options.Expiry))
	}
	replies, err := o.exchange(ctx, "ZREMRANGEBYSCORE", Transaction(list...)...)
	if err != nil {
		return err
	}
	if _, err := ReadTransaction(replies); err != nil {
		return o.failed("ZREMRANGEBYSCORE", err)
	}
	return nil
}

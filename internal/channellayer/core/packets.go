package core

import (
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

// The packets below are for probes: each is one write to the connection, and a
// transaction, so that whatever is cut off, no key is left without an expiry.
// Python sends the same commands one by one, and leaves $inflight without an
// expiry for as long as a process is killed before it has confirmed: that one
// EXPIRE is what these add to its protocol. Their replies are read with
// [ReadTransaction].

// GroupAddPacket is group_add().
func GroupAddPacket(groupKey, channel string, now time.Time, groupExpiry int64) []channellayer.Command {
	return Transaction(Add(groupKey, []byte(channel), now), Expire(groupKey, groupExpiry))
}

// SendPacket is send() to a channel that is not full. The second of the results
// is how many messages the channel held, an int64.
func SendPacket(key string, member []byte, now time.Time, expiry int64) []channellayer.Command {
	return Transaction(Trim(key, now, expiry), Count(key), Add(key, member, now), Expire(key, expiry))
}

// RestorePacket is what receive() begins with. If the backup held a message, it
// is back in the channel, which then expires.
func RestorePacket(key string, expiry int64) []channellayer.Command {
	return Transaction(Restore(key), Expire(key, expiry))
}

// BackupPacket is what receive() does with a message that came.
func BackupPacket(key string, message Popped, expiry int64) []channellayer.Command {
	return Transaction(Backup(key, message), Expire(BackupKey(key), expiry))
}

// MembersPacket is what group_send() begins with: the group's channels are the
// second of the results.
func MembersPacket(groupKey string, now time.Time, groupExpiry int64) []channellayer.Command {
	return Transaction(Trim(groupKey, now, groupExpiry), Members(groupKey))
}

// DeliverPacket is the rest of group_send() for one shard: messages that are too
// old go, the new ones come. The last of the results is how many channels were
// full, an int64.
func DeliverPacket(d Delivery, now time.Time, expiry int64) []channellayer.Command {
	list := make([]channellayer.Command, 0, len(d.Keys)+1)
	for _, key := range d.Keys {
		list = append(list, Trim(key, now, expiry))
	}
	return Transaction(append(list, Deliver(d, now, expiry))...)
}

package core

import (
	"strconv"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

type command = channellayer.Command

// Trim removes what is older than so many seconds: send() and group_send() from
// a channel, group_send() from a group.
func Trim(key string, now time.Time, seconds int64) channellayer.Command {
	return command{"ZREMRANGEBYSCORE", key, int64(0), now.Unix() - seconds}
}

// Count asks how many messages a channel holds. The reply is an int64.
func Count(key string) channellayer.Command { return command{"ZCOUNT", key, "-inf", "+inf"} }

// Add adds a message to a channel, or a channel's name to a group.
func Add(key string, member []byte, now time.Time) channellayer.Command {
	return command{"ZADD", key, channellayer.Score(now), member}
}

// Expire bounds how long a key lives, in seconds.
func Expire(key string, seconds int64) channellayer.Command { return command{"EXPIRE", key, seconds} }

// Restore puts what was received and not confirmed back into the channel.
func Restore(key string) channellayer.Command {
	return command{"EVAL", restoreScript, int64(0), key, BackupKey(key)}
}

// Pop waits for a message so many seconds, 0 for ever. See [ReadPop].
func Pop(key string, seconds int64) channellayer.Command { return command{"BZPOPMIN", key, seconds} }

// Backup keeps a message that was received until it is confirmed.
func Backup(key string, message Popped) channellayer.Command {
	return command{"ZADD", BackupKey(key), message.score, message.Member}
}

// Confirm removes the oldest message from the backup.
func Confirm(key string) channellayer.Command { return command{"ZPOPMIN", BackupKey(key)} }

// Discard takes a channel out of a group.
func Discard(groupKey, channel string) channellayer.Command {
	return command{"ZREM", groupKey, channel}
}

// Members asks for a group's channels. See [ReadMembers].
func Members(groupKey string) channellayer.Command {
	return command{"ZRANGE", groupKey, int64(0), int64(-1)}
}

// Deliver adds messages to channels that are not full, expiry included. The
// reply is how many were full, an int64.
func Deliver(d Delivery, now time.Time, expiry int64) channellayer.Command {
	c := command{"EVAL", deliverScript, int64(len(d.Keys))}
	for _, key := range d.Keys {
		c = append(c, key)
	}
	for _, member := range d.Members {
		c = append(c, member)
	}
	for _, capacity := range d.Capacities {
		c = append(c, capacity)
	}
	return append(c, channellayer.Score(now), expiry)
}

// Delete removes keys by their exact names.
func Delete(keys ...string) channellayer.Command {
	c := command{"DEL"}
	for _, key := range keys {
		c = append(c, key)
	}
	return c
}

// Transaction puts MULTI and EXEC around commands, as redis-py's pipeline does.
// All but the last reply are "OK" and "QUEUED"; that of EXEC is a []any of
// theirs: see [ReadTransaction].
func Transaction(commands ...channellayer.Command) []channellayer.Command {
	list := append([]channellayer.Command{{"MULTI"}}, commands...)
	return append(list, command{"EXEC"})
}

// Popped is a message that BZPOPMIN took from a channel.
type Popped struct {
	Member []byte
	score  string
}

// ReadPop is the reply to [Pop], nil if no message came in time. The error is a
// [*channellayer.ReplyError] or a [*channellayer.DecodeError].
func ReadPop(reply channellayer.Reply) (*Popped, error) {
	if reply.Err != nil || reply.Value == nil {
		return nil, reply.Err
	}
	parts, ok := reply.Value.([]any)
	if !ok || len(parts) != 3 {
		return nil, unexpected()
	}
	member, isText := parts[1].(string)
	score, isScore := parts[2].(string)
	number, err := strconv.ParseFloat(score, 64)
	if !isText || !isScore || err != nil {
		return nil, unexpected()
	}
	return &Popped{Member: []byte(member), score: pyFloat(number)}, nil
}

// pyFloat is repr() of a score that redis-py read as a float.
func pyFloat(f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	for _, r := range text {
		if r == '.' {
			return text
		}
	}
	return text + ".0"
}

// ReadMembers is the reply to [Members]. The error is a
// [*channellayer.ReplyError] or a [*channellayer.DecodeError].
func ReadMembers(reply channellayer.Reply) ([]string, error) {
	if reply.Err != nil {
		return nil, reply.Err
	}
	values, ok := reply.Value.([]any)
	if !ok {
		return nil, unexpected()
	}
	channels := make([]string, 0, len(values))
	for _, value := range values {
		channel, ok := value.(string)
		if !ok {
			return nil, unexpected()
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// ReadTransaction are the replies to the commands of a [Transaction], from all
// of its replies: the first error that there is, or one for each command. The
// error is a [*channellayer.ReplyError] or a [*channellayer.DecodeError].
func ReadTransaction(replies []channellayer.Reply) ([]channellayer.Reply, error) {
	for _, reply := range replies {
		if reply.Err != nil {
			return nil, reply.Err
		}
	}
	if len(replies) < 2 {
		return nil, unexpected()
	}
	values, ok := replies[len(replies)-1].Value.([]any)
	if !ok || len(values) != len(replies)-2 {
		return nil, unexpected()
	}
	results := make([]channellayer.Reply, len(values))
	for i, value := range values {
		if refused, ok := value.(*channellayer.ReplyError); ok {
			return nil, refused
		}
		results[i].Value = value
	}
	return results, nil
}

func unexpected() error { return &channellayer.DecodeError{Reason: channellayer.ReplyUnexpected} }

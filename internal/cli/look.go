package cli

import (
	"errors"
	"strconv"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// look is a question about a group or a channel that was asked for by name.
type look struct {
	kind     channellayer.NameKind
	name     string
	shard    int
	commands []channellayer.Command
	capacity int64
}

// looks are the questions of a plan. The commands only count, and are among
// those that the core layer itself needs, so that its least-privilege user may
// send them; for pub/sub that user lacks PUBSUB.
func (p plan) looks(now time.Time) []look {
	var looks []look
	if p.options.group != "" {
		looks = append(looks, p.lookAt(channellayer.GroupName, p.options.group, now))
	}
	if p.options.channel != "" {
		looks = append(looks, p.lookAt(channellayer.ChannelName, p.options.channel, now))
	}
	return looks
}

func (p plan) lookAt(kind channellayer.NameKind, name string, now time.Time) look {
	l := look{kind: kind, name: name}
	switch p.backend() {
	case channelconfig.PubSub:
		l.askPubSub(p.layer, len(p.requests))
	case channelconfig.Core:
		l.askCore(p.layer, len(p.requests), now)
	}
	return l
}

// askCore: group_send removes members that are as old as group_expiry, and
// send messages that are as old as expiry, before they count (core.py of
// channels_redis 4.3.0).
func (l *look) askCore(options channellayer.Options, hosts int, now time.Time) {
	protocol, err := core.NewProtocol(options, hosts)
	if err != nil {
		return
	}
	since := func(key string, seconds int64) channellayer.Command {
		return channellayer.Command{"ZCOUNT", key, "(" + strconv.FormatInt(now.Unix()-seconds, 10), "+inf"}
	}
	if l.kind == channellayer.GroupName {
		key := protocol.GroupKey(l.name)
		l.shard = protocol.GroupShard(l.name)
		l.commands = []channellayer.Command{since(key, options.GroupExpiry), core.Count(key)}
		return
	}
	key := protocol.ChannelKey(l.name)
	l.shard = protocol.ReceiveShard(l.name)
	l.capacity = protocol.Capacity(l.name)
	l.commands = []channellayer.Command{since(key, options.Expiry), core.Count(key), core.Count(core.BackupKey(key))}
}

// askPubSub asks how many connections listen: pub/sub keeps neither members nor
// messages.
func (l *look) askPubSub(options channellayer.Options, hosts int) {
	protocol, err := pubsub.NewProtocol(options, hosts)
	if err != nil {
		return
	}
	channel := l.name
	if l.kind == channellayer.GroupName {
		channel = protocol.GroupChannel(l.name)
	}
	l.shard = protocol.Shard(channel)
	l.commands = []channellayer.Command{{"PUBSUB", "NUMSUB", channel}}
}

// Looked is what a group or a channel was found to be. What the backend does
// not have is absent.
type Looked struct {
	Name string `json:"name"`
	// Status is passed where it was found out.
	Status finding.Status `json:"status"`
	// Reason is why it was not.
	Reason string `json:"reason,omitempty"`
	// Shard is the host that it is on, from 0.
	Shard int `json:"shard"`
	// Members of a group: those that the next group_send reaches, and those that
	// are too old.
	Members *int64 `json:"members,omitempty"`
	Expired *int64 `json:"expired,omitempty"`
	// Waiting messages of a channel that are not too old, and how many it holds
	// at most; InFlight are received and not confirmed.
	Waiting  *int64 `json:"waiting,omitempty"`
	Capacity *int64 `json:"capacity,omitempty"`
	InFlight *int64 `json:"in_flight,omitempty"`
	// Listeners are the connections that are subscribed, for pub/sub: one for
	// each process.
	Listeners *int64 `json:"listeners,omitempty"`
}

// full reports a channel that takes no more messages.
func (l *Looked) full() bool {
	return l != nil && l.Waiting != nil && l.Capacity != nil && *l.Waiting >= *l.Capacity
}

// Reasons for which a group or a channel was not looked at.
const (
	unseenMemory     = "an in-memory layer's groups and channels are in the app's own process, and nobody else can see them"
	unseenNotReached = "Redis was not reached"
	unseenBroken     = "the connection broke"
	unseenUnexpected = "the server gave an answer that is not understood"
	unseenGrant      = "this Redis user may not ask; grant it "
)

// missed is the result of a look that was not answered.
func (l look) missed(reason string) Looked {
	return Looked{Name: l.name, Status: finding.Undetermined, Reason: reason, Shard: l.shard}
}

// answered is the result of the replies.
func (l look) answered(replies []channellayer.Reply) Looked {
	numbers := make([]int64, 0, len(replies))
	for i, reply := range replies {
		n, reason := l.number(i, reply)
		if reason != "" {
			return l.missed(reason)
		}
		numbers = append(numbers, n)
	}
	found := Looked{Name: l.name, Status: finding.Passed, Shard: l.shard}
	switch {
	case len(numbers) == 1:
		found.Listeners = &numbers[0]
	case l.kind == channellayer.GroupName && len(numbers) == 2:
		expired := numbers[1] - numbers[0]
		found.Members, found.Expired = &numbers[0], &expired
	case len(numbers) == 3:
		found.Waiting, found.Capacity, found.InFlight = &numbers[0], &l.capacity, &numbers[2]
	default:
		return l.missed(unseenUnexpected)
	}
	return found
}

// number is the reply to a command, or why there is none.
func (l look) number(i int, reply channellayer.Reply) (n int64, reason string) {
	var refused *channellayer.ReplyError
	if errors.As(reply.Err, &refused) {
		return 0, l.refused(i, refused.Code())
	}
	switch value := reply.Value.(type) {
	case int64:
		return value, ""
	case []any: // PUBSUB NUMSUB: the channel and its number
		if len(value) == 2 {
			if n, ok := value[1].(int64); ok {
				return n, ""
			}
		}
	}
	return 0, unseenUnexpected
}

// refused is a reason that names the reply's first word, which is one of
// capitals only.
func (l look) refused(i int, code string) string {
	switch {
	case code == "NOPERM" && l.commands[i].Name() == "PUBSUB":
		return unseenGrant + "+pubsub"
	case code == "NOPERM":
		return unseenGrant + "+zcount, and the keys of the layer"
	case code == "WRONGTYPE":
		return "something else than a layer's data has this name in Redis"
	default:
		return "Redis answers " + code
	}
}

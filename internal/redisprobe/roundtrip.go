package redisprobe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

// RoundTrip is what messages came through. Two simulated processes of an app
// take part, each with one channel of its own, both in one group.
type RoundTrip struct {
	// Direct says that the message to one channel arrived, and DirectTook how
	// long that took from the moment it was sent.
	Direct     bool          `json:"direct"`
	DirectTook time.Duration `json:"direct_ns"`
	// GroupMembers is how many of the group's two members got the message to the
	// group, and GroupTook how long it took until both had it.
	GroupMembers int           `json:"group_members"`
	GroupTook    time.Duration `json:"group_ns"`
	// Connections is how many connections took part, that of the other checks
	// included.
	Connections int `json:"connections"`
}

// Delivered reports whether all messages arrived.
func (r RoundTrip) Delivered() bool { return r.Direct && r.GroupMembers == groupMembers }

const (
	// groupMembers is how many members the group of a round trip has.
	groupMembers = 2
	// tripExpiry is how many seconds each key of a round trip lives at most.
	tripExpiry = 30
	// blockSeconds is how long a read of a round trip blocks at most.
	blockSeconds = 1
	// tidyWithin bounds the removal of keys after a failure.
	tidyWithin = 500 * time.Millisecond
	// nameBytes make 26 hexadecimal digits.
	nameBytes = 13
)

// tripName is a name that no app has and nobody else: 104 bits are random.
func tripName() string {
	var random [nameBytes]byte
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

// directMessage and groupMessage are what is sent. They are small: encrypted,
// and with the names that the layer adds, they stay below 200 bytes.
func directMessage() channellayer.Message { return channellayer.Message{"n": int64(1)} }
func groupMessage() channellayer.Message  { return channellayer.Message{"n": int64(2)} }

// sameMessage compares what arrived with what was sent.
func sameMessage(got, sent channellayer.Message) bool { return len(got) == 1 && got["n"] == sent["n"] }

// roundTrip sends messages as the layer would and receives them, where all that
// was learned of the server before says that they can be sent.
func (a *attempt) roundTrip(ctx context.Context, s *session, with *companions) {
	if with == nil || !a.result.ready() {
		return
	}
	options := a.request.layer().Options
	options.Expiry, options.GroupExpiry = tripExpiry, tripExpiry
	// Its channels hold one message at a time.
	options.Capacity, options.ChannelCapacity = channellayer.Defaults().Capacity, nil
	t := &trip{a: a, report: &RoundTrip{Connections: 1}, main: transport.Over(s.conn, transport.Watch(hangUp{a.plain, a}))}
	a.result.roundTrip = t.report
	a.stage(StageRoundTrip, func() *problem {
		if p := with.come(t.report); p != nil {
			return p
		}
		if a.request.layer().isPubSub() {
			return t.pubSub(ctx, options, with)
		}
		return t.core(ctx, options, with)
	})
	a.result.rightsTried()
}

// trip is one round trip on one host.
type trip struct {
	a      *attempt
	report *RoundTrip
	// main is the connection that everything before was said on. It sends.
	main *transport.Single
}

// companions are the connections of the members of a round trip's group. They
// are opened side by side while the server is still asked about itself; until
// the answers are known nothing is said on them.
type companions struct {
	opened   [groupMembers]*attempt
	problems [groupMembers]*problem
	all      sync.WaitGroup
	cancel   context.CancelFunc
}

// invite begins to open them, if there is to be a round trip; nil otherwise.
func (a *attempt) invite(ctx context.Context) *companions {
	if a.request.Depth < DepthRoundTrip {
		return nil
	}
	with := &companions{}
	ctx, with.cancel = context.WithCancel(ctx)
	for i := range with.opened {
		other := &attempt{network: a.network, request: a.request, log: a.log, dialed: a.dialed}
		with.opened[i] = other
		with.all.Go(func() {
			with.problems[i] = a.guarded(ctx, func() *problem { return other.again(ctx) })
		})
	}
	return with
}

// come waits until they are open.
func (with *companions) come(report *RoundTrip) *problem {
	with.all.Wait()
	var first *problem
	for i, p := range with.problems {
		if with.opened[i].raw != nil {
			report.Connections++
		}
		if first == nil {
			first = p
		}
	}
	return first
}

// leave closes them.
func (with *companions) leave() {
	if with == nil {
		return
	}
	with.cancel()
	with.all.Wait()
	for _, other := range with.opened {
		other.close()
	}
}

// guarded keeps a defect of the check in another goroutine from ending the
// process.
func (a *attempt) guarded(ctx context.Context, do func() *problem) (p *problem) {
	if bug := crash.Guard(func() { p = do() }); bug != nil {
		return crashed(ctx, a.log, bug)
	}
	return p
}

// each does something for all members of the group side by side.
func (t *trip) each(ctx context.Context, do func(i int) *problem) *problem {
	var (
		problems [groupMembers]*problem
		all      sync.WaitGroup
	)
	for i := range problems {
		all.Go(func() { problems[i] = t.a.guarded(ctx, func() *problem { return do(i) }) })
	}
	all.Wait()
	for _, p := range problems {
		if p != nil {
			return p
		}
	}
	return nil
}

// again connects once more to where an attempt has been led before: it resolves
// nothing, so that all connections of a round trip end at one server.
func (a *attempt) again(ctx context.Context) *problem {
	network, address := "tcp", a.dialed
	if a.dialed == "" {
		network, address = "unix", a.request.Connection.Path
	}
	conn, err := a.network.Dial(ctx, network, address)
	if err != nil {
		return a.tripBroken(ctx, nil, operationConnect, err)
	}
	a.raw = &wire{Conn: conn}
	a.plain = a.raw
	if a.request.Connection.Transport != redisurl.TLS {
		return nil
	}
	// A handshake ends with its context.
	return a.secure(ctx)
}

// loginCalls are the commands that the first connection logged in with.
func (a *attempt) loginCalls() packet {
	var login packet
	if a.accepted != nil {
		login = append(login, call{operation: operationLogin, command: a.accepted})
	}
	if a.selects() {
		login = append(login, call{operation: operationLogin, command: channellayer.Command{"SELECT", a.request.Connection.DB.String()}})
	}
	return login
}

// hangUp is a connection whose end is the attempt's.
type hangUp struct {
	*wire
	a *attempt
}

// Close ends the attempt's connection.
func (h hangUp) Close() error {
	h.a.hangUp()
	return nil
}

// lastWords are what is written to a connection before it is cut.
type lastWords struct {
	conn *wire
	text []byte
}

// hangUp cuts the connection because the context has ended. If a round trip has
// keys then, their removal is written first, at once, because the process may be
// about to end, and once more a moment later: what the other connections had
// already written may reach the server behind the first. Nobody waits for the
// replies, and the keys expire by themselves.
func (a *attempt) hangUp() {
	a.hanging.Lock()
	defer a.hanging.Unlock()
	if last := a.last.Swap(nil); last != nil {
		_ = last.conn.SetWriteDeadline(time.Now().Add(2 * farewell))
		_, _ = last.conn.Write(last.text)
		<-time.After(farewell)
		_, _ = last.conn.Write(last.text)
	}
	_ = a.raw.Close()
}

// respCommand is a command of texts as RESP writes it.
func respCommand(words ...string) []byte {
	text := []byte("*" + strconv.Itoa(len(words)) + "\r\n")
	for _, word := range words {
		text = append(text, "$"+strconv.Itoa(len(word))+"\r\n"+word+"\r\n"...)
	}
	return text
}

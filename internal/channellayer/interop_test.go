package channellayer_test

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/flush"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// TestInterop_EveryCellPasses sends messages from Go to Python and back, and to
// groups with members on both sides.
func TestInterop_EveryCellPasses(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	servers := []*redistest.Server{redistest.Start(t), redistest.Start(t), redistest.Start(t)}
	byStack := map[layeroracle.Stack][]cell{}
	for _, c := range chosen() {
		byStack[c.stack] = append(byStack[c.stack], c)
	}
	number := 0
	for _, stack := range layeroracle.Stacks() {
		cells := byStack[stack]
		if len(cells) == 0 {
			continue
		}
		first := number
		number += len(cells)
		t.Run(stack.Environment, func(t *testing.T) {
			t.Parallel()
			process := layeroracle.Start(t, stack)
			for i, c := range cells {
				t.Run(c.String(), func(t *testing.T) { // one after the other: one process
					runCell(t, c, process, fmt.Sprintf("cell%dx", first+i), servers[:c.shards])
				})
			}
		})
	}
}

// sides are a layer of ours and one of Python's over the same servers.
type sides struct {
	t       *testing.T
	ctx     context.Context
	servers []*redistest.Server
	python  *layeroracle.Layer
	core    *core.Layer
	pubsub  *pubsub.Layer
}

func runCell(t *testing.T, c cell, process *layeroracle.Process, prefix string, servers []*redistest.Server, as ...*url.Userinfo) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ours, theirs := c.options(prefix)
	python, err := process.NewLayer(ctx, c.class, layeroracle.Config(c.class, theirs, urls(c.class, c.stack, servers, as...)), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := python.Close(context.Background()); err != nil {
			t.Errorf("Python's layer does not close: %v", err)
		}
	}()
	s := &sides{t: t, ctx: ctx, servers: servers, python: python}
	if c.class == layeroracle.Core {
		s.core = coreLayer(t, ours, core.Setup{}, servers, as...)
		s.coreDirect()
		s.coreGeneral()
		s.coreGroup()
		s.coreFlush()
		return
	}
	s.pubsub = pubsubLayer(t, ours, servers, as...)
	s.pubsubDirect()
	s.pubsubGeneral(prefix)
	s.pubsubGroup()
}

// urls are hosts for CONFIG. redis-py 8 gives up a read after 5 s, which is how
// long the core layer's blocks.
func urls(class string, stack layeroracle.Stack, servers []*redistest.Server, as ...*url.Userinfo) []string {
	var hosts []string
	for _, server := range servers {
		host := server.URL()
		if len(as) > 0 {
			host = server.URLAs(as[0])
		}
		if class == layeroracle.Core && strings.HasPrefix(stack.Redis, "8.") {
			host += "?socket_timeout=10"
		}
		hosts = append(hosts, host)
	}
	return hosts
}

func pool(t *testing.T, server *redistest.Server, as ...*url.Userinfo) *transport.Pool {
	t.Helper()
	var login []channellayer.Command
	for _, user := range as {
		password, _ := user.Password()
		login = append(login, channellayer.Command{"AUTH", user.Username(), password})
	}
	p := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Addr())
	}, login...)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func coreLayer(t *testing.T, options channellayer.Options, setup core.Setup, servers []*redistest.Server, as ...*url.Userinfo) *core.Layer {
	t.Helper()
	protocol, err := core.NewProtocol(options, len(servers))
	if err != nil {
		t.Fatal(err)
	}
	var conns []channellayer.Conn
	for _, server := range servers {
		conns = append(conns, pool(t, server, as...))
	}
	layer, err := core.New(protocol, conns, setup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := layer.WaitReceived(); err != nil {
			t.Errorf("a confirmation failed: %v", err)
		}
	})
	return layer
}

func pubsubLayer(t *testing.T, options channellayer.Options, servers []*redistest.Server, as ...*url.Userinfo) *pubsub.Layer {
	t.Helper()
	protocol, err := pubsub.NewProtocol(options, len(servers))
	if err != nil {
		t.Fatal(err)
	}
	var hosts []pubsub.Host
	for _, server := range servers {
		hosts = append(hosts, pool(t, server, as...))
	}
	layer, err := pubsub.New(protocol, hosts, pubsub.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(layer.Close)
	return layer
}

// specimen has something of everything that both serializers carry.
func specimen(kind string) channellayer.Message {
	return channellayer.Message{
		"type": kind, "text": "Grüße, 世界 \U0001F600 \x00\"\\\n", "none": nil, "yes": true, "no": false,
		"ints":   []any{int64(0), int64(-1), int64(127), int64(-33), int64(65536), int64(1) << 62, int64(-1) << 63},
		"floats": []any{0.1, math.Copysign(0, -1), 1e300, 5e-324, 1e16, 123456789.123},
		"nested": map[string]any{"list": []any{[]any{}, map[string]any{}}, "": "an empty key"},
	}
}

// same compares a message with what was received.
func (s *sides) same(what string, got any, err error, want channellayer.Message) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
	if !reflect.DeepEqual(got, want) {
		s.t.Fatalf("%s: received\n%v\nwant\n%v", what, got, want)
	}
}

func (s *sides) do(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

// call calls Python.
func (s *sides) call(method string, arguments ...any) any {
	s.t.Helper()
	got, err := s.python.Call(s.ctx, method, arguments...)
	if err != nil {
		s.t.Fatalf("Python's %s: %v", method, err)
	}
	return got
}

// reachable makes channel names until one's direct messages are sent to where
// they are received from: see TestShards_MostDirectMessagesAreLost.
func (s *sides) reachable(name func() string) string {
	for {
		channel := name()
		if s.core.SendShard(channel) == s.core.ReceiveShard(channel) {
			return channel
		}
	}
}

func (s *sides) coreDirect() {
	ours := s.reachable(func() string { return s.core.NewChannel("specific") })
	theirs := s.reachable(func() string { name, _ := s.call("new_channel").(string); return name })
	for _, kind := range []string{"one", "two"} {
		s.do("send", s.core.Send(s.ctx, theirs, specimen(kind)))
		s.call("send", ours, specimen(kind))
	}
	for _, kind := range []string{"one", "two"} {
		got, err := s.python.Call(s.ctx, "receive", theirs)
		s.same("Python receives", got, err, specimen(kind))
		message, err := s.core.Receive(s.ctx, ours)
		s.same("Go receives", message, err, specimen(kind))
	}
}

// coreGeneral: both sides go round the hosts, from the first.
func (s *sides) coreGeneral() {
	for range s.servers {
		s.do("send", s.core.Send(s.ctx, "for-python", specimen("general")))
		s.call("send", "for-go", specimen("general"))
	}
	for range s.servers {
		got, err := s.python.Call(s.ctx, "receive", "for-python")
		s.same("Python receives", got, err, specimen("general"))
		message, err := s.core.Receive(s.ctx, "for-go")
		s.same("Go receives", message, err, specimen("general"))
	}
}

func (s *sides) coreGroup() {
	const group = "room.1"
	ours := []string{s.core.NewChannel("specific"), s.core.NewChannel("specific")}
	var theirs []string
	for range 2 {
		name, _ := s.call("new_channel").(string)
		theirs = append(theirs, name)
	}
	for _, channel := range ours {
		s.do("group_add", s.core.GroupAdd(s.ctx, group, channel))
	}
	for _, channel := range theirs {
		s.call("group_add", group, channel)
	}
	s.coreGroupSends(group, ours, theirs)
	// Each side lets a channel of the other go.
	s.do("group_discard", s.core.GroupDiscard(s.ctx, group, theirs[0]))
	s.call("group_discard", group, ours[0])
	s.coreGroupSends(group, ours[1:], theirs[1:])
}

// coreGroupSends sends from either side; exactly these receive.
func (s *sides) coreGroupSends(group string, ours, theirs []string) {
	result, err := s.core.GroupSend(s.ctx, group, specimen("from-go"))
	s.do("group_send", err)
	if want := (core.GroupResult{Channels: len(ours) + len(theirs)}); result != want {
		s.t.Errorf("group_send: %+v, want %+v", result, want)
	}
	s.call("group_send", group, specimen("from-python"))
	for _, kind := range []string{"from-go", "from-python"} {
		for _, channel := range ours {
			message, err := s.core.Receive(s.ctx, channel)
			s.same("Go receives "+kind, message, err, specimen(kind))
		}
		for _, channel := range theirs {
			got, err := s.python.Call(s.ctx, "receive", channel)
			s.same("Python receives "+kind, got, err, specimen(kind))
		}
	}
}

// coreFlush: what either side left, the other deletes.
func (s *sides) coreFlush() {
	prefix := s.core.Options().Prefix
	for _, flusher := range []func(){
		func() { s.do("flush", flush.Core(s.ctx, s.core)) },
		func() { s.call("flush") },
	} {
		for range s.servers {
			s.call("send", "left-behind", specimen("left"))
			s.do("send", s.core.Send(s.ctx, "left-behind", specimen("left")))
		}
		flusher()
		for _, server := range s.servers {
			if left := server.Do("KEYS", prefix+"*").([]any); len(left) > 0 {
				s.t.Errorf("flush left %v", left)
			}
		}
	}
}

// awaitSubscribers waits until so many connections listen to a channel:
// Python's layer returns before they do.
func (s *sides) awaitSubscribers(channel string, want int64) {
	s.t.Helper()
	server := s.servers[s.pubsub.Shard(channel)]
	for {
		reply := server.Do("PUBSUB", "NUMSUB", channel).([]any)
		if reply[1] == want {
			return
		}
		select {
		case <-s.ctx.Done():
			s.t.Fatalf("%v listen to %s, want %d", reply[1], channel, want)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (s *sides) pubsubChannels() (ours, theirs string) {
	ours, err := s.pubsub.NewChannel(s.ctx, "specific.")
	s.do("new_channel", err)
	theirs, _ = s.call("new_channel").(string)
	s.awaitSubscribers(theirs, 1)
	return ours, theirs
}

func (s *sides) pubsubDirect() {
	ours, theirs := s.pubsubChannels()
	for _, kind := range []string{"one", "two"} {
		s.do("send", s.pubsub.Send(s.ctx, theirs, specimen(kind)))
		s.call("send", ours, specimen(kind))
	}
	for _, kind := range []string{"one", "two"} {
		got, err := s.python.Call(s.ctx, "receive", theirs)
		s.same("Python receives", got, err, specimen(kind))
		message, err := s.pubsub.Receive(s.ctx, ours)
		s.same("Go receives", message, err, specimen(kind))
	}
}

// pubsubGeneral: a general channel is subscribed to when it is first received
// from, by its bare name.
func (s *sides) pubsubGeneral(unique string) {
	received := make(chan error, 1)
	var message any
	go func() {
		var err error
		message, err = s.python.Call(s.ctx, "receive", unique+"-python")
		received <- err
	}()
	s.awaitSubscribers(unique+"-python", 1)
	s.do("send", s.pubsub.Send(s.ctx, unique+"-python", specimen("general")))
	s.same("Python receives", message, <-received, specimen("general"))

	s.do("listen", s.pubsub.Listen(s.ctx, unique+"-go"))
	s.call("send", unique+"-go", specimen("general"))
	got, err := s.pubsub.Receive(s.ctx, unique+"-go")
	s.same("Go receives", got, err, specimen("general"))
}

func (s *sides) pubsubGroup() {
	const group = "room 1/ä" // names are not validated
	var ours, theirs []string
	for range 2 {
		our, their := s.pubsubChannels()
		s.do("group_add", s.pubsub.GroupAdd(s.ctx, group, our))
		s.call("group_add", group, their)
		ours, theirs = append(ours, our), append(theirs, their)
	}
	s.awaitSubscribers(s.pubsub.GroupChannel(group), 2)
	s.pubsubGroupSends(group, ours, theirs)
	s.do("group_discard", s.pubsub.GroupDiscard(s.ctx, group, ours[0]))
	s.call("group_discard", group, theirs[0])
	s.pubsubGroupSends(group, ours[1:], theirs[1:])
	s.do("group_discard", s.pubsub.GroupDiscard(s.ctx, group, ours[1]))
	s.call("group_discard", group, theirs[1])
	s.awaitSubscribers(s.pubsub.GroupChannel(group), 0)
}

func (s *sides) pubsubGroupSends(group string, ours, theirs []string) {
	s.do("group_send", s.pubsub.GroupSend(s.ctx, group, specimen("from-go")))
	s.call("group_send", group, specimen("from-python"))
	// The two come over different connections, in either order.
	kinds := func(receive func() (any, error)) {
		var got []string
		for range 2 {
			message, err := receive()
			s.do("receive", err)
			kind, _ := message.(map[string]any)["type"].(string)
			s.same("receives "+kind, message, nil, specimen(kind))
			got = append(got, kind)
		}
		slices.Sort(got)
		if want := []string{"from-go", "from-python"}; !slices.Equal(got, want) {
			s.t.Errorf("received %v, want %v", got, want)
		}
	}
	for _, channel := range ours {
		kinds(func() (any, error) { return s.pubsub.Receive(s.ctx, channel) })
	}
	for _, channel := range theirs {
		kinds(func() (any, error) { return s.python.Call(s.ctx, "receive", channel) })
	}
}

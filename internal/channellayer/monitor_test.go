package channellayer_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/flush"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// operation is one thing that both sides do, starting from the same data.
type operation struct {
	name   string
	python func(s *sides) // also called where only its commands count
	golang func(s *sides)
	// prepare puts data there, with commands that MONITOR does not show.
	prepare func(s *sides)
	// oneHost: it makes names of its own, which are on other hosts each time.
	oneHost bool
}

// process stands for the process in names of both sides.
const process = "0123456789abcdef0123456789abcdef"

// raw is a message as it lies in Redis: a random prefix and MessagePack.
func raw(channels string) string { return "random prefix\x81" + channels }

// monitorStacks are those whose commands are compared.
func monitorStacks() []layeroracle.Stack {
	var stacks []layeroracle.Stack
	for _, stack := range layeroracle.Stacks() {
		if os.Getenv("CHANNELS_FULL") != "" || !strings.HasPrefix(stack.Environment, "interop-") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// compareCommands runs operations on both sides and compares, server by server,
// what the servers were sent.
func compareCommands(t *testing.T, class string, operations []operation) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	for _, stack := range monitorStacks() {
		t.Run(stack.Environment, func(t *testing.T) {
			t.Parallel()
			python := layeroracle.Start(t, stack)
			servers := []*redistest.Server{redistest.Start(t), redistest.Start(t), redistest.Start(t)}
			for _, shards := range []int{1, 3} {
				for _, op := range operations {
					if op.oneHost && shards > 1 {
						continue
					}
					t.Run(fmt.Sprintf("%s/%d", op.name, shards), func(t *testing.T) {
						comparison{t, class, python, servers[:shards]}.run(op)
					})
				}
			}
		})
	}
}

type comparison struct {
	t       *testing.T
	class   string
	python  *layeroracle.Process
	servers []*redistest.Server
}

func (c comparison) run(op operation) {
	c.t.Helper()
	theirs := c.side(op, func(s *sides) { op.python(s) })
	ours := c.side(op, func(s *sides) { op.golang(s) })
	total := 0
	for i := range c.servers {
		if !slices.Equal(ours[i], theirs[i]) {
			c.t.Errorf("server %d: Go sent\n  %s\nPython sent\n  %s", i,
				strings.Join(ours[i], "\n  "), strings.Join(theirs[i], "\n  "))
		}
		total += len(theirs[i])
		c.t.Logf("server %d was sent\n  %s", i, strings.Join(theirs[i], "\n  "))
	}
	if total == 0 && op.name != "flush" {
		c.t.Error("Python sent nothing: nothing was compared")
	}
}

// side prepares the data anew and records what one side sends.
func (c comparison) side(op operation, run func(s *sides)) [][]string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	options := monitorOptions()
	layer, err := c.python.NewLayer(ctx, c.class,
		layeroracle.Config(c.class, options, urls(c.class, c.python.Stack(), c.servers)), process)
	if err != nil {
		c.t.Fatal(err)
	}
	s := &sides{t: c.t, ctx: ctx, servers: c.servers, python: layer}
	if c.class == layeroracle.Core {
		s.core = coreLayer(c.t, options, core.Setup{ClientPrefix: process}, c.servers)
	} else {
		s.pubsub = pubsubLayer(c.t, options, c.servers)
		defer s.pubsub.Close()
	}
	for _, server := range c.servers {
		server.Do("FLUSHALL")
	}
	if op.prepare != nil {
		op.prepare(s)
	}
	var stops []func() []string
	for _, server := range c.servers {
		stops = append(stops, server.Monitor())
	}
	run(s)
	var recorded [][]string
	for _, stop := range stops {
		recorded = append(recorded, normalise(c.t, stop()))
	}
	if err := layer.Close(ctx); err != nil {
		c.t.Fatal(err)
	}
	return recorded
}

func monitorOptions() channellayer.Options {
	options := channellayer.Defaults()
	options.Prefix = "mon"
	options.ChannelCapacity = []channellayer.ChannelCapacity{{Pattern: "tight*", Capacity: 1}}
	return options
}

var (
	monitorLine = regexp.MustCompile(`^(\d+)\.\d+ \[\d+ ([^\]]*)\] (.*)$`)
	monitorArg  = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	hexID       = regexp.MustCompile(`[0-9a-f]{32}`)
)

// preamble are the commands that a client begins a connection with.
var preamble = []string{"HELLO", "CLIENT", "AUTH", "SELECT"}

// normalise leaves of MONITOR's lines what both sides must have in common:
// random prefixes and ids go, times become what they are from now.
func normalise(t *testing.T, lines []string) []string {
	t.Helper()
	var result []string
	for _, line := range lines {
		parts := monitorLine.FindStringSubmatch(line)
		if parts == nil {
			t.Fatalf("MONITOR said %q", line)
		}
		now, _ := strconv.ParseFloat(parts[1], 64)
		var arguments []string
		for _, quoted := range monitorArg.FindAllString(parts[3], -1) {
			argument, err := strconv.Unquote(quoted)
			if err != nil {
				t.Fatalf("MONITOR said %s: %v", quoted, err)
			}
			arguments = append(arguments, argument)
		}
		arguments[0] = strings.ToUpper(arguments[0])
		if slices.Contains(preamble, arguments[0]) {
			continue
		}
		for i := 1; i < len(arguments); i++ {
			arguments[i] = normaliseArgument(arguments[i], now)
		}
		from := "client"
		if parts[2] == "lua" {
			from = "script"
		}
		result = append(result, fmt.Sprintf("%s %q", from, arguments))
	}
	return result
}

// normaliseArgument: a message loses its random prefix, and what is close to the
// moment is told from there, in seconds; a float shows that it is one.
func normaliseArgument(argument string, now float64) string {
	const random = 12
	if len(argument) > random && argument[random] >= 0x80 && argument[random] <= 0x8f {
		return "message " + hexID.ReplaceAllStringFunc(argument[random:], id)
	}
	if number, err := strconv.ParseFloat(argument, 64); err == nil && now-number < 100_000 && number-now < 100_000 {
		const grain = 10
		kind := "int"
		if strings.Contains(argument, ".") {
			kind = "float"
		}
		return fmt.Sprintf("now%+d %s", int((number-now-grain/2)/grain)*grain, kind)
	}
	return hexID.ReplaceAllStringFunc(argument, id)
}

func id(text string) string {
	if text == process {
		return text
	}
	return "<id>"
}

// specific names a process-local channel of the process.
func specific(local string) string { return "specific." + process + "!" + local }

var small = channellayer.Message{"a": []any{int64(1), "é", nil, 1.5}, "type": "x"}

// both is an operation that is called alike on both sides.
func both(name, method string, arguments []any, golang func(s *sides) error, prepare func(s *sides)) operation {
	return operation{
		name: name, prepare: prepare,
		python: func(s *sides) { s.call(method, arguments...) },
		golang: func(s *sides) { s.do(name, golang(s)) },
	}
}

// join puts channels into a group, now or long ago, without being seen.
func join(group string, score func() float64, channels ...string) func(s *sides) {
	return func(s *sides) {
		for _, channel := range channels {
			s.servers[s.core.GroupShard(group)].Do("ZADD", s.core.GroupKey(group), score(), channel)
		}
	}
}

func recently() float64 { return float64(time.Now().Unix()) }

func coreOperations() []operation {
	other := "specific.ffffffffffffffffffffffffffffffff!y"
	groupSend := func(s *sides) error { _, err := s.core.GroupSend(s.ctx, "room", small); return err }
	refused := func(s *sides) {
		if _, err := s.python.Call(s.ctx, "send", "tight", small); err == nil {
			s.t.Error("Python's channel is not full")
		}
	}
	fill := func(s *sides) {
		for _, server := range s.servers {
			for _, channel := range []string{"tight", "tight." + process + "!"} {
				server.Do("ZADD", "mon"+channel, recently(), "something")
			}
		}
	}
	return []operation{
		both("send to a process-local channel", "send", []any{specific("x"), small},
			func(s *sides) error { return s.core.Send(s.ctx, specific("x"), small) }, nil),
		{
			name: "send to a general channel, round the hosts",
			python: func(s *sides) {
				for range 4 {
					s.call("send", "general", small)
				}
			},
			golang: func(s *sides) {
				for range 4 {
					s.do("send", s.core.Send(s.ctx, "general", small))
				}
			},
		},
		{name: "send to a full channel", prepare: fill, python: refused, golang: func(s *sides) {
			if err := s.core.Send(s.ctx, "tight", small); err == nil {
				s.t.Error("the channel is not full")
			}
		}},
		both("group_add", "group_add", []any{"room", specific("x")},
			func(s *sides) error { return s.core.GroupAdd(s.ctx, "room", specific("x")) }, nil),
		both("group_discard", "group_discard", []any{"room", specific("x")},
			func(s *sides) error { return s.core.GroupDiscard(s.ctx, "room", specific("x")) }, nil),
		both("group_send to nobody", "group_send", []any{"room", small}, groupSend, nil),
		both("group_send to two processes and a general channel", "group_send", []any{"room", small}, groupSend,
			join("room", recently, specific("a"), specific("b"), other, "general.1", "general.2", "general.3")),
		both("group_send to some that are full or gone", "group_send", []any{"room", small}, groupSend, func(s *sides) {
			fill(s)
			join("room", recently, "tight."+process+"!x", specific("a"))(s)
			join("room", func() float64 { return recently() - 90_000 }, specific("gone"))(s)
		}),
		receiveOperation("receive from a process-local channel", specific("x"), false),
		receiveOperation("receive what was in flight", specific("x"), true),
		receiveOperation("receive from a general channel", "general", false),
		{
			name:    "flush",
			prepare: func(s *sides) { fill(s); join("room", recently, specific("a"))(s) },
			python:  func(s *sides) { s.call("flush") },
			golang:  func(s *sides) { s.do("flush", flush.Core(s.ctx, s.core)) },
		},
	}
}

// receiveOperation receives one message, or two if one is in flight.
func receiveOperation(name, channel string, inFlight bool) operation {
	key := "mon" + channellayer.NonLocalName(channel)
	// {"__asgi_channel__": channel}; 0xd9 is a string of up to 255 bytes.
	marked := raw("\xb0__asgi_channel__\xd9" + string(rune(len(channel))) + channel)[1:]
	times := 1
	if inFlight {
		times = 2
	}
	return operation{
		name: name,
		prepare: func(s *sides) {
			for _, server := range s.servers {
				server.Do("ZADD", key, recently()-1, marked)
				if inFlight {
					server.Do("ZADD", core.BackupKey(key), recently()-5, "another"+marked[len("another"):])
				}
			}
		},
		python: func(s *sides) {
			for range times {
				s.call("receive", channel)
				s.call("wait_received")
			}
		},
		golang: func(s *sides) {
			for range times {
				_, err := s.core.Receive(s.ctx, channel)
				s.do("receive", err)
				s.do("wait_received", s.core.WaitReceived())
			}
		},
	}
}

func TestMonitor_CoreSendsWhatPythonSends(t *testing.T) {
	compareCommands(t, layeroracle.Core, coreOperations())
}

func TestMonitor_PubSubSendsWhatPythonSends(t *testing.T) {
	compareCommands(t, layeroracle.PubSub, pubsubOperations())
}

func pubsubOperations() []operation {
	group := func(s *sides) string { return s.pubsub.GroupChannel("room") }
	return []operation{
		both("send", "send", []any{"monspecific." + process, small},
			func(s *sides) error { return s.pubsub.Send(s.ctx, "monspecific."+process, small) }, nil),
		both("group_send", "group_send", []any{"room", small},
			func(s *sides) error { return s.pubsub.GroupSend(s.ctx, "room", small) }, nil),
		{
			name: "new_channel, a group twice, out of it, and canceled",
			python: func(s *sides) {
				one, two := "first", "second"
				for _, channel := range []string{one, two} {
					s.pythonListens(channel)
				}
				s.call("group_add", "room", one)
				s.awaitSubscribers(group(s), 1)
				s.call("group_add", "room", two)
				s.call("group_add", "room", two)
				s.call("group_discard", "room", "stranger")
				s.call("group_discard", "room", one)
				s.call("group_discard", "room", two)
				s.awaitSubscribers(group(s), 0)
			},
			golang: func(s *sides) {
				one, two := "first", "second"
				for _, channel := range []string{one, two} {
					s.golangListens(channel)
				}
				s.do("group_add", s.pubsub.GroupAdd(s.ctx, "room", one))
				s.do("group_add", s.pubsub.GroupAdd(s.ctx, "room", two))
				s.do("group_add", s.pubsub.GroupAdd(s.ctx, "room", two))
				s.do("group_discard", s.pubsub.GroupDiscard(s.ctx, "room", "stranger"))
				s.do("group_discard", s.pubsub.GroupDiscard(s.ctx, "room", one))
				s.do("group_discard", s.pubsub.GroupDiscard(s.ctx, "room", two))
			},
		},
		{
			name:    "new_channel",
			oneHost: true,
			python:  func(s *sides) { s.awaitSubscribers(s.call("new_channel").(string), 1) },
			golang:  func(s *sides) { _, err := s.pubsub.NewChannel(s.ctx, "specific."); s.do("new_channel", err) },
		},
		{
			name: "receive, canceled",
			python: func(s *sides) {
				s.canceled(func(ctx context.Context) { _, _ = s.python.Call(ctx, "receive", "first") })
			},
			golang: func(s *sides) { s.canceled(func(ctx context.Context) { _, _ = s.pubsub.Receive(ctx, "first") }) },
		},
		{
			name:   "flush",
			python: func(s *sides) { s.call("flush") },
			golang: func(s *sides) { flush.PubSub(s.pubsub) },
		},
	}
}

// pythonListens has Python receive one message from a channel, which makes the
// channel known to it.
func (s *sides) pythonListens(channel string) {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { _, err := s.python.Call(s.ctx, "receive", channel); done <- err }()
	s.awaitSubscribers(channel, 1)
	s.servers[s.pubsub.Shard(channel)].Do("PUBLISH", channel, "\x80")
	s.do("receive", <-done)
}

func (s *sides) golangListens(channel string) {
	s.t.Helper()
	s.do("listen", s.pubsub.Listen(s.ctx, channel))
	s.servers[s.pubsub.Shard(channel)].Do("PUBLISH", channel, "\x80")
	_, err := s.pubsub.Receive(s.ctx, channel)
	s.do("receive", err)
}

// canceled cancels a receive from "first" that waits.
func (s *sides) canceled(receive func(ctx context.Context)) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	go func() { defer close(done); receive(ctx) }()
	s.awaitSubscribers("first", 1)
	cancel()
	<-done
	s.awaitSubscribers("first", 0)
}

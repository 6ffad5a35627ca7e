package lint

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// What the rules about CONFIG and about versions claim of channels_redis is
// asked of the real ones: the oldest supported, one before and one after
// 4.2.1, and the newest, each with a redis-py of its time.
func claimStacks() []layeroracle.Stack {
	return []layeroracle.Stack{
		{Environment: "redis-4.3", ChannelsRedis: "4.0.0", Redis: "4.3.6"},
		{Environment: "interop-4.1-redis-5.2", ChannelsRedis: "4.1.0", Redis: "5.2.1"},
		{Environment: "interop-4.2-redis-6.4", ChannelsRedis: "4.2.1", Redis: "6.4.0"},
		{Environment: "redis-7.4", ChannelsRedis: "4.3.0", Redis: "7.4.1"},
		layeroracle.Newest(),
	}
}

// stand is a real layer's process with a Redis of its own.
type stand struct {
	t       *testing.T
	stack   layeroracle.Stack
	process *layeroracle.Process
	server  *redistest.Server
}

func onEachStack(t *testing.T, test func(stand)) {
	t.Helper()
	for _, stack := range claimStacks() {
		t.Run(stack.ChannelsRedis+" with redis-py "+stack.Redis, func(t *testing.T) {
			t.Parallel()
			test(stand{t, stack, layeroracle.Start(t, stack), redistest.Start(t)})
		})
	}
}

// url is the server's, with what stands behind it.
func (s stand) url(rest string) string {
	return fmt.Sprintf("redis://127.0.0.1:%d/%s", s.server.Port(), rest)
}

// before reports whether the channels_redis is older.
func (s stand) before(release string) bool { return s.stack.ChannelsRedis < release }

// trip sends a group message to a channel and receives it: "" where it comes,
// "nothing" where it does not come in time, else the exception's class.
func (s stand) trip(class string, config map[string]any) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	layer, err := s.process.NewLayer(ctx, class, config, "")
	if err != nil {
		return s.class(err)
	}
	defer func() { _ = layer.Close(context.WithoutCancel(ctx)) }()
	channel, err := layer.Call(ctx, "new_channel")
	if err != nil {
		return s.class(err)
	}
	if _, err := layer.Call(ctx, "group_add", "claims", channel); err != nil {
		return s.class(err)
	}
	if _, err := layer.Call(ctx, "group_send", "claims", map[any]any{"type": "claim"}); err != nil {
		return s.class(err)
	}
	// A pub/sub layer has it at once; a core layer, too, if it has it at all.
	wait, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	got, err := layer.Call(wait, "receive", channel)
	switch {
	case wait.Err() != nil && err != nil:
		return "nothing"
	case err != nil:
		return s.class(err)
	case got == nil:
		return "nothing"
	}
	return ""
}

func (s stand) class(err error) string {
	s.t.Helper()
	var raised *layeroracle.Exception
	if !errors.As(err, &raised) {
		s.t.Fatal(err)
	}
	return raised.Type
}

// says fails the test unless the trip ends so.
func (s stand) says(want, class, rest string, config map[string]any) {
	s.t.Helper()
	full := map[string]any{"hosts": []any{s.url(rest)}}
	for name, value := range config {
		full[name] = value
	}
	if got := s.trip(class, full); got != want {
		s.t.Errorf("%s with %v at %q: %q, want %q", class, config, rest, got, want)
	}
}

func TestClaims_ConfigOptions(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		core, pubsub := layeroracle.Core, layeroracle.PubSub
		timeout := "?socket_timeout=10"
		s.says("", core, timeout, nil)
		s.says("", pubsub, "", nil)
		for _, name := range []string{"expiry", "group_expiry", "capacity"} {
			s.says("nothing", core, timeout, map[string]any{name: int64(0)})
			s.says("", pubsub, "", map[string]any{name: int64(0)}) // it takes none of them
		}
		json, yaml := map[string]any{"serializer_format": "json"}, map[string]any{"serializer_format": "yaml"}
		if s.before("4.2.1") {
			s.says("TypeError", core, timeout, json)
			s.says("", pubsub, "", json)
			s.says("", pubsub, "", yaml)
		} else {
			s.says("", core, timeout, json)
			s.says("", pubsub, "", json)
			s.says("SerializerDoesNotExist", core, timeout, yaml)
			s.says("SerializerDoesNotExist", pubsub, "", yaml)
		}
	})
}

// In memory a message of expiry 0 is gone unless somebody is waiting for it, and
// a member of group_expiry 0 once a second is over. A capacity of 0 is no limit to a Channels of today.
func TestClaims_ConfigOptionsInMemory(t *testing.T) {
	t.Parallel()
	const memory = "channels.layers.InMemoryChannelLayer"
	onEachStack(t, func(s stand) {
		for want, configs := range map[string][]map[string]any{
			"":        {nil, {"expiry": int64(1)}, {"group_expiry": int64(60)}},
			"nothing": {{"expiry": int64(0)}, {"expiry": int64(-1)}, {"group_expiry": int64(-1)}},
		} {
			for _, config := range configs {
				if got := s.trip(memory, config); got != want {
					s.t.Errorf("in memory with %v: %q, want %q", config, got, want)
				}
			}
		}
		if got := s.trip(memory, map[string]any{"capacity": int64(0)}); got != "" && !s.before("4.2") { // with the older ones is an older Channels
			s.t.Errorf("in memory with a capacity of 0: %q", got)
		}
		layer, err := s.process.NewLayer(t.Context(), memory, map[string]any{"group_expiry": int64(0)}, "")
		if err != nil {
			s.t.Fatal(err)
		}
		channel := s.call(layer, "new_channel")
		s.call(layer, "group_add", "claims", channel)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if !s.until(ctx, func() bool {
			s.call(layer, "group_send", "claims", message())
			return s.hears(layer, channel) == "nothing"
		}) {
			s.t.Error("a group of 0 seconds keeps its members")
		}
	})
}

func TestClaims_ArgumentsOfTheURL(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		s.says("TimeoutError", layeroracle.Core, "?socket_timeout=0", nil)
		s.says("TimeoutError", layeroracle.PubSub, "?socket_timeout=0", nil)
		s.says("", layeroracle.PubSub, "?socket_timeout=1", nil)
		s.says("", layeroracle.Core, "?max_connections=0&socket_timeout=10", nil)
		s.says("", layeroracle.PubSub, "?max_connections=2", nil)
		tooMany := "ConnectionError"
		if s.stack.Redis >= "7" {
			tooMany = "MaxConnectionsError"
		}
		s.says(tooMany, layeroracle.PubSub, "?max_connections=1", nil)
	})
}

// An idle receive of the core layer ends with redis-py's timeout, where that is
// not longer than the layer's own five seconds.
func TestClaims_IdleReceiveEndsWithTheSocketTimeout(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		idle := func(rest string, most time.Duration) string {
			ctx, cancel := context.WithTimeout(t.Context(), most)
			defer cancel()
			layer, err := s.process.NewLayer(ctx, layeroracle.Core, map[string]any{"hosts": []any{s.url(rest)}}, "")
			if err != nil {
				return s.class(err)
			}
			defer func() { _ = layer.Close(context.WithoutCancel(ctx)) }()
			if _, err = layer.Call(ctx, "receive", "claims.idle"); err == nil || ctx.Err() != nil {
				return "waits"
			}
			return s.class(err)
		}
		if got := idle("?socket_timeout=1", 20*time.Second); got != "TimeoutError" {
			s.t.Errorf("with a limit of 1 s: %s", got)
		}
		if got := idle("?socket_timeout=10", 8*time.Second); got != "waits" {
			s.t.Errorf("with a limit of 10 s: %s", got)
		}
		if s.stack.Redis >= "8" {
			if got := idle("", 20*time.Second); got != "TimeoutError" {
				s.t.Errorf("with the limit of redis-py 8: %s", got)
			}
		}
	})
}

// With one connection nothing can be sent while something listens, and with as
// many as there are sockets that answer at once, one send too many is refused.
func TestClaims_CoreLayerNeedsConnectionsBesideTheOneThatWaits(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		layer, err := s.process.NewLayer(ctx, layeroracle.Core, map[string]any{"hosts": []any{s.url("?max_connections=1&socket_timeout=10")}}, "")
		if err != nil {
			s.t.Fatal(err)
		}
		wait, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { _, err := layer.Call(wait, "receive", "claims.one"); ended <- err }()
		// Whichever comes second is refused: the send, or the receive.
		tooMany := func(err error) bool { return err != nil && strings.Contains(err.Error(), "Too many connections") }
		var received error
		refused := s.until(ctx, func() bool {
			_, err := layer.Call(ctx, "send", "claims.other", map[any]any{"type": "claim"})
			select {
			case received = <-ended:
				return true
			default:
				return tooMany(err)
			}
		})
		stop()
		if received == nil {
			received = <-ended
		} else {
			refused = tooMany(received)
		}
		_ = layer.Close(context.WithoutCancel(ctx))
		if !refused {
			s.t.Error("a send beside a receive finds a connection, although there is only one")
		}
	})
}

// until tries until something holds, or the time is over.
func (s stand) until(ctx context.Context, holds func() bool) bool {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if holds() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

func TestClaims_PubSubOfTheOldestTakesNoHostAndPort(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		config := map[string]any{"hosts": []any{layeroracle.Tuple{"127.0.0.1", int64(s.server.Port())}}}
		want := ""
		if s.before("4.1.0") {
			want = "AttributeError"
		}
		if got := s.trip(layeroracle.PubSub, config); got != want {
			s.t.Errorf("pub/sub with host and port: %q, want %q", got, want)
		}
	})
}

func TestClaims_PubSubSendsInClearBeforeItKnowsKeys(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		ctx := s.t.Context()
		layer, err := s.process.NewLayer(ctx, layeroracle.PubSub, map[string]any{
			"hosts": []any{s.url("")}, "symmetric_encryption_keys": []any{"made-up-key"},
		}, "")
		if err != nil {
			s.t.Fatal(err)
		}
		defer func() { _ = layer.Close(ctx) }()
		const text = "text-to-look-for"
		stop := s.server.Monitor()
		if _, err := layer.Call(ctx, "group_send", "claims", map[any]any{"type": "claim", "text": text}); err != nil {
			s.t.Fatal(err)
		}
		seen := strings.Join(stop(), "\n")
		if !strings.Contains(seen, "PUBLISH") && !strings.Contains(seen, "publish") {
			s.t.Fatalf("nothing was published:\n%s", seen)
		}
		if inClear := strings.Contains(seen, text); inClear != s.before("4.2.1") {
			s.t.Errorf("what it sends holds the text: %v", inClear)
		}
	})
}

// flush() takes the prefix for a pattern.
func TestClaims_FlushTakesThePrefixForAPattern(t *testing.T) {
	t.Parallel()
	onEachStack(t, func(s stand) {
		ctx := s.t.Context()
		for prefix, want := range map[string]int64{
			"shop[blue]": 2, // its own key stays, and so does the other's
			"shop*":      0, // the other's goes, too
			"shop-blue":  1,
		} {
			s.server.Do("FLUSHALL")
			s.server.Do("SET", "shop-other", "1")
			layer, err := s.process.NewLayer(ctx, layeroracle.Core, map[string]any{
				"hosts": []any{s.url("?socket_timeout=10")}, "prefix": prefix,
			}, "")
			if err != nil {
				s.t.Fatal(err)
			}
			if _, err := layer.Call(ctx, "send", "claims.one", map[any]any{"type": "claim"}); err != nil {
				s.t.Fatal(err)
			}
			if _, err := layer.Call(ctx, "flush"); err != nil {
				s.t.Fatal(err)
			}
			_ = layer.Close(ctx)
			if left, _ := s.server.Do("DBSIZE").(int64); left != want {
				s.t.Errorf("prefix %q: %d keys are left, want %d", prefix, left, want)
			}
		}
	})
}

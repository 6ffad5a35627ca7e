package lint

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Each line of the guide's "What no check can know" that names a test is held
// to it here (catalog.Unknowables).

func newest(t *testing.T, stack layeroracle.Stack) stand {
	t.Helper()
	return stand{t, stack, layeroracle.Start(t, stack), redistest.Start(t)}
}

// core makes a core layer of the process.
func (s stand) core(config map[string]any) *layeroracle.Layer {
	s.t.Helper()
	full := map[string]any{"hosts": []any{s.url("?socket_timeout=10")}}
	for name, value := range config {
		full[name] = value
	}
	layer, err := s.process.NewLayer(s.t.Context(), layeroracle.Core, full, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return layer
}

func (s stand) call(layer *layeroracle.Layer, method string, arguments ...any) any {
	s.t.Helper()
	got, err := layer.Call(s.t.Context(), method, arguments...)
	if err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	return got
}

// hears reports what a receive comes to: "", "nothing", or an exception.
func (s stand) hears(layer *layeroracle.Layer, channel any) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Second)
	defer cancel()
	_, err := layer.Call(ctx, "receive", channel)
	switch {
	case err != nil && ctx.Err() != nil:
		return "nothing"
	case err != nil:
		return s.class(err)
	}
	return ""
}

func message() map[any]any { return map[any]any{"type": "claim"} }

func TestUnknowable_ProcessesThatDoNotAgree(t *testing.T) {
	s := newest(t, layeroracle.Newest())
	sender, receiver := s.core(map[string]any{"prefix": "web"}), s.core(map[string]any{"prefix": "worker"})
	s.call(sender, "send", "jobs", message())
	if got := s.hears(receiver, "jobs"); got != "nothing" {
		t.Errorf("another prefix hears %q", got)
	}
	sender = s.core(map[string]any{"symmetric_encryption_keys": []any{"made-up-one"}})
	receiver = s.core(map[string]any{"symmetric_encryption_keys": []any{"made-up-other"}})
	s.call(sender, "send", "jobs", message())
	if got := s.hears(receiver, "jobs"); got != "InvalidToken" {
		t.Errorf("another key hears %q", got)
	}
}

func TestUnknowable_AppsThatShareAPrefix(t *testing.T) {
	s := newest(t, layeroracle.Newest())
	one, other := s.core(nil), s.core(nil)
	channel := s.call(other, "new_channel")
	s.call(other, "group_add", "chat", channel)
	s.call(one, "group_send", "chat", message())
	if got := s.hears(other, channel); got != "" {
		t.Errorf("the other app hears %q, want the message", got)
	}
}

func TestUnknowable_ChannelsThatRunOver(t *testing.T) {
	s := newest(t, layeroracle.Newest())
	layer := s.core(map[string]any{"capacity": int64(1)})
	channel := s.call(layer, "new_channel")
	s.call(layer, "group_add", "chat", channel)
	s.call(layer, "group_send", "chat", message())
	s.call(layer, "group_send", "chat", message()) // one too many, and no error
	var raised *layeroracle.Exception
	if _, err := layer.Call(t.Context(), "send", channel, message()); !errors.As(err, &raised) || raised.Type != "ChannelFull" {
		t.Errorf("send to the full channel: %v, want ChannelFull", err)
	}
	if first, second := s.hears(layer, channel), s.hears(layer, channel); first != "" || second != "nothing" {
		t.Errorf("the member hears %q and then %q, want one message", first, second)
	}
}

func TestUnknowable_FlushByOthers(t *testing.T) {
	s := newest(t, layeroracle.Newest())
	layer := s.core(nil)
	channel := s.call(layer, "new_channel")
	s.call(layer, "group_add", "chat", channel)
	s.server.Do("FLUSHDB")
	s.call(layer, "group_send", "chat", message())
	if got := s.hears(layer, channel); got != "nothing" {
		t.Errorf("the member hears %q after the flush", got)
	}
}

func TestUnknowable_IdleConnections(t *testing.T) {
	for _, stack := range []layeroracle.Stack{{Environment: "redis-7.4", ChannelsRedis: "4.3.0", Redis: "7.4.1"}, layeroracle.Newest()} {
		s := newest(t, stack)
		layer := s.core(nil)
		s.server.Do("CONFIG", "SET", "timeout", "1")
		s.call(layer, "send", "jobs", message())
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if !s.until(ctx, func() bool { return s.connections() == 0 }) {
			t.Fatal("Redis keeps the idle connection of the layer")
		}
		_, err := layer.Call(t.Context(), "send", "jobs", message())
		if err != nil && stack.Redis < "8" {
			t.Errorf("redis-py %s after the break: %v", stack.Redis, err)
		}
		t.Logf("redis-py %s after the break: %v", stack.Redis, err)
	}
}

// connections is how many the server has of others than this test, whose last
// command is that of this look.
func (s stand) connections() int {
	s.t.Helper()
	list, _ := s.server.Do("CLIENT", "LIST").(string)
	count := 0
	for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
		if !strings.Contains(line, "cmd=client") && !strings.Contains(line, "cmd=config") {
			count++
		}
	}
	return count
}

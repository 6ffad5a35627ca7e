package channellayer_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The experiments behind cell.exemption: what Python does in the cells that
// cannot be had, with every redis-py if CHANNELS_FULL is set.

func oldStacks() []layeroracle.Stack {
	var stacks []layeroracle.Stack
	for _, stack := range layeroracle.Stacks() {
		if stack.ChannelsRedis == "4.1.0" && (len(stacks) == 0 || os.Getenv("CHANNELS_FULL") != "") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

func experiment(t *testing.T, run func(t *testing.T, ctx context.Context, process *layeroracle.Process, server *redistest.Server)) {
	t.Helper()
	t.Parallel()
	for _, stack := range oldStacks() {
		t.Run(stack.Environment, func(t *testing.T) {
			t.Parallel()
			process, server := layeroracle.Start(t, stack), redistest.Start(t)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			run(t, ctx, process, server)
		})
	}
}

func TestExempt_CoreBefore421HasNoSerializerFormat(t *testing.T) {
	experiment(t, func(t *testing.T, ctx context.Context, process *layeroracle.Process, server *redistest.Server) {
		_, err := process.NewLayer(ctx, layeroracle.Core, map[string]any{
			"hosts": []string{server.URL()}, "serializer_format": channellayer.JSON,
		}, "")
		var raised *layeroracle.Exception
		if !errors.As(err, &raised) || raised.Type != "TypeError" {
			t.Errorf("error %v, want TypeError", err)
		}
	})
}

// ignored sends from a pub/sub layer of 4.1.0 with these options and reads what
// was sent with plain MessagePack, and with the options.
func ignored(t *testing.T, options channellayer.Options, refusal channellayer.DecodeReason) {
	t.Helper()
	experiment(t, func(t *testing.T, ctx context.Context, process *layeroracle.Process, server *redistest.Server) {
		servers := []*redistest.Server{server}
		python, err := process.NewLayer(ctx, layeroracle.PubSub,
			layeroracle.Config(layeroracle.PubSub, options, []string{server.URL()}), "")
		if err != nil {
			t.Fatal(err)
		}
		plainLayer, asked := pubsubLayer(t, channellayer.Defaults(), servers), pubsubLayer(t, options, servers)
		for _, listen := range []func(context.Context, string) error{plainLayer.Listen, asked.Listen} {
			if err := listen(ctx, "general"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := python.Call(ctx, "send", "general", specimen("plain")); err != nil {
			t.Fatal(err)
		}
		s := &sides{t: t}
		got, err := plainLayer.Receive(ctx, "general")
		s.same("as plain MessagePack", got, err, specimen("plain"))
		var unreadable *channellayer.DecodeError
		if _, err := asked.Receive(ctx, "general"); !errors.As(err, &unreadable) || unreadable.Reason != refusal {
			t.Errorf("as asked for: error %v, want %q", err, refusal)
		}
	})
}

func TestExempt_PubSubBefore421IgnoresSerializerFormat(t *testing.T) {
	options := channellayer.Defaults()
	options.SerializerFormat = channellayer.JSON
	ignored(t, options, channellayer.DataNotUTF8)
}

func TestExempt_PubSubBefore421IgnoresEncryptionKeys(t *testing.T) {
	options := channellayer.Defaults()
	options.SymmetricEncryptionKeys = []secret.String{secret.New("made up")}
	ignored(t, options, channellayer.TokenInvalid)
}

// TestInterop_RedisPy8NeedsALongerSocketTimeout is why the cells of redis-py 8
// have socket_timeout in their URLs: an idle receive of the core layer fails.
func TestInterop_RedisPy8NeedsALongerSocketTimeout(t *testing.T) {
	t.Parallel()
	if os.Getenv("CHANNELS_FULL") == "" {
		t.Skip("it waits for 5 seconds: CHANNELS_FULL is not set")
	}
	process, server := layeroracle.Start(t, layeroracle.Newest()), redistest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	python, err := process.NewLayer(ctx, layeroracle.Core, map[string]any{"hosts": []string{server.URL()}}, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = python.Call(ctx, "receive", "specific."+python.ClientPrefix+"!x")
	var raised *layeroracle.Exception
	if !errors.As(err, &raised) || raised.Type != "TimeoutError" {
		t.Errorf("error %v, want TimeoutError", err)
	}
}

// TestShards_MostDirectMessagesAreLost: with several hosts send() looks at the
// whole name of a process-local channel and receive() at the part up to "!", in
// Python and therefore here. Group messages are not concerned.
func TestShards_MostDirectMessagesAreLost(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	servers := []*redistest.Server{redistest.Start(t), redistest.Start(t), redistest.Start(t)}
	process := layeroracle.Start(t, layeroracle.Newest())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stack := layeroracle.Newest()
	python, err := process.NewLayer(ctx, layeroracle.Core,
		layeroracle.Config(layeroracle.Core, channellayer.Defaults(), urls(layeroracle.Core, stack, servers)), "")
	if err != nil {
		t.Fatal(err)
	}
	layer := coreLayer(t, channellayer.Defaults(), core.Setup{}, servers)
	lost, all := 0, 60
	for range all {
		channel := layer.NewChannel("specific")
		if layer.SendShard(channel) != layer.ReceiveShard(channel) {
			lost++
		}
		if _, err := python.Call(ctx, "send", channel, channellayer.Message{"type": "x"}); err != nil {
			t.Fatal(err)
		}
	}
	key := layer.ChannelKey(layer.NewChannel("specific"))
	var elsewhere int64
	for shard, server := range servers {
		if shard != layer.ReceiveShard(layer.NewChannel("specific")) {
			n, _ := server.Do("ZCARD", key).(int64)
			elsewhere += n
		}
	}
	if elsewhere != int64(lost) || lost == 0 {
		t.Errorf("Python put %d of %d messages where no one receives them, want %d and more than none", elsewhere, all, lost)
	}
	t.Logf("%d of %d direct messages are lost with 3 hosts", lost, all)
}

package pubsub_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func pool(t *testing.T, address string) *transport.Pool {
	t.Helper()
	p := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func newLayer(t *testing.T, options channellayer.Options, servers ...*redistest.Server) *pubsub.Layer {
	t.Helper()
	var hosts []pubsub.Host
	for _, server := range servers {
		hosts = append(hosts, pool(t, server.Addr()))
	}
	return layerOver(t, options, hosts...)
}

func layerOver(t *testing.T, options channellayer.Options, hosts ...pubsub.Host) *pubsub.Layer {
	t.Helper()
	protocol, err := pubsub.NewProtocol(options, len(hosts))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := pubsub.New(protocol, hosts, pubsub.Setup{Retry: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(layer.Close)
	return layer
}

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func newChannel(t *testing.T, layer *pubsub.Layer) string {
	t.Helper()
	channel, err := layer.NewChannel(patience(t), "specific.")
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

func expect(t *testing.T, layer *pubsub.Layer, channel string, want channellayer.Message) {
	t.Helper()
	got, err := layer.Receive(patience(t), channel)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("received %v, want %v", got, want)
	}
}

func TestLayer_DeliversToChannelsAndGroups(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	one, other := newLayer(t, channellayer.Defaults(), server), newLayer(t, channellayer.Defaults(), server)
	channel := newChannel(t, one)
	if err := other.Send(ctx, channel, channellayer.Message{"type": "direct"}); err != nil {
		t.Fatal(err)
	}
	expect(t, one, channel, channellayer.Message{"type": "direct"})

	second, third := newChannel(t, one), newChannel(t, other)
	members := map[string]*pubsub.Layer{channel: one, second: one, third: other}
	for member, layer := range members {
		if err := layer.GroupAdd(ctx, "chat", member); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.GroupSend(ctx, "chat", channellayer.Message{"type": "group"}); err != nil {
		t.Fatal(err)
	}
	for member, layer := range members {
		expect(t, layer, member, channellayer.Message{"type": "group"})
	}
}

func TestReceive_UnsubscribesWithItsContext(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	layer := newLayer(t, channellayer.Defaults(), server)
	channel := newChannel(t, layer)
	ctx, cancel := context.WithCancel(t.Context())
	timer := time.AfterFunc(50*time.Millisecond, cancel)
	defer timer.Stop()
	if _, err := layer.Receive(ctx, channel); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	if left := server.Do("PUBSUB", "CHANNELS"); len(left.([]any)) != 0 {
		t.Errorf("still subscribed: %v", left)
	}
}

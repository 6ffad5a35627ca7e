package core_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// pools are connections to servers, closed when the test ends.
func pools(t *testing.T, servers ...*redistest.Server) []channellayer.Conn {
	t.Helper()
	var conns []channellayer.Conn
	for _, server := range servers {
		pool := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", server.Addr())
		})
		t.Cleanup(func() { _ = pool.Close() })
		conns = append(conns, pool)
	}
	return conns
}

// newLayer makes a layer over servers; nothing of it is left when the test ends.
func newLayer(t *testing.T, options channellayer.Options, setup core.Setup, servers ...*redistest.Server) *core.Layer {
	t.Helper()
	protocol, err := core.NewProtocol(options, len(servers))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := core.New(protocol, pools(t, servers...), setup)
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

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestLayer_MessagesArriveInOrder(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	channel := layer.NewChannel("specific")
	for n := range int64(5) {
		if err := layer.Send(ctx, channel, channellayer.Message{"type": "test", "n": n}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range int64(5) {
		got, err := layer.Receive(ctx, channel)
		if err != nil {
			t.Fatal(err)
		}
		if want := (channellayer.Message{"type": "test", "n": n}); !reflect.DeepEqual(got, want) {
			t.Errorf("received %v, want %v", got, want)
		}
	}
}

func TestReceive_EndsAtOnceWithItsContext(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	layer := newLayer(t, channellayer.Defaults(), core.Setup{}, server)
	for _, channel := range []string{layer.NewChannel("specific"), "general"} {
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(100*time.Millisecond, cancel)
		started := time.Now()
		_, err := layer.Receive(ctx, channel)
		timer.Stop()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		if took := time.Since(started); took > 2*time.Second {
			t.Errorf("it took %s to end", took)
		}
	}
}

package delivery_test

import (
	"context"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

const gone = "specific.0123456789abcdef0123456789abcdef!"

// besideTheDead is a Redis in which a process was killed that was in the group.
func besideTheDead(t *testing.T) *redistest.Server {
	t.Helper()
	server := redistest.Start(t, redistest.Password(password))
	server.Do("ZADD", "asgi:group:channels-check", time.Now().Unix(), gone+"fedcba9876543210fedcba9876543210")
	return server
}

func TestDeliver_CancelledWhileItWaitsLeavesNothing(t *testing.T) {
	server := besideTheDead(t)
	for name, test := range map[string]struct {
		key    string
		shapes []shape
	}{
		"group":   {"asgi" + gone, nil},
		"channel": {"asgichannels-check-worker", []shape{channel("channels-check-worker")}},
	} {
		t.Run(name, func(t *testing.T) {
			app := faults.Serve(t, faults.OpenWebSocket())
			r := request(t, server, "ws://"+app.Addr()+"/", append(test.shapes, within(time.Minute))...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan delivery.Report, 1)
			go func() { done <- courier().Deliver(ctx, r) }()
			exists := func() bool { return server.Do("EXISTS", test.key) == int64(1) }
			await(t, exists)
			cancel()
			if report := <-done; !report.Canceled || report.Delivered() {
				t.Errorf("got %+v", report)
			}
			// Nobody waited for the reply.
			await(t, func() bool { return !exists() })
		})
	}
}

// await waits until it holds, for no longer than a message lives less a good
// part of that.
func await(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			t.Fatal("it does not come about")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// A server that restarts while the message is under way says nothing about it.
func TestDeliver_AServerThatRestartsIsNoConsumerThatTheMessageEnded(t *testing.T) {
	server := besideTheDead(t)
	for _, code := range []uint16{1001, 1012, 1013} {
		app := faults.Serve(t, faults.OpenWebSocket(faults.CloseFrame(code, "")))
		if report := expect(t, request(t, server, "ws://"+app.Addr()+"/"), "websocket/closed-restarting"); !report.Transient {
			t.Errorf("%d: not transient", code)
		}
	}
	app := faults.Serve(t, faults.OpenWebSocket(faults.CloseFrame(1011, "")))
	expect(t, request(t, server, "ws://"+app.Addr()+"/"), "delivery/consumer-closed")
	expectNothingSent(t, server)
}

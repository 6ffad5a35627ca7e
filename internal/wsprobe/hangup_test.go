package wsprobe_test

import (
	"context"
	"net"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// gone is a network whose connections have been closed by the other end before
// anybody reads or writes.
type gone struct{ netprobe.System }

func (gone) Dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	return here, there.Close()
}

// net/http has an error of its own for a connection that ends before it has
// written the request.
func TestProbe_HangUpBeforeTheRequestIsAHangUp(t *testing.T) {
	server := faults.Serve(t, faults.HangUp)
	for range 200 {
		for name, network := range map[string]netprobe.Network{"pipe": gone{}, "TCP": netprobe.System{}} {
			report := wsprobe.Probe(t.Context(), network, nil, request(t, "ws://"+server.Addr()+"/"))
			if !report.Outcome.Has("websocket/hung-up") || !report.Transient {
				t.Fatalf("%s: got %+v", name, report)
			}
		}
	}
}

package tunnel_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
)

// oneWay is the latency between this machine and the server or proxy, each way.
const oneWay = 50 * time.Millisecond

// BenchmarkLook_OverTunnels prints how many round trips a look takes, and how
// long that is at 50 ms each way: directly, over SSH with the connection to open
// and with one that is open, and through a SOCKS5 proxy.
//
//	CHANNELS_REAL=1 go test ./internal/tunnel -run '^$' -bench . -benchtime 5x
func BenchmarkLook_OverTunnels(b *testing.B) {
	redis := redistest.Start(b, redistest.Password(canary))
	server := tunneltest.Start(b)
	plain, locked := tunneltest.Microsocks(b), tunneltest.Microsocks(b, tunneltest.Password(canary))
	far := func(address string) (*faults.Proxy, string, int) {
		proxy := faults.Delay(b, address, oneWay)
		host, text, _ := net.SplitHostPort(proxy.Addr())
		var port int
		if _, err := fmt.Sscan(text, &port); err != nil {
			b.Fatal(err)
		}
		return proxy, host, port
	}
	ssh := func() (netprobe.Network, *faults.Proxy, string) {
		proxy, host, port := far(server.Addr())
		return over(b, settings(server, func(s *tunnel.SSHSettings) { s.Host, s.Port = host, port })), proxy, redis.Addr()
	}
	socks := func(to *tunneltest.Proxy, password string) func() (netprobe.Network, *faults.Proxy, string) {
		return func() (netprobe.Network, *faults.Proxy, string) {
			proxy, host, port := far(to.Addr())
			s := tunnel.SOCKS5Settings{Host: host, Port: port}
			if password != "" {
				s.Username, s.Password = tunneltest.User, secret.New(password)
			}
			return tunnel.NewSOCKS5(s, netprobe.System{}), proxy, redis.Addr()
		}
	}
	for _, c := range []struct {
		name string
		way  func() (netprobe.Network, *faults.Proxy, string)
		warm bool
	}{
		{"direct", func() (netprobe.Network, *faults.Proxy, string) {
			proxy := faults.Delay(b, redis.Addr(), oneWay)
			return netprobe.System{}, proxy, proxy.Addr()
		}, false},
		{"ssh, the first", ssh, false},
		{"ssh, a later one", ssh, true},
		{"socks5", socks(plain, ""), false},
		{"socks5 with a password", socks(locked, canary), false},
	} {
		b.Run(c.name, func(b *testing.B) {
			trips, took := 0, time.Duration(0)
			for b.Loop() {
				way, proxy, address := c.way()
				r := request(b, address)
				r.Depth = redisprobe.DepthCapabilities
				if c.warm {
					look(b, way, r)
				}
				before, started := proxy.RoundTrips(), time.Now()
				if report := look(b, way, r); !report.Ready {
					b.Fatalf("got %+v", report)
				}
				trips, took = trips+proxy.RoundTrips()-before, took+time.Since(started)
			}
			b.ReportMetric(float64(trips)/float64(b.N), "round-trips/look")
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/look")
		})
	}
}

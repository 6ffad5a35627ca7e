package redisprobe_test

import (
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// BenchmarkLook_AcrossALatency prints how many round trips each depth takes
// after the connection is there, and how long that is at 50 ms each way.
func BenchmarkLook_AcrossALatency(b *testing.B) {
	authority := redistest.NewAuthority(b)
	plain := redistest.Start(b, users()...)
	secured := redistest.Start(b, append(users(), redistest.TLS(authority))...)
	depth := func(d redisprobe.Depth) shape { return func(r *redisprobe.Request) { r.Depth = d } }
	tls := []shape{overTLS, option("ssl_ca_certs", authority.File(b))}
	for _, c := range []struct {
		name   string
		server *redistest.Server
		shapes []shape
	}{
		{"ping", plain, []shape{depth(redisprobe.DepthPing)}},
		{"capabilities", plain, []shape{depth(redisprobe.DepthCapabilities)}},
		{"capabilities/tls", secured, append(tls, depth(redisprobe.DepthCapabilities))},
		{"round_trip/core", plain, []shape{depth(redisprobe.DepthRoundTrip)}},
		{"round_trip/core/tls", secured, append(tls, depth(redisprobe.DepthRoundTrip))},
		{"round_trip/pubsub", plain, []shape{depth(redisprobe.DepthRoundTrip), pubSub}},
	} {
		b.Run(c.name, func(b *testing.B) {
			trips := 0
			for b.Loop() {
				proxy := faults.Delay(b, c.server.Addr(), oneWay)
				shapes := append([]shape{within(10 * time.Second), as("default", canary)}, c.shapes...)
				if report := redisprobe.New().Look(b.Context(), request(b, proxy.Addr(), shapes...)); !report.Ready {
					b.Fatalf("got %+v", report)
				}
				trips += proxy.RoundTrips()
			}
			b.ReportMetric(float64(trips)/float64(b.N), "round-trips/op")
		})
	}
}

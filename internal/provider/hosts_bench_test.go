package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// BenchmarkHosts_AcrossALatency checks 1, 3 and 16 hosts, each behind a link of
// 50 ms each way, and says how much longer each takes than 1.
func BenchmarkHosts_AcrossALatency(b *testing.B) {
	const oneWay = 50 * time.Millisecond
	server := redistest.Start(b)
	for _, depth := range []redisprobe.Depth{redisprobe.DepthCapabilities, redisprobe.DepthRoundTrip} {
		var alone time.Duration
		for _, hosts := range []int{1, 3, 16} {
			b.Run(fmt.Sprintf("%s/%d", depthName(depth), hosts), func(b *testing.B) {
				var m layerModel
				m.settings.Backend = channelconfig.Known(channelconfig.PubSub)
				m.check.timeout = channelconfig.Known("20s")
				entries := make([]channelconfig.HostEntry, hosts)
				for i := range entries {
					// Each host is a database of its own, behind a link of its own.
					entries[i].URL = channelconfig.Known(secret.New(fmt.Sprintf("redis://%s/%d", faults.Delay(b, server.Addr(), oneWay).Addr(), i)))
				}
				m.settings.Hosts = channelconfig.Known(entries)
				requests, ok := requestsFor(m, channelconfig.Resolve(m.settings), depth)
				if !ok || len(requests) != hosts {
					b.Fatal("there are no requests")
				}
				for b.Loop() {
					prober := redisprobe.New()
					for i, report := range sideBySide(requests, func(r redisprobe.Request) redisprobe.Report { return prober.Look(b.Context(), r) }) {
						if !report.Ready {
							b.Fatalf("host %d: %+v", i, report)
						}
					}
				}
				took := b.Elapsed() / time.Duration(b.N)
				if hosts == 1 {
					alone = took
				}
				b.ReportMetric(float64(took)/float64(alone), "times-as-long-as-1")
			})
		}
	}
}

func depthName(depth redisprobe.Depth) string {
	if depth == redisprobe.DepthRoundTrip {
		return "round_trip"
	}
	return "capabilities"
}

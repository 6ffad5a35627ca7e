package wsprobe_test

import (
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// What a probe costs besides TCP: the handshake, the text and its answer, the
// goodbye, each a round trip on one connection.
func TestProbe_RealCostIsARoundTripForEachStep(t *testing.T) {
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router)
	for name, test := range map[string]struct {
		path   string
		shapes []shape
		trips  int
	}{
		"opened":   {"/accept/", nil, 2},
		"answered": {"/echo/", []shape{send("a text"), expect("text")}, 3},
	} {
		for _, latency := range []time.Duration{0, 25 * time.Millisecond} {
			proxy := faults.Delay(t, app.Addr(), latency)
			report := probe(t, request(t, "ws://"+proxy.Addr()+test.path, append(test.shapes, origin("http://"+app.Addr()))...))
			if !report.Passed() {
				t.Fatalf("%s: %+v", name, report)
			}
			t.Logf("%s, %s round trip: %s in all, handshake %s", name, 2*latency, report.Duration.Round(time.Millisecond), report.Latency.Round(time.Millisecond))
			if n := proxy.Connections(); n != 1 {
				t.Errorf("%s: %d connections", name, n)
			}
			if n := proxy.RoundTrips(); n != test.trips {
				t.Errorf("%s: %d round trips, want %d", name, n, test.trips)
			}
		}
	}
}

package redisprobe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// The beginning of a password with a raw "#" is a host to redis-py.
func TestLook_HiddenPlaceIsNamedNowhere(t *testing.T) {
	piece := func(r *redisprobe.Request) { r.Connection.Host = "piece-of-a-password" }
	hidden := func(r *redisprobe.Request) { r.Hidden = true }
	for name, network := range map[string]redisprobe.Network{
		"unknown": &faults.Names{},
		"refused": &faults.Names{Hosts: map[string][]string{"piece-of-a-password": {"127.0.0.1"}}},
	} {
		prober := redisprobe.New(redisprobe.WithNetwork(network))
		shown := fmt.Sprintf("%+v", prober.Look(t.Context(), request(t, faults.ClosedPort(t), piece)))
		if !strings.Contains(shown, "piece-of-a-password") {
			t.Errorf("%s: this test needs a host that is shown otherwise: %s", name, shown)
		}
		if got := fmt.Sprintf("%+v", prober.Look(t.Context(), request(t, faults.ClosedPort(t), piece, hidden))); strings.Contains(got, "piece-of-a-password") {
			t.Errorf("%s: the host is named: %s", name, got)
		}
	}
}

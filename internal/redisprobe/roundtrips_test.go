package redisprobe_test

import (
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// oneWay is the latency of the proxies, each way.
const oneWay = 50 * time.Millisecond

func TestLook_TwoRoundTripsUntilPong(t *testing.T) {
	authority := redistest.NewAuthority(t)
	plain := redistest.Start(t)
	locked := redistest.Start(t, redistest.Password(canary))
	secured := redistest.Start(t, redistest.TLS(authority), redistest.Password(canary))
	ca := option("ssl_ca_certs", authority.File(t))
	for name, c := range map[string]struct {
		server *redistest.Server
		shapes []shape
		most   int
		id     string
	}{
		"plain":                       {plain, nil, 2, ""},
		"database":                    {plain, []shape{onDB(3)}, 2, ""},
		"password":                    {locked, []shape{as("", canary)}, 2, ""},
		"user, password and database": {locked, []shape{as("default", canary), onDB(3)}, 2, ""},
		"TLS, password and database":  {secured, []shape{overTLS, ca, as("default", canary), onDB(3)}, 3, ""},
		"wrong password":              {locked, []shape{as("default", "not-"+canary), onDB(3)}, 2, "auth/wrong-password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := faults.Delay(t, c.server.Addr(), oneWay)
			started := time.Now()
			report := redisprobe.New().Look(t.Context(), request(t, proxy.Addr(), append(c.shapes, within(5*time.Second))...))
			took := time.Since(started)
			if ids := report.Outcome.IDs(); (c.id == "") != (len(ids) == 0) || c.id != "" && string(ids[0]) != c.id {
				t.Fatalf("got %+v", report.Outcome)
			}
			if got := proxy.RoundTrips(); got > c.most {
				t.Errorf("got %d round trips, want at most %d", got, c.most)
			}
			// One round trip more would take 100 ms more.
			if most := time.Duration(c.most)*2*oneWay + oneWay; took > most {
				t.Errorf("took %s, want at most %s", took, most)
			}
			if got := proxy.Connections(); got != 1 {
				t.Errorf("got %d connections, want 1", got)
			}
		})
	}
}

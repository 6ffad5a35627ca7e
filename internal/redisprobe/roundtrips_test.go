package redisprobe_test

import (
	"slices"
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
			fewTrips(t, c.server, c.shapes, c.id, c.most)
		})
	}
}

func TestLook_CapabilitiesTakeOneRoundTripMore(t *testing.T) {
	authority := redistest.NewAuthority(t)
	users := []redistest.Option{redistest.Password(canary), leastCore(), leastPubSub()}
	plain := redistest.Start(t, users...)
	old := redistest.Start(t, append(users, redistest.Binary("redis-6.2"))...)
	newer := redistest.Start(t, append(users, redistest.Binary("redis-7.4"))...)
	secured := redistest.Start(t, append(users, redistest.TLS(authority))...)
	ca := option("ssl_ca_certs", authority.File(t))
	for name, c := range map[string]struct {
		server *redistest.Server
		shapes []shape
		most   int
		id     string
	}{
		"default":                       {plain, []shape{as("default", canary), onDB(3)}, 3, "redis/restarted"},
		"default, 6.2":                  {old, []shape{as("default", canary)}, 3, "redis/restarted"},
		"default, clients of 7.4":       {newer, []shape{as("default", canary), unstated}, 3, "redis/restarted"},
		"default, pub/sub":              {plain, []shape{as("default", canary), pubSub}, 3, ""},
		"few rights":                    {plain, []shape{as("core", canary)}, 3, ""},
		"few rights, pub/sub":           {plain, []shape{as("pub", canary), pubSub}, 2, "acl/rights-unknown"},
		"default over TLS, database":    {secured, []shape{overTLS, ca, as("default", canary), onDB(3)}, 4, "redis/restarted"},
		"few rights over TLS":           {secured, []shape{overTLS, ca, as("core", canary)}, 4, ""},
		"few rights over TLS, pub/sub":  {secured, []shape{overTLS, ca, as("pub", canary), pubSub}, 3, "acl/rights-unknown"},
		"wrong password, no further on": {plain, []shape{as("default", "not-"+canary)}, 2, "auth/wrong-password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fewTrips(t, c.server, append([]shape{looking}, c.shapes...), c.id, c.most)
		})
	}
}

// fewTrips looks through a delay until it takes no more than that many round
// trips: one more would take 100 ms more. A busy machine may, too, and cuts
// what was sent at once in two, so that the best of a few counts.
func fewTrips(t *testing.T, server *redistest.Server, shapes []shape, id string, mostTrips int) {
	t.Helper()
	most := time.Duration(mostTrips)*2*oneWay + oneWay
	took, trips := time.Hour, 1000
	for range 8 {
		nowTook, nowTrips := lookThroughDelay(t, server, shapes, id)
		took, trips = min(took, nowTook), min(trips, nowTrips)
		if took <= most && trips <= mostTrips {
			return
		}
	}
	t.Errorf("took %s and %d round trips at best, want at most %s and %d", took, trips, most, mostTrips)
}

// lookThroughDelay looks at a server behind a proxy and returns how long it
// took and how many round trips.
func lookThroughDelay(t *testing.T, server *redistest.Server, shapes []shape, id string) (time.Duration, int) {
	t.Helper()
	proxy := faults.Delay(t, server.Addr(), oneWay)
	r := request(t, proxy.Addr(), append(slices.Clone(shapes), within(5*time.Second))...)
	started := time.Now()
	report := redisprobe.New().Look(t.Context(), r)
	took := time.Since(started)
	if ids := report.Outcome.IDs(); (id == "") != (len(ids) == 0) || id != "" && string(ids[0]) != id {
		t.Fatalf("got %+v", report.Outcome)
	}
	if got := proxy.Connections(); got != 1 {
		t.Errorf("got %d connections, want 1", got)
	}
	return took, proxy.RoundTrips()
}

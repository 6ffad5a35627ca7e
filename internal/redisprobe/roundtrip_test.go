package redisprobe_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Users with no more rights than the layers need.
var (
	coreRules = []string{"on", ">" + canary, "resetkeys", "resetchannels", "nocommands", "~asgi*",
		"+zadd", "+zcount", "+zrem", "+zrange", "+zremrangebyscore", "+zpopmin", "+bzpopmin", "+del", "+expire",
		"+eval", "+multi", "+exec", "+select"}
	pubSubRules = []string{"on", ">" + canary, "resetkeys", "resetchannels", "nocommands", "&asgi*",
		"+subscribe", "+unsubscribe", "+publish", "+select"}
)

func coreUser(rules ...string) redistest.Option {
	return redistest.User("core", rules...)
}

func pubUser(rules ...string) redistest.Option { return redistest.User("pub", rules...) }

// without are rules without some of them.
func without(rules []string, some ...string) []string {
	var kept []string
	for _, rule := range rules {
		if !strings.Contains(" "+strings.Join(some, " ")+" ", " "+rule+" ") {
			kept = append(kept, rule)
		}
	}
	return kept
}

// roundTrip asks for a round trip of a core layer.
func roundTrip(r *redisprobe.Request) {
	r.Depth, r.Timeout = redisprobe.DepthRoundTrip, 5*time.Second
}

// layer asks for another layer.
func layer(backend channelconfig.Backend, changes ...func(*channellayer.Options)) shape {
	return func(r *redisprobe.Request) {
		options := channellayer.Defaults()
		for _, change := range changes {
			change(&options)
		}
		r.Layer = &redisprobe.Layer{Backend: backend, Options: options}
	}
}

var pubSub = layer(channelconfig.PubSub)

func encrypted(o *channellayer.Options) {
	o.SymmetricEncryptionKeys = []secret.String{secret.New("new " + canary), secret.New("old " + canary)}
}

func asJSON(o *channellayer.Options) { o.SerializerFormat = channellayer.JSON }

// delivers looks at Redis, wants all messages to arrive and no finding but
// infos, and nothing left.
func delivers(t *testing.T, server *redistest.Server, r redisprobe.Request) redisprobe.Report {
	t.Helper()
	report := redisprobe.New().Look(t.Context(), r)
	if report.RoundTrip == nil || !report.RoundTrip.Delivered() {
		t.Fatalf("got %+v", report)
	}
	if !report.Passed() || !report.Ready {
		t.Errorf("got %+v", report)
	}
	if took := report.RoundTrip; took.DirectTook <= 0 || took.GroupTook <= 0 || took.Connections != 3 {
		t.Errorf("got %+v", took)
	}
	if last := report.Stages[len(report.Stages)-1]; last.Name != redisprobe.StageRoundTrip {
		t.Errorf("the last stage is %+v", last)
	}
	if left := server.Do("DBSIZE"); left != int64(0) {
		t.Errorf("%v keys are left: %v", left, server.Do("KEYS", "*"))
	}
	return report
}

func TestRoundTrip_HealthySetupsDeliverAndLeaveNothing(t *testing.T) {
	for _, name := range []string{"", "redis-6.2", "redis-7.4", "valkey-9.1"} {
		t.Run("redis "+name, func(t *testing.T) {
			t.Parallel()
			if name != "" && os.Getenv("CHANNELS_FULL") == "" {
				t.Skip("CHANNELS_FULL is not set")
			}
			healthySetups(t, name)
		})
	}
}

func healthySetups(t *testing.T, name string) {
	binary, authority := redistest.Binary(name), redistest.NewAuthority(t)
	plain := redistest.Start(t, binary)
	locked := redistest.Start(t, binary, redistest.Password(canary), coreUser(coreRules...), pubUser(pubSubRules...))
	var secured *redistest.Server // the others were built without TLS
	if name == "" || name == "redis-7.4" {
		secured = redistest.Start(t, binary, redistest.TLS(authority), redistest.Password(canary))
	}
	ca := option("ssl_ca_certs", authority.File(t))
	prefixed := func(prefix string) func(*channellayer.Options) {
		return func(o *channellayer.Options) { o.Prefix = prefix }
	}
	for name, c := range map[string]struct {
		server *redistest.Server
		shapes []shape
	}{
		"core":                     {plain, nil},
		"core, database 3":         {plain, []shape{onDB(3)}},
		"core, Unix socket":        {plain, []shape{socket(plain.Socket())}},
		"core, password":           {locked, []shape{as("", canary), onDB(2)}},
		"core, least privilege":    {locked, []shape{as("core", canary)}},
		"core, least, database":    {locked, []shape{as("core", canary), onDB(1)}},
		"core, TLS":                {secured, []shape{overTLS, ca, as("default", canary), onDB(1)}},
		"core, encrypted":          {plain, []shape{layer(channelconfig.Core, encrypted)}},
		"core, JSON":               {plain, []shape{layer(channelconfig.Core, asJSON)}},
		"core, JSON, encrypted":    {plain, []shape{layer(channelconfig.Core, asJSON, encrypted)}},
		"core, another prefix":     {plain, []shape{layer(channelconfig.Core, prefixed("a*[b]:{ü} "))}},
		"core, no prefix":          {plain, []shape{layer(channelconfig.Core, prefixed(""))}},
		"core, no random prefix":   {plain, []shape{layer(channelconfig.Core, func(o *channellayer.Options) { o.RandomPrefixLength = 0 })}},
		"core, no capacity":        {plain, []shape{layer(channelconfig.Core, func(o *channellayer.Options) { o.Capacity, o.Expiry = 0, 0 })}},
		"pub/sub":                  {plain, []shape{pubSub}},
		"pub/sub, database 3":      {plain, []shape{pubSub, onDB(3)}},
		"pub/sub, password":        {locked, []shape{pubSub, as("", canary)}},
		"pub/sub, least privilege": {locked, []shape{pubSub, as("pub", canary)}},
		"pub/sub, least, database": {locked, []shape{pubSub, as("pub", canary), onDB(1)}},
		"pub/sub, TLS":             {secured, []shape{pubSub, overTLS, ca, as("default", canary)}},
		"pub/sub, encrypted":       {plain, []shape{layer(channelconfig.PubSub, encrypted)}},
		"pub/sub, JSON, encrypted": {plain, []shape{layer(channelconfig.PubSub, asJSON, encrypted)}},
		"pub/sub, another prefix":  {plain, []shape{layer(channelconfig.PubSub, prefixed("a*[b]:{ü} "))}},
		"pub/sub, no capacity":     {plain, []shape{layer(channelconfig.PubSub, func(o *channellayer.Options) { o.Capacity = 0 })}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.server == nil {
				t.Skip("this server speaks no TLS")
			}
			report := delivers(t, c.server, request(t, c.server.Addr(), append([]shape{roundTrip}, c.shapes...)...))
			if shown := fmt.Sprintf("%+v", report); strings.Contains(shown, canary) {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestRoundTrip_CoreTakesAtMostSevenRoundTrips(t *testing.T) {
	plain := redistest.Start(t)
	locked := redistest.Start(t, redistest.Password(canary), coreUser(coreRules...), pubUser(pubSubRules...))
	for name, c := range map[string]struct {
		server *redistest.Server
		shapes []shape
		most   int
	}{
		"core":                     {plain, nil, 7},
		"core, password, database": {locked, []shape{as("default", canary), onDB(3)}, 7},
		"core, least privilege":    {locked, []shape{as("core", canary)}, 7},
		"pub/sub, least privilege": {locked, []shape{pubSub, as("pub", canary)}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A busy machine cuts in two what was sent at once, so that the best of a
			// few counts.
			trips := 1000
			for range 8 {
				proxy := faults.Delay(t, c.server.Addr(), oneWay)
				started := time.Now()
				report := redisprobe.New().Look(t.Context(), request(t, proxy.Addr(), append([]shape{roundTrip}, c.shapes...)...))
				if report.RoundTrip == nil || !report.RoundTrip.Delivered() || !report.Passed() {
					t.Fatalf("got %+v", report)
				}
				if got := proxy.Connections(); got != 3 {
					t.Errorf("got %d connections, want 3", got)
				}
				t.Logf("%s, %d round trips; %+v", time.Since(started), proxy.RoundTrips(), *report.RoundTrip)
				if trips = min(trips, proxy.RoundTrips()); trips <= c.most {
					return
				}
			}
			t.Errorf("took %d round trips at best, want at most %d", trips, c.most)
		})
	}
}

// What was waiting is woken: both members are blocked before anything is sent.
func TestRoundTrip_BlocksBeforeItSends(t *testing.T) {
	server := redistest.Start(t)
	for range 50 {
		stop := server.Monitor()
		report := redisprobe.New().Look(t.Context(), request(t, server.Addr(), roundTrip))
		if !report.Passed() {
			t.Fatalf("got %+v", report)
		}
		blocked, sent := 0, false
		for _, line := range stop() {
			command := strings.ToLower(strings.Fields(line)[3])
			switch {
			case command == `"bzpopmin"` && !sent:
				blocked++
			case command == `"zadd"` && strings.Contains(line, `"asgispecific.`):
				sent = true
			}
		}
		if !sent || blocked != 2 {
			t.Fatalf("sent: %v, with %d members blocked before", sent, blocked)
		}
	}
}

package delivery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// over makes a request one for a layer over those servers.
func over(t *testing.T, servers ...*redistest.Server) shape {
	return func(r *delivery.Request) {
		hosts := make([]redisprobe.Request, len(servers))
		for i, server := range servers {
			parsed, err := redisurl.Parse(secret.New(server.URL()), redisurl.Newest)
			if err != nil {
				t.Fatal(err)
			}
			hosts[i] = r.Redis
			hosts[i].Connection, hosts[i].Setting = parsed.Connection, channelconfig.HostSetting(i)
		}
		*r = r.Over(hosts)
	}
}

// The group is on one of three hosts, and its member's process waits on any of
// them: the message takes the way that channels_redis takes.
func TestDeliver_RealAppsOverSeveralHostsGetTheMessage(t *testing.T) {
	redistest.Slow(t)
	servers := []*redistest.Server{
		redistest.Start(t, redistest.Password(password)), redistest.Start(t, redistest.Password(password)), redistest.Start(t),
	}
	var urls []string
	for _, server := range servers {
		urls = append(urls, server.URL())
	}
	for name, test := range map[string]struct {
		env    string
		shapes []shape
	}{
		"core":    {core, nil},
		"pub/sub": {pubsub, []shape{pubSub}},
	} {
		t.Run(name, func(t *testing.T) {
			// Each start is another process, whose channels are on another host.
			for range 2 {
				app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, test.env, "REDIS_URL="+strings.Join(urls, " "))
				expect(t, request(t, servers[0], app.URL("/joined/"), append(test.shapes, within(time.Minute), over(t, servers...))...), "")
			}
			for _, server := range servers {
				expectNothingSent(t, server)
			}
		})
	}
}

// One host that refuses keeps a core layer's group message from being tried, and
// is the one that is named.
func TestDeliver_AHostThatRefusesIsNamed(t *testing.T) {
	redistest.Slow(t)
	good, bad := redistest.Start(t, redistest.Password(password)), redistest.Start(t, redistest.Password(password))
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, core, "REDIS_URL="+good.URL()+" "+bad.URL())
	r := request(t, good, app.URL("/joined/"), within(time.Minute), over(t, good, bad))
	bad.Do("CONFIG", "SET", "requirepass", "made-up-other")
	report := expect(t, r, "auth/wrong-password")
	if f := report.Outcome.Findings[0]; f.Setting != "hosts[1]" {
		t.Errorf("the finding names %s, want hosts[1]", f.Setting)
	}
}

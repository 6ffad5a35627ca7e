package redisprobe_test

import (
	"slices"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// bySentinel is a request for a master that Sentinels know.
func bySentinel(t testing.TB, name string, addresses []string, shapes ...shape) redisprobe.Request {
	t.Helper()
	r := redisprobe.Request{
		Connection: redisurl.HostPort("", nil), Setting: "CONFIG.hosts[0]", Timeout: 4 * time.Second, Depth: redisprobe.DepthCapabilities,
		Sentinel: &redisprobe.Sentinel{MasterName: name},
	}
	for _, address := range addresses {
		r.Sentinel.Sentinels = append(r.Sentinel.Sentinels, request(t, address).Connection)
	}
	for _, change := range shapes {
		change(&r)
	}
	return r
}

// asked are the credentials of the Sentinels.
func asked(username, password string) shape {
	return func(r *redisprobe.Request) {
		for i := range r.Sentinel.Sentinels {
			r.Sentinel.Sentinels[i].Username, r.Sentinel.Sentinels[i].Password = secret.New(username), secret.New(password)
		}
	}
}

func depth(d redisprobe.Depth) shape { return func(r *redisprobe.Request) { r.Depth = d } }

// worthTelling are the findings without two notes: everything in a test has just
// been started, and few of its connections have a time limit.
func worthTelling(report redisprobe.Report) []finding.Finding {
	var found []finding.Finding
	for _, f := range report.Outcome.Findings {
		if f.ID != "redis/restarted" && f.ID != "sentinel/no-time-limit" {
			found = append(found, f)
		}
	}
	return found
}

func TestLook_HealthySentinelsPassWithoutFinding(t *testing.T) {
	open := redistest.StartWatched(t, redistest.Watch{})
	locked := redistest.StartWatched(t, redistest.Watch{
		Replicas: 2, Servers: []redistest.Option{redistest.Password(canary), redistest.User("app", "on", ">"+canary, "~*", "&*", "+@all")},
		Watchers: []redistest.Option{redistest.Password("of the sentinels"), redistest.User("asks", "on", ">"+canary, "nocommands", "+sentinel|masters")},
	})
	for name, r := range map[string]redisprobe.Request{
		"open":                       bySentinel(t, "chat", open.Addresses()),
		"passwords":                  bySentinel(t, "chat", locked.Addresses(), as("", canary), asked("", "of the sentinels")),
		"a user for each":            bySentinel(t, "chat", locked.Addresses(), as("app", canary), asked("asks", canary)),
		"one Sentinel in settings":   bySentinel(t, "chat", open.Addresses()[:1]),
		"redis-py 8":                 bySentinel(t, "chat", locked.Addresses(), as("", canary), asked("", "of the sentinels"), redisPy(8, 1, 0)),
		"a ping":                     bySentinel(t, "chat", open.Addresses(), depth(redisprobe.DepthPing)),
		"a round trip on database 3": bySentinel(t, "chat", open.Addresses(), depth(redisprobe.DepthRoundTrip), onDB(3)),
	} {
		t.Run(name, func(t *testing.T) {
			report := redisprobe.New().Look(t.Context(), r)
			if !report.Ready || !report.Passed() || len(worthTelling(report)) > 0 {
				t.Errorf("got %+v", report)
			}
			if report.Stages[0].Name != redisprobe.StageSentinel {
				t.Errorf("the ladder does not begin with the Sentinels: %+v", report.Stages)
			}
		})
	}
}

func TestLook_NotesAMasterThatWouldBeWaitedForWithoutEnd(t *testing.T) {
	w := redistest.StartWatched(t, redistest.Watch{})
	pubSub := func(r *redisprobe.Request) {
		r.Layer = &redisprobe.Layer{Backend: channelconfig.PubSub, Options: channellayer.Defaults()}
	}
	limited := func(r *redisprobe.Request) {
		seconds := 10.0
		r.Connection.Options["socket_timeout"] = redisurl.Option{Text: secret.New("10"), Float: &seconds}
	}
	for name, c := range map[string]struct {
		shapes []shape
		noted  bool
	}{
		"version not stated": {nil, true}, "redis-py 7": {[]shape{redisPy(7, 4, 1)}, true}, "redis-py 8": {[]shape{redisPy(8, 1, 0)}, false},
		"a limit": {[]shape{redisPy(7, 4, 1), limited}, false}, "pub/sub, where it does not help": {[]shape{pubSub}, false},
	} {
		report := redisprobe.New().Look(t.Context(), bySentinel(t, "chat", w.Addresses(), c.shapes...))
		noted := slices.ContainsFunc(report.Outcome.Findings, func(f finding.Finding) bool { return f.ID == "sentinel/no-time-limit" })
		if noted != c.noted || !report.Passed() {
			t.Errorf("%s: noted %v, want %v: %+v", name, noted, c.noted, report)
		}
	}
}

package faults

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// TestProbe runs every row against the check alone, where a goroutine that is
// left can be seen. It is not parallel to others, so that what it finds is its
// own.
func TestProbe_NoRowLeavesAnythingInTheProcess(t *testing.T) {
	redistest.Slow(t)
	before := goleak.IgnoreCurrent()
	t.Run("rows", func(t *testing.T) {
		for _, theme := range themes() {
			for _, r := range theme.rows {
				for _, c := range commands {
					// What the data source looks at, apply does.
					if c == reading || r.commandLine || !r.runs(c) {
						continue
					}
					t.Run(theme.name+"/"+r.name+"/"+string(c), func(t *testing.T) {
						t.Parallel()
						probeRow(t, r, c)
					})
				}
			}
		}
	})
	// go-redis keeps a clock for the whole process.
	clock := goleak.IgnoreTopFunction("github.com/redis/go-redis/v9/internal/pool.startGlobalTimeCache.func1")
	// toxiproxy 2.5 leaves the toxic of a connection that was cut waiting for ever.
	toxic := goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*BandwidthToxic).Pipe")
	if err := goleak.Find(before, clock, toxic); err != nil {
		t.Errorf("goroutines are left: %v", err)
	}
}

func probeRow(t *testing.T, r row, c command) {
	p := r.place(t)
	watch := watching(t, p)
	if p.between != nil {
		p.between()
	}
	var log lines
	options := []redisprobe.Option{redisprobe.WithLog(log.write)}
	if p.network != nil {
		options = append(options, redisprobe.WithNetwork(p.network))
	}
	prober := redisprobe.New(options...)
	asked := requestOf(t, p)
	asked.Timeout = r.limit()
	bound := r.limit() + time.Second
	started := time.Now()
	var report redisprobe.Report
	if c == planning {
		asked.Depth = redisprobe.DepthCapabilities
		report = prober.Look(t.Context(), asked)
	} else {
		asked.Depth = redisprobe.DepthRoundTrip
		report = prober.Prove(t.Context(), asked, max(r.wait, time.Millisecond), nil)
		bound = max(r.wait, r.limit()) + time.Second
	}
	if took := time.Since(started); took > bound {
		t.Errorf("it took %s, more than %s", took, bound)
	}
	judgeReport(t, report, r.verdict(c))
	canary.NewFinder(planted()).Nowhere(t, "the report or the log", fmt.Sprintf("%+v %#v %s", report, report, log.text()))
	if p.after != nil {
		p.after()
	}
	watch.nothingLeft(t)
}

func judgeReport(t *testing.T, report redisprobe.Report, want verdict) {
	t.Helper()
	told := slices.DeleteFunc(slices.Clone(report.Outcome.Findings), func(f finding.Finding) bool { return f.Severity == finding.Info })
	var got []finding.ID
	for _, f := range told {
		got = append(got, f.ID)
		if f.Severity != want.severity {
			t.Errorf("%s has the severity %v, want %v", f.ID, f.Severity, want.severity)
		}
	}
	var wanted []finding.ID
	if want.id != "" {
		wanted = []finding.ID{want.id}
	}
	if !slices.Equal(got, wanted) {
		t.Errorf("got %v, want %v: %+v", got, wanted, told)
	}
	if report.Ready == want.stops() {
		t.Errorf("ready: %v", report.Ready)
	}
	// Rights that could not be learned leave a report open that is ready.
	if undetermined := report.Outcome.Status == finding.Undetermined && !report.Ready; undetermined != want.undetermined {
		t.Errorf("status %v, undetermined: want %v", report.Outcome.Status, want.undetermined)
	}
}

// lines is a log.
type lines struct {
	mu      sync.Mutex
	builder strings.Builder
}

func (l *lines) write(_ context.Context, message string, fields ...map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintln(&l.builder, message, fields)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.builder.String()
}

// requestOf is what the provider makes of the settings of a place.
func requestOf(t *testing.T, p place) redisprobe.Request {
	t.Helper()
	settings := channelconfig.Settings{RedisURL: channelconfig.Known(secret.New(p.url)), Backend: channelconfig.Known(channelconfig.Core)}
	if p.sentinels != nil {
		settings.RedisURL = channelconfig.Value[secret.String]{}
		settings.Hosts = channelconfig.Known([]channelconfig.HostEntry{p.sentinels.entry()})
	}
	var version *packages.Version
	for _, setting := range p.settings {
		switch setting {
		case pubSub:
			settings.Backend = channelconfig.Known(channelconfig.PubSub)
		case redisPy7:
			version = &packages.Version{Major: 7, Minor: 4, Micro: 1}
		case redisPy8:
			version = &packages.Version{Major: 8, Minor: 1}
		default:
			t.Fatalf("%q has no meaning in process", setting)
		}
	}
	resolution := channelconfig.Resolve(settings)
	hosts, ok := resolution.Hosts.Get()
	options, complete := channellayer.OptionsOf(settings.Config)
	if !ok || len(hosts) != 1 || !complete {
		t.Fatal("the settings name no host")
	}
	line := redisurl.Newest
	if version != nil {
		var err error
		if line, err = redisurl.LineOf(*version); err != nil {
			t.Fatal(err)
		}
	}
	connection, err := hosts[0].Connection(line)
	if err != nil {
		t.Fatalf("redis-py refuses the URL: %v", err)
	}
	sentinel, err := redisprobe.SentinelOf(hosts[0], line)
	if err != nil {
		t.Fatal(err)
	}
	return redisprobe.Request{
		Connection: connection, Sentinel: sentinel, Redis: version, Setting: hosts[0].Setting,
		Layer: &redisprobe.Layer{Backend: resolution.Backend.Or(channelconfig.Core), Options: options},
	}
}

// Settings of places that both engines know.
const (
	pubSub   = `backend = "pubsub"`
	redisPy7 = `packages = { channels_redis = "4.3.0", redis = "7.4.1" }`
	redisPy8 = `packages = { channels_redis = "4.3.0", redis = "8.1.0" }`
)

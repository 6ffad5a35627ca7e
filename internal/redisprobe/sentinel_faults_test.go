package redisprobe_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// outcome is what a look at Sentinels comes to.
type outcome struct {
	status   finding.Status
	ready    bool
	findings string // "severity id", sorted, without redis/restarted
}

func outcomeOf(report redisprobe.Report) outcome {
	var found []string
	for _, f := range worthTelling(report) {
		found = append(found, f.Severity.String()+" "+string(f.ID))
	}
	slices.Sort(found)
	return outcome{status: report.Outcome.Status, ready: report.Ready, findings: strings.Join(found, ", ")}
}

func failing(id string) outcome {
	return outcome{status: finding.Failed, findings: "error " + id}
}

func warning(ids ...string) outcome {
	for i := range ids {
		ids[i] = "warning " + ids[i]
	}
	return outcome{status: finding.Failed, ready: true, findings: strings.Join(ids, ", ")}
}

func undecided(id string) outcome {
	return outcome{status: finding.Undetermined, findings: "warning " + id}
}

// must looks and compares, and nothing of it may show a secret.
func must(t *testing.T, network redisprobe.Network, r redisprobe.Request, want outcome) redisprobe.Report {
	t.Helper()
	report := redisprobe.New(redisprobe.WithNetwork(network)).Look(t.Context(), r)
	if got := outcomeOf(report); got != want {
		t.Errorf("got %+v, want %+v:\n%+v", got, want, report)
	}
	if shown := fmt.Sprintf("%+v", report); strings.Contains(shown, canary) {
		t.Error("the report shows the canary")
	}
	return report
}

func TestLook_SentinelsThatAnswerWronglyHaveNames(t *testing.T) {
	own := redisprobe.SystemNetwork{}
	open := redistest.StartWatched(t, redistest.Watch{})
	locked := redistest.StartWatched(t, redistest.Watch{Watchers: []redistest.Option{
		redistest.Password(canary), redistest.User("asks", "on", ">"+canary, "nocommands", "+sentinel|get-master-addr-by-name"),
	}})
	redis := redistest.Start(t)
	before := append([]string{redis.Addr()}, open.Addresses()...)
	behind := append(open.Addresses(), redis.Addr())
	closed := faults.ClosedPort(t)
	const wrong = "wrong-" + canary
	for name, c := range map[string]struct {
		r    redisprobe.Request
		want outcome
	}{
		"another name":                       {bySentinel(t, "mymaster", open.Addresses()), failing("sentinel/master-unknown")},
		"no password":                        {bySentinel(t, "chat", locked.Addresses()), failing("sentinel/no-password-given")},
		"a wrong one":                        {bySentinel(t, "chat", locked.Addresses(), asked("", wrong)), failing("sentinel/wrong-password")},
		"a wrong user":                       {bySentinel(t, "chat", locked.Addresses(), asked("nobody", canary)), failing("sentinel/wrong-password")},
		"a password that none has":           {bySentinel(t, "chat", open.Addresses(), asked("", canary)), warning("sentinel/password-not-set")},
		"the same with redis-py 7":           {bySentinel(t, "chat", open.Addresses(), asked("", canary), redisPy(7, 4, 1)), failing("sentinel/password-not-set")},
		"the same with redis-py 8":           {bySentinel(t, "chat", open.Addresses(), asked("", canary), redisPy(8, 1, 0)), warning("sentinel/password-not-set")},
		"a user for other clients":           {bySentinel(t, "chat", locked.Addresses(), asked("asks", canary)), failing("sentinel/not-permitted")},
		"a Redis before the Sentinels":       {bySentinel(t, "chat", before), failing("sentinel/not-a-sentinel")},
		"a Redis behind the Sentinels":       {bySentinel(t, "chat", behind), warning("sentinel/not-a-sentinel")},
		"nothing there":                      {bySentinel(t, "chat", []string{closed, closed}), undecided("sentinel/unreachable")},
		"nothing there, one of four":         {bySentinel(t, "chat", append([]string{closed}, open.Addresses()...)), warning("sentinel/some-unreachable")},
		"none known, and some do not answer": {bySentinel(t, "mymaster", append([]string{closed}, open.Addresses()...)), failing("sentinel/master-unknown")},
		"two installations":                  {bySentinel(t, "chat", []string{open.Addresses()[0], locked.Addresses()[0]}, asked("default", canary)), warning("sentinel/disagreement", "sentinel/password-not-set")},
	} {
		t.Run(name, func(t *testing.T) { must(t, own, c.r, c.want) })
	}
}

func TestLook_MastersThatCannotServeHaveNames(t *testing.T) {
	own := redisprobe.SystemNetwork{}
	t.Run("down, and no replica", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, redistest.Watch{Replicas: -1})
		must(t, own, bySentinel(t, "chat", w.Addresses()), warning("sentinel/no-replica"))
		w.Master.Suspend()
		w.AwaitDown()
		report := must(t, own, bySentinel(t, "chat", w.Addresses()), undecided("sentinel/master-down"))
		if !report.Transient {
			t.Error("time may heal it, and the report does not say so")
		}
	})
	t.Run("too few Sentinels", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, redistest.Watch{})
		w.Sentinels[0].Suspend()
		w.Sentinels[1].Kill()
		awaitNoQuorum(t, w)
		must(t, own, bySentinel(t, "chat", w.Addresses()), warning("sentinel/no-quorum", "sentinel/some-unreachable"))
	})
	t.Run("one Sentinel", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, redistest.Watch{Sentinels: 1})
		want := outcome{status: finding.Passed, ready: true, findings: "info sentinel/few"}
		must(t, own, bySentinel(t, "chat", w.Addresses()), want)
	})
	t.Run("made a replica by hand", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, redistest.Watch{DownAfter: time.Hour})
		w.Master.Do("REPLICAOF", "127.0.0.1", w.Replicas[0].Port())
		report := must(t, own, bySentinel(t, "chat", w.Addresses()), failing("sentinel/stale-master"))
		if !report.Transient {
			t.Error("time may heal it, and the report does not say so")
		}
	})
	t.Run("at an address of another network", func(t *testing.T) {
		t.Parallel()
		w := redistest.StartWatched(t, redistest.Watch{})
		here := map[string][]string{"127.0.0.1": {"127.0.0.1"}, "sentinel.example.com": {"127.0.0.1"}}
		hidden := &faults.Names{Hosts: here, Refuse: map[string]error{w.Master.Addr(): &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}}
		must(t, hidden, bySentinel(t, "chat", w.Addresses()), undecided("sentinel/address-unreachable"))
		hidden = &faults.Names{Hosts: here, Refuse: map[string]error{w.Replicas[0].Addr(): &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}}}
		must(t, hidden, bySentinel(t, "chat", w.Addresses()), warning("sentinel/replica-unreachable"))
		named := &faults.Names{Hosts: here}
		far := bySentinel(t, "chat", w.Addresses(), func(r *redisprobe.Request) {
			for i := range r.Sentinel.Sentinels {
				r.Sentinel.Sentinels[i].Host = "sentinel.example.com"
			}
		})
		must(t, named, far, warning("sentinel/loopback-address"))
	})
}

// awaitNoQuorum waits until the last Sentinel counts too few.
func awaitNoQuorum(t *testing.T, w *redistest.Watched) {
	t.Helper()
	w.Await(w.Sentinels[2], "no quorum", func(map[string]string) bool {
		return w.Sentinels[2].Try("SENTINEL", "CKQUORUM", "chat") != nil
	})
}

func TestLook_ReplicasThatCannotFollowHaveNames(t *testing.T) {
	locked := redistest.Password(canary)
	for name, c := range map[string]struct {
		watch  redistest.Watch
		shapes []shape
		spoil  func(w *redistest.Watched)
		ids    []string
		says   string
	}{
		"none may": {redistest.Watch{Replica: []redistest.Option{redistest.Config("replica-priority 0")}}, nil, nil, []string{"sentinel/no-replica"}, "replica-priority 0"},
		"another password": {redistest.Watch{Servers: []redistest.Option{locked}}, []shape{as("", canary)},
			func(w *redistest.Watched) { w.Replicas[0].Do("CONFIG", "SET", "requirepass", "another") },
			[]string{"sentinel/replica-unfit"}, "auth/wrong-password"},
		"the user is missing": {redistest.Watch{Servers: []redistest.Option{locked}, Master: []redistest.Option{redistest.User("app", "on", ">"+canary, "~*", "&*", "+@all")}},
			[]shape{as("app", canary)}, nil, []string{"sentinel/replica-unfit"}, "auth/wrong-password"},
		"rights are missing": {redistest.Watch{
			Servers: []redistest.Option{locked}, Master: []redistest.Option{redistest.User("app", "on", ">"+canary, "~*", "&*", "+@all")},
			Replica: []redistest.Option{redistest.User("app", "on", ">"+canary, "~other*", "&*", "+@all")},
		}, []shape{as("app", canary)}, nil, []string{"sentinel/replica-unfit"}, "acl/missing-keys"},
		"it evicts": {redistest.Watch{Replica: []redistest.Option{redistest.Config("maxmemory 256mb", "maxmemory-policy allkeys-lru")}}, nil, nil,
			[]string{"sentinel/replica-unfit"}, "redis/eviction"},
		"commands are missing": {redistest.Watch{Replica: []redistest.Option{redistest.Without("BZPOPMIN")}}, nil, nil,
			[]string{"sentinel/replica-unfit"}, "redis/too-old"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := redistest.StartWatched(t, c.watch)
			if c.spoil != nil {
				c.spoil(w)
			}
			report := must(t, redisprobe.SystemNetwork{}, bySentinel(t, "chat", w.Addresses(), c.shapes...), warning(c.ids...))
			if f := worthTelling(report); len(f) > 0 && !strings.Contains(f[0].Detail, c.says) {
				t.Errorf("the detail does not name %q: %s", c.says, f[0].Detail)
			}
			if !strings.Contains(fmt.Sprint(report.Stages), string(redisprobe.StageReplicas)) {
				t.Errorf("the ladder shows no replicas: %+v", report.Stages)
			}
		})
	}
}

func TestProve_WaitsForTheFailoverAndPassesAtTheNewMaster(t *testing.T) {
	w := redistest.StartWatched(t, redistest.Watch{Replicas: 2})
	w.Master.Suspend()
	started := time.Now()
	r := bySentinel(t, "chat", w.Addresses(), depth(redisprobe.DepthRoundTrip), within(2*time.Second))
	report := redisprobe.New().Prove(t.Context(), r, 30*time.Second, nil)
	t.Logf("ready after %s and %d attempts", time.Since(started), report.Attempts)
	if !report.Ready || report.RoundTrip == nil || !report.RoundTrip.Delivered() {
		t.Fatalf("got %+v", report)
	}
	if report.Address == w.Master.Addr() || report.Attempts < 2 {
		t.Errorf("it ended at %s after %d attempts", report.Address, report.Attempts)
	}
}

// Two layers of one Sentinel set share one discovery where they are alike, and
// that it does not answer in any case.
func TestLook_LayersShareWhatTheSentinelsDoNotAnswer(t *testing.T) {
	silent := faults.Serve(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1<<16)); <-t.Context().Done() })
	prober := redisprobe.New()
	started := time.Now()
	for db := range int64(3) {
		r := bySentinel(t, "chat", []string{silent.Addr()}, onDB(db), within(time.Second), as("", fmt.Sprint(canary, db)))
		if got := outcomeOf(prober.Look(t.Context(), r)); got != undecided("sentinel/unreachable") {
			t.Errorf("got %+v", got)
		}
	}
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("three layers took %s for one time-out", took)
	}
}

func TestLend_GivesTheMasterThatTheSentinelsName(t *testing.T) {
	w := redistest.StartWatched(t, redistest.Watch{})
	lent := false
	redisprobe.New().Lend(t.Context(), bySentinel(t, "chat", w.Addresses()), func(ctx context.Context, conn channellayer.Conn, _ redisprobe.Leaving) {
		replies, err := conn.Exchange(ctx, channellayer.Command{"INCR", "lent"})
		lent = err == nil && len(replies) == 1
	})
	if got := w.Master.Do("GET", "lent"); !lent || got != "1" {
		t.Errorf("lent %v, the master has %v", lent, got)
	}
}

// A failover a moment ago is no fault of a replica.
func TestLinkLost_OnlyAfterAWhile(t *testing.T) {
	for name, c := range map[string]struct {
		status, down, known string
		lost                bool
	}{
		"follows": {"ok", "0", "50000", false}, "not asked yet": {"err", "0", "50000", false}, "a moment ago": {"err", "2000", "50000", false},
		"for a while": {"err", "10000", "50000", true}, "never, just told to": {"err", "-1000", "900", false}, "never": {"err", "-1000", "50000", true},
	} {
		if redisprobe.LinkLost(map[string]string{"master-link-status": c.status, "master-link-down-time": c.down, "role-reported-time": c.known}) != c.lost {
			t.Errorf("%s: lost is not %v", name, c.lost)
		}
	}
}

func TestLook_ReplicaThatCannotLogInAtTheMasterIsUnfit(t *testing.T) {
	if os.Getenv("CHANNELS_FULL") == "" {
		t.Skip("takes ten seconds: make test-full runs it")
	}
	w := redistest.StartWatched(t, redistest.Watch{Servers: []redistest.Option{redistest.Password(canary)}})
	w.Replicas[0].Do("CONFIG", "SET", "masterauth", "another")
	w.Master.Do("CLIENT", "KILL", "TYPE", "replica")
	r := bySentinel(t, "chat", w.Addresses(), as("", canary))
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(200 * time.Millisecond) {
		report := redisprobe.New().Look(t.Context(), r)
		if got := outcomeOf(report); got == warning("sentinel/replica-unfit") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("got %+v", report)
		}
	}
}

package redisprobe_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// together calls n functions at once.
func together(n int, call func()) time.Duration {
	started := time.Now()
	var wait sync.WaitGroup
	for range n {
		wait.Go(call)
	}
	wait.Wait()
	return time.Since(started)
}

func TestLook_HundredOnASilentAddressCostOneTimeout(t *testing.T) {
	server := faults.Serve(t, faults.Silent)
	prober := redisprobe.New()
	r := request(t, server.Addr(), as("", canary))
	took := together(100, func() {
		if report := prober.Look(t.Context(), r); !report.Outcome.Has("network/silent") {
			t.Errorf("got %+v", report.Outcome)
		}
	})
	if took > r.Timeout+500*time.Millisecond {
		t.Errorf("took %s, of a timeout of %s", took, r.Timeout)
	}
	if got := server.Connections(); got != 1 {
		t.Errorf("the server saw %d connections, want 1", got)
	}
}

func TestLook_HundredOnOneRedisMakeOneConnection(t *testing.T) {
	server := redistest.Start(t, redistest.Password(canary))
	prober := redisprobe.New()
	r := request(t, server.Addr(), as("default", canary), onDB(1))
	together(100, func() {
		if report := prober.Look(t.Context(), r); !report.Passed() {
			t.Errorf("got %+v", report.Outcome)
		}
	})
	if got := server.Connections(); got != 1 {
		t.Errorf("Redis saw %d connections, want 1", got)
	}
}

func TestLook_CancelEndsARealCheckAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		network redisprobe.Network
		shapes  []shape
	}{
		"name server silent": {address: "redis.example.com:6379", network: &faults.Names{Hang: true}},
		"packets dropped":    {address: faults.FullBacklog(t)},
		"silent":             {address: faults.Serve(t, faults.Silent).Addr()},
		"silent to TLS":      {address: faults.Serve(t, faults.Silent).Addr(), shapes: []shape{overTLS}},
	} {
		t.Run(name, func(t *testing.T) {
			network := c.network
			if network == nil {
				network = redisprobe.SystemNetwork{}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			started := time.Now()
			report := redisprobe.New(redisprobe.WithNetwork(network)).
				Look(ctx, request(t, c.address, append(c.shapes, within(time.Minute))...))
			if took := time.Since(started); took > time.Second || !report.Canceled || len(report.Outcome.Findings) > 0 {
				t.Errorf("got %+v after %s", report, took)
			}
		})
	}
}

func TestLook_LiveAddressBehindDeadOnesIsFound(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t)
	_, port, err := net.SplitHostPort(server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	network := &slowToDie{Names: faults.Names{
		Hosts:  map[string][]string{"redis": {"192.0.2.1", "192.0.2.2", "127.0.0.1"}},
		Refuse: map[string]error{net.JoinHostPort("192.0.2.1", port): &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}},
	}, dead: net.JoinHostPort("192.0.2.2", port)}
	report := redisprobe.New(redisprobe.WithNetwork(network)).Look(t.Context(), request(t, server.Addr(), host("redis"), within(5*time.Second)))
	if !report.Passed() || network.Dials.Load() != 2 {
		t.Errorf("got %+v after %d dials", report, network.Dials.Load())
	}
}

// slowToDie has an address that swallows packets.
type slowToDie struct {
	faults.Names
	dead string
}

func (n *slowToDie) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address == n.dead {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	}
	return n.Names.Dial(ctx, network, address)
}

func TestProve_WaitsForARedisThatStarts(t *testing.T) {
	names := &faults.Names{Hosts: map[string][]string{}}
	server := redistest.Start(t, redistest.Password(canary))
	prober := redisprobe.New(redisprobe.WithNetwork(&lateName{Names: names, name: "redis", address: "127.0.0.1"}))
	var waits int
	report := prober.Prove(t.Context(), request(t, server.Addr(), host("redis"), as("default", canary)), 10*time.Second,
		func(r redisprobe.Report) {
			waits++
			if !r.Outcome.Has("network/name-not-resolved") {
				t.Errorf("waits for %+v", r.Outcome)
			}
		})
	if !report.Passed() || waits != 1 || report.Attempts != 2 {
		t.Errorf("got %+v after %d waits", report, waits)
	}
}

// lateName is a name that exists from the second look on.
type lateName struct {
	*faults.Names
	name, address string
}

func (n *lateName) Resolve(ctx context.Context, host string) ([]string, error) {
	if n.Lookups.Load() > 0 && host == n.name {
		return []string{n.address}, nil
	}
	return n.Names.Resolve(ctx, host)
}

// TestLook_NothingIsPrinted runs the odd answers in a process of its own and
// looks at what that prints: go-redis has a log that quotes replies.
func TestLook_NothingIsPrinted(t *testing.T) {
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLook_OddAnswersHaveTheirFinding$")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, strings.ReplaceAll(string(output), canary, "<HERE>"))
	}
	if got := strings.TrimSpace(string(output)); got != "PASS" {
		t.Errorf("printed %q, want PASS alone", strings.ReplaceAll(got, canary, "<HERE>"))
	}
}

func TestLook_OtherServersAnswerAlike(t *testing.T) {
	redistest.Slow(t)
	for _, name := range []string{"redis-6.2", "redis-7.4", "valkey-9.1"} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("CHANNELS_FULL") == "" && !redistest.Has(name) {
				t.Skip("run tools/setup-redis.sh " + name)
			}
			open := redistest.Start(t, redistest.Binary(name), redistest.Databases(4))
			locked := redistest.Start(t, redistest.Binary(name), redistest.Password(canary),
				redistest.User("least", "on", ">"+canary, "resetkeys", "nocommands", "~asgi*", "+eval"))
			full := redistest.Start(t, redistest.Binary(name), redistest.MaxClients(0))
			for _, r := range []row{
				{name: "open", request: request(t, open.Addr(), onDB(3)), stage: "ping"},
				{name: "password", request: request(t, locked.Addr(), as("default", canary), onDB(3)), stage: "ping"},
				{name: "least privilege", request: request(t, locked.Addr(), as("least", canary)), stage: "ping"},
				{name: "wrong password", request: request(t, locked.Addr(), as("", "not-"+canary)), id: "auth/wrong-password", stage: "auth"},
				{name: "no password", request: request(t, locked.Addr(), onDB(1)), id: "auth/no-password-given", stage: "auth"},
				{name: "none set", request: request(t, open.Addr(), as("", canary), redisPy(7, 4, 0)), id: "auth/password-not-set", stage: "auth"},
				{name: "database", request: request(t, open.Addr(), onDB(4)), id: "redis/database-out-of-range", stage: "select"},
				{name: "too many", request: request(t, full.Addr()), id: "redis/too-many-clients", transient: true, stage: "auth"},
				{name: "TLS to plaintext", request: request(t, open.Addr(), overTLS), id: "tls/plaintext-server", stage: "tls"},
			} {
				t.Run(r.name, func(t *testing.T) {
					r.status, r.worst = failed, finding.Error
					r.check(t)
				})
			}
		})
	}
}

// Layers that differ in everything but the address share that it is dead.
func TestLook_DifferentLayersOnDeadAddressesCostOneTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		network redisprobe.Network
		shapes  []shape
		id      finding.ID
	}{
		"name server silent": {address: "redis.example.com:6379", network: &faults.Names{Hang: true}, id: "network/name-not-resolved"},
		"packets dropped":    {address: faults.FullBacklog(t), id: "network/connect-timeout"},
		"silent":             {address: faults.Serve(t, faults.Silent).Addr(), id: "network/silent"},
		"silent to TLS":      {address: faults.Serve(t, faults.Silent).Addr(), shapes: []shape{overTLS}, id: "network/silent"},
	} {
		t.Run(name, func(t *testing.T) {
			network := c.network
			if network == nil {
				network = redisprobe.SystemNetwork{}
			}
			prober := redisprobe.New(redisprobe.WithNetwork(network))
			var next atomic.Int64
			took := together(10, func() {
				for i := next.Add(1); i <= 100; i = next.Add(1) {
					r := request(t, c.address, append(c.shapes, onDB(i), as("user", canary+strconv.Itoa(int(i))))...)
					r.Depth = redisprobe.Depth(i % 3)
					if report := prober.Look(t.Context(), r); !report.Outcome.Has(c.id) {
						t.Errorf("got %v", report.Outcome.IDs())
					}
				}
			})
			if took > 2*time.Second {
				t.Errorf("took %s, of a time-out of a second", took)
			}
		})
	}
}

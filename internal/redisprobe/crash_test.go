package redisprobe_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// broken is a way to a server with a defect at one place: it panics with a
// secret. Every goroutine of a check goes through it.
type broken struct {
	redisprobe.SystemNetwork
	at    string // "resolve", "dial", "read", "write" or "close"
	on    int64  // of which connection, from 1 on
	after int64  // after how many calls
	dials atomic.Int64
}

func (n *broken) Resolve(ctx context.Context, host string) ([]string, error) {
	if n.at == "resolve" {
		panic(canary)
	}
	return n.SystemNetwork.Resolve(ctx, host)
}

func (n *broken) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	dial := n.dials.Add(1)
	if n.at == "dial" && dial == n.on {
		panic(canary)
	}
	conn, err := n.SystemNetwork.Dial(ctx, network, address)
	if err != nil || dial != n.on {
		return conn, err
	}
	return &brokenConn{Conn: conn, network: n}, nil
}

type brokenConn struct {
	net.Conn
	network *broken
	calls   atomic.Int64
}

func (c *brokenConn) fail(at string) {
	if c.network.at == at && c.calls.Add(1) > c.network.after {
		panic(canary)
	}
}

func (c *brokenConn) Read(p []byte) (int, error) {
	c.fail("read")
	return c.Conn.Read(p)
}

func (c *brokenConn) Write(p []byte) (int, error) {
	c.fail("write")
	return c.Conn.Write(p)
}

func (c *brokenConn) Close() error {
	_ = c.Conn.Close()
	c.fail("close")
	return nil
}

func TestCrash_AnywhereInACheckIsAnUndeterminedFinding(t *testing.T) {
	server := redistest.Start(t, redistest.Password(canary))
	for _, c := range []*broken{
		{at: "resolve"},
		{at: "dial", on: 1},
		{at: "dial", on: 2},
		{at: "dial", on: 3},
		{at: "read", on: 1},
		{at: "read", on: 1, after: 2},
		{at: "read", on: 1, after: 4},
		{at: "write", on: 1},
		{at: "write", on: 1, after: 3},
		{at: "read", on: 2},
		{at: "write", on: 2},
		{at: "read", on: 3},
		{at: "close", on: 1},
	} {
		for name, backend := range map[string]shape{"core": func(*redisprobe.Request) {}, "pubsub": pubSub} {
			t.Run(c.at+" "+strconv.Itoa(int(c.on))+" "+strconv.Itoa(int(c.after))+" "+name, func(t *testing.T) {
				var mu sync.Mutex
				var logged strings.Builder
				network := &broken{at: c.at, on: c.on, after: c.after}
				prober := redisprobe.New(redisprobe.WithNetwork(network), redisprobe.WithLog(
					func(_ context.Context, message string, fields ...map[string]any) {
						mu.Lock()
						defer mu.Unlock()
						logged.WriteString(message)
						for _, field := range fields {
							for _, value := range field {
								logged.WriteString(value.(string))
							}
						}
					}))
				report := prober.Look(t.Context(), request(t, server.Addr(), as("", canary), roundTrip, backend, within(5*time.Second)))
				if report.Outcome.Status != finding.Undetermined || !report.Outcome.Has(finding.IDCrashed) || report.Ready {
					t.Errorf("got %v %v", report.Outcome.Status, report.Outcome.IDs())
				}
				mu.Lock()
				defer mu.Unlock()
				if !strings.Contains(logged.String(), "crash_test.go:") {
					t.Errorf("no stack in the log: %s", logged.String())
				}
				if strings.Contains(logged.String(), canary) {
					t.Error("the log shows what the panic said")
				}
			})
		}
	}
}

// Sentinels and replicas are asked in goroutines of their own.
func TestCrash_BesideTheWayToTheMasterIsAnUndeterminedFinding(t *testing.T) {
	w := redistest.StartWatched(t, redistest.Watch{})
	for _, at := range []string{"dial", "read", "write", "close"} {
		for on := range int64(5) {
			network := &broken{at: at, on: on + 1}
			report := redisprobe.New(redisprobe.WithNetwork(network)).Look(t.Context(), bySentinel(t, "chat", w.Addresses()))
			if report.Outcome.Status != finding.Undetermined || !report.Outcome.Has(finding.IDCrashed) || report.Ready {
				t.Errorf("%s of connection %d: got %v %v", at, on+1, report.Outcome.Status, report.Outcome.IDs())
			}
		}
	}
}

// Closing on cancellation happens in a goroutine of its own.
func TestCrash_WhileCancelingEndsNothing(t *testing.T) {
	server := faults.Serve(t, faults.Silent)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	network := &broken{at: "close", on: 1}
	if report := redisprobe.New(redisprobe.WithNetwork(network)).Look(ctx, request(t, server.Addr())); !report.Canceled {
		t.Errorf("got %+v", report)
	}
}

package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// hundred are 100 layers at one URL.
func hundred(url, check string) string {
	return fmt.Sprintf("resource \"channels_layer\" \"this\" {\n  count     = 100\n  redis_url = %q\n  check     = { %s }\n}\n", url, check)
}

// proofConnections are those of one round trip: the look, and two simulated
// processes that listen.
const proofConnections = 3

func TestMany_LayersOnOneRedisShareOneCheck(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(hundred(server.URL(), ""))
		expectWarnings(t, w.OK("plan", "-out=saved"))
		if got := server.Connections(); got != 1 {
			t.Errorf("Redis saw %d connections in the plan, want 1", got)
		}
		before := server.Connections()
		expectWarnings(t, w.OK("apply", "saved"))
		want := proofConnections
		if cli.IsTofu() {
			want++ // It looks in the apply, too, before it proves.
		}
		if got := server.Connections() - before; got != want {
			t.Errorf("Redis saw %d connections in the apply, want %d", got, want)
		}
	})
}

// An address that does not answer costs one time-out, however many layers name
// it. These tests run one after another: they measure time.
func TestMany_LayersOnDeadAddressCostOneTimeout(t *testing.T) {
	silent := func(t testing.TB) (string, func() int) {
		server := faults.Serve(t, faults.Silent)
		return server.Addr(), server.Connections
	}
	full := func(t testing.TB) (string, func() int) { return faults.FullBacklog(t), func() int { return 1 } }
	for name, test := range map[string]struct {
		serve  func(testing.TB) (address string, connections func() int)
		onPlan string
		id     string
	}{
		"silent error":       {silent, "error", "network/silent"},
		"silent auto":        {silent, "auto", "network/silent"},
		"full backlog error": {full, "error", "network/connect-timeout"},
		"full backlog auto":  {full, "auto", "network/connect-timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				address, connections := test.serve(t)
				w := tfcli.New(t, cli)
				w.Main(hundred(at(address), fmt.Sprintf("timeout = \"5s\", on_plan = %q", test.onPlan)))
				result := w.Run("plan")
				if wantExit := map[string]int{"error": 1, "auto": 0}[test.onPlan]; result.ExitCode != wantExit {
					t.Fatalf("exit %d, want %d:\n%.2000s", result.ExitCode, wantExit, result.Combined)
				}
				if got := connections(); got != 1 {
					t.Errorf("%d connections, want 1", got)
				}
				expectWithin(t, w, result, 8*time.Second)
				ids := tfcli.IDs(result.Diagnostics())
				if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return id != test.id }) {
					t.Errorf("got %q, want only %s", ids, test.id)
				}
				if test.onPlan == "error" {
					expectOneExplanation(t, w, result, "plan")
				}
				if test.onPlan == "auto" && (len(ids) != 1 || result.Has("similar warning")) {
					t.Errorf("want one warning:\n%.2000s", result.Combined)
				}
			})
		})
	}
}

// mostLines is how long the errors of 100 layers on one dead address may be.
const mostLines = 900

// expectOneExplanation fails the test unless of 100 errors one explains and 99
// are a sentence, within the lines there may be, in colour too: that has frames.
func expectOneExplanation(t *testing.T, w *tfcli.Workspace, result tfcli.Result, command string) {
	t.Helper()
	errors, explained := result.Errors(), 0
	for _, d := range errors {
		if strings.Contains(d.Text, "Fix:") {
			explained++
		}
	}
	if len(errors) != 100 || explained != 1 {
		t.Errorf("%d errors, %d of them explained, want 100 and 1", len(errors), explained)
	}
	colourful := w.RunInColour(command)
	for name, text := range map[string]string{"plain": result.Combined, "in colour": colourful.Combined} {
		lines := strings.Count(text, "\n")
		t.Logf("%s: %d lines", name, lines)
		if lines > mostLines {
			t.Errorf("%s: %d lines, more than %d", name, lines, mostLines)
		}
	}
}

// Layers that differ in all but the address share that it is dead.
func TestMany_DifferentLayersOnDeadAddressCostOneTimeout(t *testing.T) {
	for name, test := range map[string]struct {
		config, command string
		exit            int
		id              string
		// most is how many connections there may be: core looks at ten at once.
		most  int
		limit time.Duration
	}{
		"plan": {`
resource "channels_layer" "this" {
  count     = 100
  redis_url = "redis://user-${count.index}:Kx7-made-up-R2vq@%s/${count.index}"
  backend   = count.index %% 2 == 0 ? "core" : "pubsub"
  check     = { on_plan = "error", timeout = "3s", plan_depth = count.index %% 3 == 0 ? "ping" : "capabilities" }
}`, "plan", 1, "network/silent", 10, 4 * time.Second},
		"apply": {`
resource "channels_layer" "this" {
  count     = 100
  redis_url = "redis://user-${count.index}:Kx7-made-up-R2vq@%s/${count.index}"
  check     = { on_plan = "off", timeout = "3s", wait = "3s" }
}`, "apply", 1, "network/silent", 20, 5 * time.Second},
		// What is older than a second is looked at again, so that on a machine
		// that is slow there may be another look.
		"data source": {`
data "channels_redis" "this" {
  count     = 100
  redis_url = "redis://user-${count.index}:Kx7-made-up-R2vq@%s/${count.index}"
  timeout   = "3s"
}
output "ready" {
  value = [for redis in data.channels_redis.this : redis.ready]
}`, "plan", 0, "", 20, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				server := faults.Serve(t, faults.Silent)
				w := tfcli.New(t, cli)
				w.Main(fmt.Sprintf(test.config, server.Addr()))
				result := w.Run(test.command)
				if result.ExitCode != test.exit {
					t.Fatalf("exit %d, want %d:\n%.2000s", result.ExitCode, test.exit, result.Combined)
				}
				if got := server.Connections(); got > test.most {
					t.Errorf("%d connections, want at most %d", got, test.most)
				}
				expectWithin(t, w, result, test.limit)
				expectHidden(t, result.Combined, password)
				if test.id == "" {
					return
				}
				ids := tfcli.IDs(result.Diagnostics())
				if len(ids) != 100 || slices.ContainsFunc(ids, func(id string) bool { return id != test.id }) {
					t.Errorf("got %q, want only %s", ids, test.id)
				}
				if explained := strings.Count(result.Combined, "Fix:"); explained != 1 {
					t.Errorf("%d layers explain, want 1", explained)
				}
			})
		})
	}
}

// expectWithin fails the test where a command took longer than the limit. On a
// busy machine the limit grows by what the same command takes there with checks
// off, beyond the second that it takes at most on an idle one.
func expectWithin(t *testing.T, w *tfcli.Workspace, result tfcli.Result, limit time.Duration) {
	t.Helper()
	if result.Duration <= limit {
		return
	}
	w.Setenv("CHANNELS_CHECKS", "off")
	defer w.Setenv("CHANNELS_CHECKS", "")
	busy := w.OK(result.Args[0]).Duration - time.Second
	if busy > 0 {
		limit += 3 * busy
	}
	if result.Duration > limit {
		t.Errorf("it took %s, more than %s", result.Duration, limit)
	}
}

// A wait that was in vain for one layer is not repeated for the next.
func TestMany_ApplyWaitsOnceForDeadRedis(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(hundred(at(faults.ClosedPort(t)), `wait = "3s", on_plan = "off"`))
		result := w.Fails("apply")
		for _, id := range tfcli.IDs(result.Diagnostics()) {
			if id != "network/refused" {
				t.Errorf("unexpected %s", id)
			}
		}
		if explained := strings.Count(result.Combined, "Fix:"); explained != 1 {
			t.Errorf("%d layers explain, want 1", explained)
		}
		if lines := strings.Count(result.Stderr, "\n"); lines > mostLines {
			t.Errorf("%d lines of errors, more than %d", lines, mostLines)
		}
		if left := w.State(); len(left) != 0 {
			t.Errorf("%d layers stand in the state", len(left))
		}
		expectWithin(t, w, result, 6*time.Second)
	})
}

package cli

import (
	"fmt"
	"slices"
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
				expectWithin(t, w, result, 8*time.Second)
				if got := connections(); got != 1 {
					t.Errorf("%d connections, want 1", got)
				}
				ids := tfcli.IDs(result.Diagnostics())
				if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return id != test.id }) {
					t.Errorf("got %q, want only %s", ids, test.id)
				}
				if test.onPlan == "auto" && (len(ids) != 1 || result.Has("similar warning")) {
					t.Errorf("want one warning:\n%.2000s", result.Combined)
				}
			})
		})
	}
}

// expectWithin fails the test where a plan took longer than the limit. On a
// busy machine the limit grows by what the same plan takes there with checks
// off, beyond the second that it takes at most on an idle one.
func expectWithin(t *testing.T, w *tfcli.Workspace, result tfcli.Result, limit time.Duration) {
	t.Helper()
	if result.Duration <= limit {
		return
	}
	w.Setenv("CHANNELS_CHECKS", "off")
	busy := w.OK("plan").Duration - time.Second
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
		if result.Duration >= 12*time.Second {
			t.Errorf("it took %s", result.Duration)
		}
		for _, id := range tfcli.IDs(result.Diagnostics()) {
			if id != "network/refused" {
				t.Errorf("unexpected %s", id)
			}
		}
		if left := w.State(); len(left) != 0 {
			t.Errorf("%d layers stand in the state", len(left))
		}
	})
}

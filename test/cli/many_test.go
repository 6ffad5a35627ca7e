package cli

import (
	"fmt"
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

func TestMany_LayersOnOneRedisShareOneConnection(t *testing.T) {
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
		want := 1
		if cli.IsTofu() {
			want = 2 // It looks in the apply, too, before it proves.
		}
		if got := server.Connections() - before; got != want {
			t.Errorf("Redis saw %d connections in the apply, want %d", got, want)
		}
	})
}

// An address that does not answer costs one time-out, however many layers name
// it, and says so once. These run one after another: they measure time.
func TestMany_LayersOnDeadAddressCostOneTimeout(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"silent":       func(t testing.TB) string { return faults.Serve(t, faults.Silent).Addr() },
		"full backlog": faults.FullBacklog,
	} {
		for mode, wantExit := range map[string]int{"error": 1, "auto": 0} {
			t.Run(name+" "+mode, func(t *testing.T) {
				tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
					w := tfcli.New(t, cli)
					w.Main(hundred(at(address(t)), fmt.Sprintf("timeout = \"5s\", on_plan = %q", mode)))
					result := w.Run("plan")
					if result.ExitCode != wantExit {
						t.Fatalf("exit %d, want %d:\n%s", result.ExitCode, wantExit, result.Combined)
					}
					if result.Duration >= 8*time.Second {
						t.Errorf("it took %s", result.Duration)
					}
					id := map[string]string{"silent": "network/silent", "full backlog": "network/connect-timeout"}[name]
					found := result.Diagnostics()
					if len(found) == 0 || strings.Count(result.Combined, id) != len(found) {
						t.Errorf("not every diagnostic is %s:\n%.2000s", id, result.Combined)
					}
					if mode == "auto" && (len(found) != 1 || strings.Contains(result.Combined, "similar warning")) {
						t.Errorf("want one warning:\n%.2000s", result.Combined)
					}
				})
			})
		}
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

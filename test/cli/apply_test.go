package cli

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// environmentOutput puts out the wiring of channels_layer.this.
const environmentOutput = `
output "environment" {
  value     = channels_layer.this.environment
  sensitive = true
}
`

// expectEnvironment fails the test unless the output has exactly those
// variables.
func expectEnvironment(t *testing.T, w *tfcli.Workspace, want map[string]string) {
	t.Helper()
	var got map[string]string
	w.Output("environment", &got)
	if !maps.Equal(got, want) {
		t.Errorf("environment: got %q, want %q", got, want)
	}
}

func TestApply_EnvironmentHasExactlyWhatAppNeeds(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL()) + environmentOutput)
		expectWarnings(t, w.OK("apply"))
		expectEnvironment(t, w, map[string]string{
			"REDIS_URL":              server.URL(),
			"REDIS_PORT":             "6379",
			"DEBUG":                  "False",
			"DJANGO_SETTINGS_MODULE": "config.settings",
		})
		// A second run finds nothing to do.
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
		expectWarnings(t, w.OK("destroy"))
		if left := w.State(); len(left) != 0 {
			t.Errorf("destroy has left %v", left)
		}
	})
}

func TestApply_SavedPlanIsApplied(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL()) + environmentOutput)
		expectWarnings(t, w.OK("plan", "-out=saved"))
		expectWarnings(t, w.OK("apply", "saved"))
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
	})
}

// A Redis that a neighbour in the same apply starts is not there at plan.
func TestApply_WaitsForRedisThatStartsLate(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		address := faults.FreePort(t)
		server := redistest.Start(t)
		w := tfcli.New(t, cli)
		w.Main(layer(at(address)))
		expectWarnings(t, w.OK("plan", "-out=saved"), "network/refused")
		log := w.Log("INFO")
		apply := w.Start("apply", "saved")
		// The server begins to listen there when the log says that apply waits.
		if !eventually(20*time.Second, func() bool { return strings.Contains(log(), "Waiting for Redis") }) {
			t.Fatalf("the log does not say that it waits:\n%s", apply.Wait().Combined)
		}
		server.Do("CONFIG", "SET", "port", port(t, address))
		result := apply.Wait()
		if result.ExitCode != 0 {
			t.Fatalf("exit %d:\n%s", result.ExitCode, result.Combined)
		}
		if cli.IsTofu() {
			// It gives no sign that it plans within an apply, where a look
			// has nothing to say that the proof does not.
			expectWarnings(t, result, "network/refused")
		} else {
			expectWarnings(t, result)
		}
		for _, line := range strings.Split(log(), "\n") {
			if strings.Contains(line, "Waiting for Redis") && !strings.Contains(line, address) {
				t.Errorf("the log does not name %s: %s", address, line)
			}
		}
	})
}

func TestApply_RedisDownFailsAfterWaitAndStoresNothing(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(url, `check = { wait = "1s" }`))
		result := w.Fails("apply")
		if got := tfcli.IDs(result.Errors()); len(got) != 1 || got[0] != "network/refused" {
			t.Errorf("errors %q, want network/refused\n%s", got, result.Combined)
		}
		expectHas(t, result, `on_apply = "off"`)
		if left := w.State(); len(left) != 0 {
			t.Errorf("the state has %v", left)
		}
	})
}

func TestApply_WrongPasswordDoesNotWait(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(wrongPassword(server), `check = { on_plan = "off", wait = "1m" }`))
		result := w.Fails("apply")
		expectErrors(t, result, "auth/wrong-password")
		if result.Duration > 20*time.Second {
			t.Errorf("it took %s: what time cannot heal is not waited for", result.Duration)
		}
	})
}

func TestApply_OnApplyWarningAndOffGoOn(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	for mode, warnings := range map[string][]string{"warning": {"network/refused"}, "off": nil} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(layer(url, `check = { on_plan = "off", wait = "1s", on_apply = "`+mode+`" }`))
				expectWarnings(t, w.OK("apply"), warnings...)
				if len(w.State()) != 1 {
					t.Errorf("the state has %v", w.State())
				}
			})
		})
	}
}

// Only an answer of the app's Redis proves it: a replacement goes on where the
// triggers say so.
func TestApply_TriggersRepeatCheck(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		config := func(image string) string {
			return layer(server.URL(), `check = { on_plan = "off", wait = "1s" }`, `triggers = { image = "`+image+`" }`)
		}
		w.Main(config("app:1"))
		w.OK("apply")
		before := server.Connections()
		w.OK("apply")
		if got := server.Connections(); got != before {
			t.Errorf("without a change %d more connections", got-before)
		}
		w.Main(config("app:2"))
		w.OK("apply")
		if got := server.Connections(); got != before+proofConnections {
			t.Errorf("with a changed trigger %d more connections, want %d", got-before, proofConnections)
		}
	})
}

package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// An outage blocks neither other work nor a destroy.
func TestUnchanged_OutageOnlyWarnsAndDestroyWorks(t *testing.T) {
	t.Parallel()
	for name, outage := range map[string]struct {
		happen func(*redistest.Server)
		id     string
	}{
		"down":             {(*redistest.Server).Stop, "network/refused"},
		"another password": {func(s *redistest.Server) { s.Do("CONFIG", "SET", "requirepass", "Wm4-another-made-up") }, "auth/wrong-password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				server := redistest.Start(t, redistest.Password(password))
				w := tfcli.New(t, cli)
				w.Main(layer(server.URL()))
				w.OK("apply")
				outage.happen(server)
				expectWarnings(t, w.OK("plan", "-detailed-exitcode"), outage.id)
				// Core keeps the warnings of the plan before a destroy to itself.
				expectWarnings(t, w.OK("plan", "-destroy"))
				expectWarnings(t, w.OK("destroy"))
			})
		})
	}
}

// on_plan = "error" is for what changes; an outage still is no reason to stop
// other work.
func TestUnchanged_OnPlanErrorOnlyWarns(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		server := redistest.Start(t)
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL(), `check = { on_plan = "error" }`))
		w.OK("apply")
		server.Stop()
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"), "network/refused")
	})
}

// Core plans before it destroys, so that an error of a changed or a
// never-created layer stops it; the error names the two ways out.
func TestDestroy_LayerInErrorStopsItUnlessChecksAreOff(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	for name, wrong := range map[string]func(*tfcli.Workspace){
		"changed": func(w *tfcli.Workspace) { w.Main(layer(wrongPassword(server))) },
		"never created": func(w *tfcli.Workspace) {
			w.Main(layer(server.URL()) + named("other", wrongPassword(server)))
		},
	} {
		for _, out := range []string{"CHANNELS_CHECKS=off", "-refresh=false"} {
			t.Run(name+" "+out, func(t *testing.T) {
				t.Parallel()
				tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
					t.Parallel()
					w := tfcli.New(t, cli)
					w.Main(layer(server.URL()))
					w.OK("apply")
					wrong(w)
					result := w.Fails("destroy")
					expectErrors(t, result, "auth/wrong-password")
					expectHas(t, result, out)
					if out == "-refresh=false" {
						expectWarnings(t, w.OK("destroy", out))
					} else {
						w.Setenv("CHANNELS_CHECKS", "off")
						expectWarnings(t, w.OK("destroy"))
					}
					if left := w.State(); len(left) != 0 {
						t.Errorf("destroy has left %v", left)
					}
				})
			})
		}
	}
}

func TestPlan_ChecksOffLookAtNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Setenv("CHANNELS_CHECKS", "off")
		w.Main(layer(server.URL()) + named("down", at(faults.ClosedPort(t))))
		expectWarnings(t, w.OK("apply"))
		if got := server.Connections(); got != 0 {
			t.Errorf("%d connections, want none", got)
		}
	})
}

package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestExamples_LocalAndProductionRun(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Copy(filepath.Join("..", "..", "examples"), ".")
		w.Dir = filepath.Join(w.Dir, "local-and-production")
		w.Setenv("TF_VAR_redis_url", server.URL())
		w.OK("get")
		expectWarnings(t, w.OK("plan"))
		expectWarnings(t, w.OK("apply"))
		var production map[string]string
		w.Output("production", &production)
		if production["REDIS_URL"] != server.URL() || production["DEBUG"] != "False" {
			t.Errorf("production has %q", production)
		}
		var local struct {
			BackendClass string   `json:"backend_class"`
			Variables    []string `json:"variables"`
		}
		w.Output("local", &local)
		if local.BackendClass != "channels.layers.InMemoryChannelLayer" || strings.Contains(strings.Join(local.Variables, " "), "REDIS_URL") {
			t.Errorf("local is %+v", local)
		}
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
		w.OK("destroy")
		if left := w.State(); len(left) != 0 {
			t.Errorf("destroy has left %v", left)
		}
	})
}

package cli

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// Core validates in every walk, so that it is sent a static warning more than
// once: it must be able to fold them, and validate alone must show them.
func TestWarnings_StaticOnesAreToldOnceEach(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		off := `check = { on_plan = "off", on_apply = "off" }`
		w := tfcli.New(t, cli)
		w.Main(named("one", "redis://redis.example.com:6379/0?db=1", off) +
			named("two", "redis://redis.example.com:6379/0?db=1", off) +
			named("three", "redis://redis.example.com:0/0", off))
		for _, command := range []string{"validate", "plan", "apply"} {
			result := w.OK(command)
			for _, id := range []string{"url/database-twice", "url/port-zero"} {
				if n := strings.Count(result.Combined, "("+id+")"); n != 1 && command != "validate" || n == 0 {
					t.Errorf("%s tells %s %d times\n%s", command, id, n, result.Combined)
				}
			}
		}
		// What is known to plan alone, plan must tell.
		w = tfcli.New(t, cli)
		w.Main("variable \"url\" {}\n" + strings.Replace(named("one", "", off), `""`, "var.url", 1))
		w.Setenv("TF_VAR_url", "redis://redis.example.com:6379/0?db=1")
		expectWarnings(t, w.OK("validate"))
		expectWarnings(t, w.OK("plan"), "url/database-twice")
	})
}

package cli

import (
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// examplesOf copies all examples and goes into one of them.
func examplesOf(t *testing.T, cli tfcli.CLI, directory string) *tfcli.Workspace {
	t.Helper()
	w := tfcli.New(t, cli)
	w.Copy(filepath.Join("..", "..", "examples"), ".")
	w.Dir = filepath.Join(w.Dir, directory)
	return w
}

var testsPassed = regexp.MustCompile(`(\d+) passed, 0 failed`)

// TestExamples_TheirOwnTestsPass runs `terraform test` and `tofu test` where an
// example has tests.
func TestExamples_TheirOwnTestsPass(t *testing.T) {
	t.Parallel()
	for directory, runs := range map[string]int{
		"modules/channel_layer": 8, "environments/for_each": 2, "environments/workspaces": 1,
	} {
		tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
			t.Parallel()
			w := examplesOf(t, cli, directory)
			w.Setenv("CHANNELS_CHECKS", "off")
			w.OK("get")
			result := w.OK("test")
			passed := testsPassed.FindStringSubmatch(result.Combined)
			if passed == nil || passed[1] != strconv.Itoa(runs) {
				t.Errorf("%d runs should pass\n%s", runs, result.Combined)
			}
		})
	}
}

func TestExamples_EnvironmentsOfOneRootAreKeptApart(t *testing.T) {
	t.Parallel()
	authority := redistest.NewAuthority(t)
	staging := redistest.Start(t, redistest.Password(password), redistest.TLS(authority))
	production := redistest.Start(t, redistest.Password(password), redistest.TLS(authority))
	withAuthority := "?ssl_ca_certs=" + authority.File(t)
	urls := map[string]string{"staging": staging.URL() + "/0" + withAuthority, "production": production.URL() + "/0" + withAuthority}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := examplesOf(t, cli, "environments/for_each")
		w.Setenv("TF_VAR_redis_urls", `{ staging = "`+urls["staging"]+`", production = "`+urls["production"]+`" }`)
		w.OK("get")
		expectWarnings(t, w.OK("apply"))
		var environments map[string]map[string]string
		w.Output("environments", &environments)
		if len(environments) != 3 || environments["local"]["DEBUG"] != "True" || environments["local"]["REDIS_URL"] != "" {
			t.Errorf("the environments are %d, local has %d variables", len(environments), len(environments["local"]))
		}

		w = examplesOf(t, cli, "environments/workspaces")
		w.OK("get")
		expectWarnings(t, w.OK("apply"))
		for name, url := range urls {
			if environments[name]["REDIS_URL"] != url {
				t.Errorf("%s has another URL than its own", name)
			}
			w.OK("workspace", "select", "-or-create", name)
			w.Setenv("TF_VAR_redis_url", url)
			expectWarnings(t, w.OK("apply"))
			var environment map[string]string
			w.Output("environment", &environment)
			if environment["REDIS_URL"] != url {
				t.Errorf("the workspace %s has another URL than its own", name)
			}
		}
		w.OK("workspace", "select", "-or-create", "qa")
		expectHas(t, w.Fails("plan"), "Invalid index")
	})
}

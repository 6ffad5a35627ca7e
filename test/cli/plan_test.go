package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestPlan_HealthyRedisGivesNoWarning(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL()))
		expectWarnings(t, w.OK("plan"))
	})
}

func TestPlan_WrongPasswordIsError(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(wrongPassword(server)))
		result := w.Fails("plan")
		expectErrors(t, result, "auth/wrong-password")
		expectHas(t, result, "CHANNELS_CHECKS=off", "-refresh=false")
	})
}

// The first user's Redis has a name that only its Docker network knows.
func TestPlan_UnresolvedNameIsOneWarningForAnyNumberOfLayers(t *testing.T) {
	t.Parallel()
	url := "redis://default:" + password + "@app-redis-abc123:6379"
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(named("a", url) + named("b", url) + named("c", url+"/0"))
		result := w.OK("plan")
		expectWarnings(t, result, "network/name-not-resolved")
		expectHas(t, result, `on_apply = "off"`, "app-redis-abc123:6379")
		if strings.Contains(result.Combined, "similar warning") {
			t.Errorf("more than one warning was folded:\n%s", result.Combined)
		}
	})
}

func TestPlan_RefusedPortFollowsOnPlan(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	for mode, want := range map[string]func(*testing.T, *tfcli.Workspace){
		"auto":    func(t *testing.T, w *tfcli.Workspace) { expectWarnings(t, w.OK("plan"), "network/refused") },
		"warning": func(t *testing.T, w *tfcli.Workspace) { expectWarnings(t, w.OK("plan"), "network/refused") },
		"error":   func(t *testing.T, w *tfcli.Workspace) { expectErrors(t, w.Fails("plan"), "network/refused") },
		"off":     func(t *testing.T, w *tfcli.Workspace) { expectWarnings(t, w.OK("plan")) },
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(layer(url, fmt.Sprintf("check = { on_plan = %q }", mode)))
				want(t, w)
			})
		})
	}
}

func TestPlan_OnPlanWarningMakesWrongPasswordWarning(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(wrongPassword(server), `check = { on_plan = "warning" }`))
		expectWarnings(t, w.OK("plan"), "auth/wrong-password")
	})
}

func TestPlan_CheckOfProviderIsDefaultAndLayerOverrules(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`provider "channels" {
  check    = { on_plan = "error" }
  findings = { "host/loopback" = "off" }
}
` +
			named("strict", url) + named("quiet", url, `check = { on_plan = "off" }`))
		result := w.Fails("plan")
		expectErrors(t, result, "network/refused")
		if !result.Has("channels_layer.strict") {
			t.Errorf("the error stands at another layer:\n%s", result.Combined)
		}
	})
}

// A finding of a live check follows the user's severities as static ones do.
func TestPlan_FindingsApplyToLiveChecks(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(url, `findings = { "network/refused" = "off" }`))
		expectWarnings(t, w.OK("plan"))
		w.Main(layer(url, `findings = { "network/refused" = "error" }`))
		expectErrors(t, w.Fails("plan"), "network/refused")
	})
}

func TestPlan_InMemoryLayerNeedsNoNetwork(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`resource "channels_layer" "this" { debug = true }` + "\n")
		expectWarnings(t, w.OK("apply"))
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
	})
}

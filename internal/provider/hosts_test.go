package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// twoHosts are hosts in two of their forms, each with a password of its own.
func twoHosts(a, b *redistest.Server) string {
	return fmt.Sprintf(`[
    { url = %q },
    { host = "127.0.0.1", port = %d, password = "made-up b", db = 2, arguments = { socket_timeout = "10" } },
  ]`, a.URL(), b.Port())
}

func TestAccLayerResource_SeveralHosts(t *testing.T) {
	a, b := redistest.Start(t, redistest.Password("made-up-a")), redistest.Start(t, redistest.Password("made-up b"))
	second := fmt.Sprintf("redis://:made-up%%20b@127.0.0.1:%d/2?socket_timeout=10", b.Port())
	config := fmt.Sprintf(`
resource "channels_layer" "x" {
  hosts    = %s
  backend  = "pubsub"
  packages = { channels_redis = "4.3.0", redis = "7.4.1" }
}
data "channels_redis" "x" {
  hosts   = %[1]s
  backend = "pubsub"
  depth   = "round_trip"
}`, twoHosts(a, b))
	const status = "data.channels_redis.x"
	resource.ParallelTest(t, testCase(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				planIs("variable_names", texts("CHANNEL_LAYERS_HOSTS", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				stateIs("environment", knownvalue.MapExact(map[string]knownvalue.Check{
					"CHANNEL_LAYERS_HOSTS":   text(fmt.Sprintf(`[%q,%q]`, a.URL(), second)),
					"REDIS_PORT":             text("6379"),
					"DEBUG":                  text("False"),
					"DJANGO_SETTINGS_MODULE": text("config.settings"),
				})),
				stateIs("dotenv", knownvalue.StringRegexp(regexp.MustCompile(`CHANNEL_LAYERS_HOSTS=\[%22redis://`))),
				stateIs("settings_python", knownvalue.StringRegexp(regexp.MustCompile(`REDIS_HOSTS or \(\[REDIS_URL\]`))),
				stateIs("channel_layers_json", knownvalue.StringRegexp(regexp.MustCompile(`"hosts":\["redis://`))),
				stateIs("resolved_hosts", knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectPartial(map[string]knownvalue.Check{"port": knownvalue.Int64Exact(int64(a.Port())), "db": knownvalue.Int64Exact(0)}),
					knownvalue.ObjectPartial(map[string]knownvalue.Check{"port": knownvalue.Int64Exact(int64(b.Port())), "db": knownvalue.Int64Exact(2)}),
				})),
				dataIs(status, "ready", knownvalue.Bool(true)),
				dataIs(status, "server", knownvalue.Null()),
				dataIs(status, "host_status", knownvalue.ListExact([]knownvalue.Check{hostIs("hosts[0]"), hostIs("hosts[1]")})),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	))
}

func hostIs(setting string) knownvalue.Check {
	return knownvalue.ObjectPartial(map[string]knownvalue.Check{
		"setting":    text(setting),
		"reachable":  knownvalue.Bool(true),
		"ready":      knownvalue.Bool(true),
		"error":      knownvalue.Null(),
		"server":     knownvalue.ObjectPartial(map[string]knownvalue.Check{"role": text("master")}),
		"round_trip": knownvalue.ObjectPartial(map[string]knownvalue.Check{"delivered": knownvalue.Bool(true)}),
	})
}

// A host that refuses is named by its place, and the others do not hide it.
func TestAccLayerResource_SeveralHostsNameTheOneThatIsWrong(t *testing.T) {
	a, b := redistest.Start(t), redistest.Start(t, redistest.Password("made-up b"))
	layer := `
resource "channels_layer" "x" {
  backend = "pubsub"
  hosts   = [{ url = %q }, { host = "127.0.0.1", port = %d, password = "made-up wrong" }]
}`
	resource.ParallelTest(t, testCase(
		resource.TestStep{
			Config:      fmt.Sprintf(layer, a.URL(), b.Port()),
			ExpectError: regexp.MustCompile(`(?s)hosts\[1\].*|auth/wrong-password`),
		},
	))
}

func TestAccLayerResource_HostsExcludeOtherPlaces(t *testing.T) {
	var steps []resource.TestStep
	for argument, want := range map[string]string{
		`redis_url = "redis://redis"`:                         "hosts and redis_url exclude each other",
		`redis_host = "redis"`:                                "hosts and redis_host exclude each other",
		`redis_port = 6380`:                                   "hosts and redis_port exclude each other",
		`hosts_wo = [{ host = "b" }]`:                         "hosts_wo needs hosts_wo_version",
		"hosts_wo = [{ host = \"b\" }]\nhosts_wo_version = 1": "hosts and hosts_wo exclude each other",
	} {
		steps = append(steps, resource.TestStep{
			Config:      "resource \"channels_layer\" \"x\" {\n  backend = \"pubsub\"\n  check = { on_plan = \"off\" }\n  hosts = [{ host = \"a\" }]\n" + argument + "\n}",
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(want),
		})
	}
	test := testCase(steps...)
	test.TerraformVersionChecks = since("1.11.0")
	resource.ParallelTest(t, test)
}

func TestAccLayerResource_WriteOnlyHostsStandNowhere(t *testing.T) {
	a, b := redistest.Start(t, redistest.Password("made-up-a")), redistest.Start(t, redistest.Password("made-up b"))
	test := testCase(resource.TestStep{
		Config: fmt.Sprintf(`
resource "channels_layer" "x" {
  backend          = "pubsub"
  hosts_wo         = %s
  hosts_wo_version = 1
}`, twoHosts(a, b)),
		ConfigStateChecks: []statecheck.StateCheck{
			stateIs("uses_redis", knownvalue.Bool(true)),
			stateIs("variable_names", texts("CHANNEL_LAYERS_HOSTS", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			stateIs("hosts_wo", knownvalue.Null()),
			stateIs("environment", knownvalue.Null()),
			stateIs("dotenv", knownvalue.Null()),
			stateIs("resolved_hosts", knownvalue.Null()),
			stateIs("channel_layers_json", knownvalue.Null()),
			stateIs("settings_python", knownvalue.StringRegexp(regexp.MustCompile(`REDIS_HOSTS`))),
		},
	})
	test.TerraformVersionChecks = since("1.11.0")
	resource.ParallelTest(t, test)
}

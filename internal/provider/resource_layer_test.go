package provider_test

import (
	"fmt"
	"net/url"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

const layer = "channels_layer.x"

func at(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

func stateIs(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(layer, at(name), value)
}

func planIs(name string, value knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(layer, at(name), value)
}

func text(s string) knownvalue.Check { return knownvalue.StringExact(s) }

func texts(list ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(list))
	for i, s := range list {
		checks[i] = text(s)
	}
	return knownvalue.SetExact(checks)
}

func TestAccLayerResource_Production(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-password"))
	config := fmt.Sprintf(`
resource "channels_layer" "x" {
  redis_url = %q
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
}`, server.URL())
	resource.ParallelTest(t, testCase(
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				planIs("backend_class", text("channels_redis.core.RedisChannelLayer")),
				planIs("variable_names", texts("REDIS_URL", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				stateIs("uses_redis", knownvalue.Bool(true)),
				stateIs("environment", knownvalue.MapExact(map[string]knownvalue.Check{
					"REDIS_URL":              text(server.URL()),
					"REDIS_PORT":             text("6379"),
					"DEBUG":                  text("False"),
					"DJANGO_SETTINGS_MODULE": text("config.settings"),
				})),
				stateIs("resolved_hosts", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
					"host": text("127.0.0.1"),
					"port": knownvalue.Int64Exact(int64(server.Port())),
					"tls":  knownvalue.Bool(false),
					"db":   knownvalue.Int64Exact(0),
					"path": knownvalue.Null(),
				})})),
				stateIs("reported_findings", knownvalue.ListSizeExact(0)),
				stateIs("dotenv", text("REDIS_URL="+server.URL()+"\nREDIS_PORT=6379\nDEBUG=False\nDJANGO_SETTINGS_MODULE=config.settings\n")),
				stateIs("settings_python", knownvalue.StringRegexp(regexp.MustCompile(`os\.getenv\('REDIS_URL'\)`))),
				stateIs("channel_layers_json", knownvalue.StringRegexp(regexp.MustCompile(`"BACKEND":\s*"channels_redis.core`))),
			},
		},
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
			}},
		},
	))
}

func TestAccLayerResource_DebugIsInMemory(t *testing.T) {
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: `
resource "channels_layer" "x" {
  debug      = true
  redis_url  = null
  redis_host = null
}`,
		ConfigStateChecks: []statecheck.StateCheck{
			stateIs("backend_class", text("channels.layers.InMemoryChannelLayer")),
			stateIs("uses_redis", knownvalue.Bool(false)),
			stateIs("resolved_hosts", knownvalue.ListSizeExact(0)),
			stateIs("variable_names", texts("REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			stateIs("reported_findings", knownvalue.ListSizeExact(0)),
		},
	}))
}

func TestAccLayerResource_HostAndPortAreTheFallback(t *testing.T) {
	server := redistest.Start(t)
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: fmt.Sprintf(`
resource "channels_layer" "x" {
  redis_url  = ""
  redis_host = "127.0.0.1"
  redis_port = %d
  debug      = false
  variables  = { redis_host = "CACHE_HOST", django_settings_module = "" }
}`, server.Port()),
		ConfigStateChecks: []statecheck.StateCheck{
			stateIs("environment", knownvalue.MapExact(map[string]knownvalue.Check{
				"CACHE_HOST": text("127.0.0.1"),
				"REDIS_PORT": text(fmt.Sprint(server.Port())),
				"DEBUG":      text("False"),
			})),
		},
	}))
}

func TestAccLayerResource_UnknownURLIsPlannedAsSetAndCheckedAtApply(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-password"))
	config := func(address string) string {
		return fmt.Sprintf(`
resource "terraform_data" "url" {
  input = %q
}
resource "channels_layer" "x" {
  redis_url = terraform_data.url.output
  check     = { wait = "1s" }
}
resource "terraform_data" "names" {
  count = length(channels_layer.x.variable_names)
}`, address)
	}
	c := testCase(
		resource.TestStep{
			Config:      config(server.URLAs(url.UserPassword("default", "wrong"))),
			ExpectError: idPattern("auth/wrong-password"),
		},
		resource.TestStep{
			Config: config(server.URL()),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				planIs("uses_redis", knownvalue.Bool(true)),
				planIs("variable_names", texts("REDIS_URL", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{stateIs("uses_redis", knownvalue.Bool(true))},
		},
	)
	c.TerraformVersionChecks = since("1.4.0")
	resource.ParallelTest(t, c)
}

func TestAccLayerResource_WrongPasswordIsAnErrorAtPlan(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-password"))
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config:      fmt.Sprintf("resource \"channels_layer\" \"x\" {\n redis_url = %q\n}", server.URLAs(url.UserPassword("default", "wrong"))),
		PlanOnly:    true,
		ExpectError: idPattern("auth/wrong-password"),
	}))
}

func TestAccLayerResource_WriteOnlyRotation(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-password"))
	config := func(password string, version int) string {
		return fmt.Sprintf(`
resource "channels_layer" "x" {
  redis_url_wo         = %q
  redis_url_wo_version = %d
}`, server.URLAs(url.UserPassword("default", password)), version)
	}
	c := testCase(
		resource.TestStep{
			Config: config("made-up-password", 1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				planIs("environment", knownvalue.Null()),
				planIs("uses_redis", knownvalue.Bool(true)),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				stateIs("redis_url_wo", knownvalue.Null()),
				stateIs("environment", knownvalue.Null()),
				stateIs("dotenv", knownvalue.Null()),
				stateIs("channel_layers_json", knownvalue.Null()),
				stateIs("resolved_hosts", knownvalue.Null()),
				stateIs("uses_redis", knownvalue.Bool(true)),
				stateIs("variable_names", texts("REDIS_URL", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE")),
			},
		},
		resource.TestStep{
			Config:      config("wrong", 2),
			ExpectError: idPattern("auth/wrong-password"),
		},
		resource.TestStep{
			Config: config("made-up-password", 3),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(layer, plancheck.ResourceActionUpdate),
			}},
		},
	)
	c.TerraformVersionChecks = since("1.11.0")
	resource.ParallelTest(t, c)
}

func TestAccLayerResource_ExclusiveArguments(t *testing.T) {
	c := testCase(
		resource.TestStep{
			Config:      "resource \"channels_layer\" \"x\" {\n redis_url = \"redis://a\"\n redis_url_wo = \"redis://b\"\n redis_url_wo_version = 1\n}",
			ExpectError: regexp.MustCompile("redis_url and redis_url_wo exclude each other"),
		},
		resource.TestStep{
			Config:      "resource \"channels_layer\" \"x\" {\n redis_url_wo = \"redis://b\"\n}",
			ExpectError: regexp.MustCompile("redis_url_wo needs redis_url_wo_version"),
		},
		resource.TestStep{
			Config:      "resource \"channels_layer\" \"x\" {\n config = { symmetric_encryption_keys = [\"a\"], symmetric_encryption_keys_wo = [\"b\"] }\n}",
			ExpectError: regexp.MustCompile("Two sets of encryption keys exclude each other"),
		},
	)
	c.TerraformVersionChecks = since("1.11.0")
	resource.ParallelTest(t, c)
}

func TestAccLayerResource_StaticFindingsHaveTheSeverityThatIsAskedFor(t *testing.T) {
	config := func(severity string) string {
		findings := ""
		if severity != "" {
			findings = fmt.Sprintf("findings = { \"url/unescaped-delimiter\" = %q }", severity)
		}
		return "resource \"channels_layer\" \"x\" {\n redis_url = \"redis://:made#up@127.0.0.1:6379\"\n check = { on_plan = \"off\", on_apply = \"off\" }\n" + findings + "\n}"
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config(""), ExpectError: idPattern("url/unescaped-delimiter")},
		resource.TestStep{
			Config: config("warning"),
			ConfigStateChecks: []statecheck.StateCheck{stateIs("reported_findings", knownvalue.ListPartial(map[int]knownvalue.Check{
				0: knownvalue.ObjectPartial(map[string]knownvalue.Check{"id": text("url/unescaped-delimiter"), "severity": text("warning")}),
			}))},
		},
		resource.TestStep{
			Config:            config("off"),
			ConfigStateChecks: []statecheck.StateCheck{stateIs("reported_findings", knownvalue.ListSizeExact(0))},
		},
	))
}

func TestAccLayerResource_EveryOptionReachesTheSettings(t *testing.T) {
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: `
resource "channels_layer" "x" {
  alias     = "chat"
  redis_url = "redis://redis.example.com"
  check     = { on_plan = "off", on_apply = "off" }
  config = {
    prefix                    = "chat"
    expiry                    = 30
    group_expiry              = 3600
    capacity                  = 10
    channel_capacity          = [{ pattern = "http.*", capacity = 200 }, { pattern = "*", capacity = 5 }]
    symmetric_encryption_keys = ["made-up-key"]
    serializer_format         = "json"
    random_prefix_length      = 8
  }
}`,
		ConfigStateChecks: []statecheck.StateCheck{
			stateIs("channel_layers_json", text(`{"chat":{"BACKEND":"channels_redis.core.RedisChannelLayer","CONFIG":{"hosts":["redis://redis.example.com"],"prefix":"chat","expiry":30,"group_expiry":3600,"capacity":10,"channel_capacity":{"http.*":200,"*":5},"symmetric_encryption_keys":["made-up-key"],"serializer_format":"json","random_prefix_length":8}}}`)),
			stateIs("variable_names", texts("REDIS_URL", "REDIS_PORT", "DEBUG", "CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS", "DJANGO_SETTINGS_MODULE")),
		},
	}))
}

func TestAccLayerResource_OptionsOfAnotherBackendAreRefused(t *testing.T) {
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config:      "resource \"channels_layer\" \"x\" {\n redis_url = \"redis://redis.example.com\"\n config = { on_disconnect = \"redis.disconnect\" }\n}",
		PlanOnly:    true,
		ExpectError: idPattern("config/option-not-supported"),
	}))
}

func TestAccLayerResource_ImportIsRefusedWithTheReason(t *testing.T) {
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: "resource \"channels_layer\" \"x\" {\n debug = true\n}"},
		resource.TestStep{
			Config:        "resource \"channels_layer\" \"x\" {\n debug = true\n}",
			ResourceName:  layer,
			ImportState:   true,
			ImportStateId: "anything",
			ExpectError:   regexp.MustCompile("cannot be imported"),
		},
	))
}

func TestAccLayerResource_AValueThatReadersMisreadLeavesDotenvNull(t *testing.T) {
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: "resource \"channels_layer\" \"x\" {\n redis_url = \"redis://:made$up@redis.example.com\"\n check = { on_plan = \"off\", on_apply = \"off\" }\n}",
		ConfigStateChecks: []statecheck.StateCheck{
			stateIs("dotenv", knownvalue.Null()),
			stateIs("environment", knownvalue.NotNull()),
		},
	}))
}

func TestAccLayerResource_PackagesAreReadFromRequirements(t *testing.T) {
	// ssl_min_version came with redis-py 5.0.2: an older one stops Django.
	config := func(redis string) string {
		return "resource \"channels_layer\" \"x\" {\n redis_url = \"rediss://redis.example.com?ssl_include_verify_flags=VERIFY_X509_STRICT\"\n check = { on_plan = \"off\", on_apply = \"off\" }\n packages = { requirements = \"redis==" + redis + "\\n\" }\n}"
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config("5.2.1"), ExpectError: idPattern("url/unknown-argument")},
		resource.TestStep{Config: config("7.4.1"), ConfigStateChecks: []statecheck.StateCheck{stateIs("reported_findings", knownvalue.ListSizeExact(0))}},
	))
}

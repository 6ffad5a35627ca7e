package provider_test

import (
	"fmt"
	"net/url"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func dataIs(address, name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func firstFinding(id string) knownvalue.Check {
	return knownvalue.ListPartial(map[int]knownvalue.Check{0: knownvalue.ObjectPartial(map[string]knownvalue.Check{"id": text(id)})})
}

func TestAccRedisDataSource_ReportsAndNeverFails(t *testing.T) {
	const redis = "data.channels_redis.x"
	server := redistest.Start(t, redistest.Password("made-up-password"))
	config := func(address string) string {
		return fmt.Sprintf("data \"channels_redis\" \"x\" {\n redis_url = %q\n timeout = \"2s\"\n depth = \"ping\"\n packages = { redis = \"7.4.1\" }\n}", address)
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config("http://127.0.0.1"), ExpectError: idPattern("url/scheme")},
		resource.TestStep{Config: config(server.URL()), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "reachable", knownvalue.Bool(true)),
			dataIs(redis, "ready", knownvalue.Bool(true)),
			dataIs(redis, "error", knownvalue.Null()),
			dataIs(redis, "findings", knownvalue.ListSizeExact(0)),
		}},
		resource.TestStep{Config: config(server.URLAs(url.UserPassword("default", "wrong"))), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "reachable", knownvalue.Bool(true)),
			dataIs(redis, "ready", knownvalue.Bool(false)),
			dataIs(redis, "error", knownvalue.StringRegexp(regexp.MustCompile(`auth/wrong-password`))),
			dataIs(redis, "findings", firstFinding("auth/wrong-password")),
		}},
		resource.TestStep{Config: config("redis://127.0.0.1:1"), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "reachable", knownvalue.Bool(false)),
			dataIs(redis, "ready", knownvalue.Bool(false)),
			dataIs(redis, "findings", firstFinding("network/refused")),
		}},
	))
}

func TestAccRedisDataSource_SaysWhatTheServerIsAndThatMessagesFlow(t *testing.T) {
	const redis = "data.channels_redis.x"
	server := redistest.Start(t, redistest.Password("made-up-password"))
	config := func(more string) string {
		return fmt.Sprintf("data \"channels_redis\" \"x\" {\n redis_url = %q\n %s\n}", server.URL(), more)
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config(""), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "server", knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"product": text("redis"), "mode": text("standalone"), "role": text("master"), "version": knownvalue.NotNull(), "uptime": knownvalue.NotNull(),
			})),
			dataIs(redis, "round_trip", knownvalue.Null()),
			dataIs(redis, "blocked_listeners", knownvalue.Int64Exact(0)),
			dataIs(redis, "subscribed_channels", knownvalue.Null()),
		}},
		resource.TestStep{Config: config(`backend = "pubsub"
 depth = "round_trip"`), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "ready", knownvalue.Bool(true)),
			dataIs(redis, "round_trip", knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"delivered": knownvalue.Bool(true), "direct": knownvalue.Bool(true), "group_members": knownvalue.Int64Exact(2), "group_ms": knownvalue.NotNull(),
			})),
			dataIs(redis, "subscribed_channels", knownvalue.Int64Exact(0)),
			dataIs(redis, "blocked_listeners", knownvalue.Null()),
		}},
		resource.TestStep{Config: config(`depth = "ping"`), ConfigStateChecks: []statecheck.StateCheck{
			dataIs(redis, "ready", knownvalue.Bool(true)),
			dataIs(redis, "server", knownvalue.Null()),
		}},
	))
	if left := server.Do("DBSIZE"); left != int64(0) {
		t.Errorf("%v keys are left in Redis", left)
	}
}

func TestAccRedisDataSource_TakesTheProvidersURL(t *testing.T) {
	server := redistest.Start(t, redistest.Password("made-up-password"))
	resource.ParallelTest(t, testCase(resource.TestStep{
		Config: fmt.Sprintf("provider \"channels\" {\n redis_url = %q\n}\ndata \"channels_redis\" \"x\" {}", server.URL()),
		ConfigStateChecks: []statecheck.StateCheck{
			dataIs("data.channels_redis.x", "ready", knownvalue.Bool(true)),
			dataIs("data.channels_redis.x", "redis_url", knownvalue.Null()),
		},
	}))
}

func TestAccEnvironmentDataSource_ReadsAsTheSettingsCodeDoes(t *testing.T) {
	const environment = "data.channels_environment.x"
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: `data "channels_environment" "x" {}`, ExpectError: regexp.MustCompile("no variables to read")},
		resource.TestStep{
			Config: `
data "channels_environment" "x" {
  environment = { REDIS_PORT = "" }
  on_findings = "error"
}`,
			ExpectError: regexp.MustCompile(`\(port/`),
		},
		resource.TestStep{
			Config: `
data "channels_environment" "x" {
  environment = { REDIS_URL = "rediss://:made-up@redis.example.com/1", DEBUG = "whatever", SECRET_KEY = "other" }
  packages    = { redis = "7.4.1" }
}`,
			ConfigStateChecks: []statecheck.StateCheck{
				dataIs(environment, "valid", knownvalue.Bool(true)),
				dataIs(environment, "backend_class", text("channels_redis.core.RedisChannelLayer")),
				dataIs(environment, "origins", knownvalue.MapPartial(map[string]knownvalue.Check{"backend_class": text("REDIS_URL")})),
				dataIs(environment, "findings", knownvalue.ListSizeExact(0)),
			},
		},
		resource.TestStep{
			Config: `
data "channels_environment" "x" {
  dotenv      = "REDIS_PORT=tcp://10.0.0.1:6379\nDEBUG=False\n"
  on_findings = "off"
}`,
			ConfigStateChecks: []statecheck.StateCheck{
				dataIs(environment, "valid", knownvalue.Bool(false)),
				dataIs(environment, "backend_class", knownvalue.Null()),
				dataIs(environment, "findings", knownvalue.ListSizeExact(1)),
			},
		},
		resource.TestStep{
			Config: `
data "channels_environment" "x" {
  environment = { DEBUG = "enabled" }
}`,
			ConfigStateChecks: []statecheck.StateCheck{
				dataIs(environment, "valid", knownvalue.Null()),
				dataIs(environment, "backend_class", knownvalue.Null()),
				dataIs(environment, "findings", firstFinding("debug/unreadable")),
			},
		},
		resource.TestStep{
			Config: `
data "channels_environment" "x" {
  environment = { DEBUG = "enabled" }
  debug_true  = ["enabled"]
}`,
			ConfigStateChecks: []statecheck.StateCheck{
				dataIs(environment, "backend_class", text("channels.layers.InMemoryChannelLayer")),
				dataIs(environment, "findings", knownvalue.ListSizeExact(0)),
			},
		},
	))
}

func TestAccLayerEphemeral_DeliversTheWiring(t *testing.T) {
	c := testCase(resource.TestStep{
		Config: `
ephemeral "channels_layer" "x" {
  redis_url = "redis://default:made-up@redis.example.com:6379"
}
provider "echo" {
  data = ephemeral.channels_layer.x.environment
}
resource "echo" "x" {}`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("echo.x", tfjsonpath.New("data"), knownvalue.MapExact(map[string]knownvalue.Check{
				"REDIS_URL":              text("redis://default:made-up@redis.example.com:6379"),
				"REDIS_PORT":             text("6379"),
				"DEBUG":                  text("False"),
				"DJANGO_SETTINGS_MODULE": text("config.settings"),
			})),
		},
	})
	c.TerraformVersionChecks = since("1.10.0")
	resource.ParallelTest(t, c)
}

// Who reads the variables makes a difference only where it is declared.
func TestAccEnvironmentDataSource_ReadsAsTheDeclaredReader(t *testing.T) {
	const environment = "data.channels_environment.x"
	config := func(variables, reader string) string {
		return fmt.Sprintf("data \"channels_environment\" \"x\" {\n %s\n reader = %s\n packages = { channels = \"4.3.2\", channels_redis = \"4.3.0\", redis = \"7.4.1\" }\n}", variables, reader)
	}
	is := func(valid knownvalue.Check, ids ...string) []statecheck.StateCheck {
		checks := []statecheck.StateCheck{dataIs(environment, "valid", valid), dataIs(environment, "findings", knownvalue.ListSizeExact(len(ids)))}
		for _, id := range ids {
			checks = append(checks, dataIs(environment, "findings", firstFinding(id)))
		}
		return checks
	}
	const (
		cut     = `dotenv = "REDIS_URL=\"redis://:made#up@redis:6379/0\"\n"`
		single  = `dotenv = "REDIS_URL='redis://:made%23up@redis:6379/0'\nDEBUG='False' # not in debug\n"`
		lost    = `environment = { REDIS_URL = "$REDIS_TLS_URL" }`
		found   = `environment = { REDIS_URL = "$REDIS_TLS_URL", REDIS_TLS_URL = "rediss://redis.example.com:6379/0" }`
		loose   = `dotenv = "REDIS_URL=$REDIS_TLS_URL\n"`
		environ = `"django-environ"`
	)
	step := func(variables, reader string, checks []statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{Config: config(variables, reader), ConfigStateChecks: checks}
	}
	resource.ParallelTest(t, testCase(
		resource.TestStep{Config: config(lost, `"dotenv"`), ExpectError: regexp.MustCompile("django-environ")},
		step(cut, "null", is(knownvalue.Null(), "dotenv/ambiguous")),
		step(cut, `"any"`, is(knownvalue.Null(), "dotenv/ambiguous")),
		step(cut, environ, is(knownvalue.Null(), "dotenv/comment-cut")),
		step(single, environ, is(knownvalue.Null(), "dotenv/comment-cut")),
		step(lost, "null", is(knownvalue.Bool(false), "url/unexpanded-variable")),
		step(lost, environ, is(knownvalue.Bool(false), "environment/proxied-value")),
		step(found, environ, is(knownvalue.Bool(true))),
		step(loose, environ, is(knownvalue.Null(), "environment/proxied-value")),
	))
}

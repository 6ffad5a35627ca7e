package cli

import (
	"fmt"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// A change that could not be proved leaves the state as it was.
func TestApply_FailedChangeKeepsState(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer(server.URL()))
		w.OK("apply")
		w.Main(layer(wrongPassword(server), `check = { on_plan = "off" }`))
		expectErrors(t, w.Fails("apply"), "auth/wrong-password")
		if w.State()["channels_layer.this"]["redis_url"] != server.URL() {
			t.Error("the state has lost the URL that works")
		}
		w.Main(layer(server.URL()))
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
	})
}

// Whatever is known only after apply, the plan goes on and apply finds it out.
func TestUnknown_AnyArgumentMayBe(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		const from = "terraform_data.late.output"
		w.Main(fmt.Sprintf(`resource "terraform_data" "late" {
  input = {
    host = "127.0.0.1", port = %[1]d, debug = false, module = "late.settings", name = "LATE_HOST"
    backend = "pubsub", wait = "2s", prefix = "late", keys = ["late-key"], severity = "warning", version = "7.4.1"
  }
}
resource "channels_layer" "host" {
  redis_host = %[2]s.host
  redis_port = %[2]s.port
}
resource "channels_layer" "debug" {
  redis_url = "redis://127.0.0.1:%[1]d"
  debug     = %[2]s.debug
  check     = { wait = %[2]s.wait }
  findings  = { "url/unescaped-delimiter" = %[2]s.severity }
  packages  = { redis = %[2]s.version }
}
resource "channels_layer" "backend" {
  backend    = %[2]s.backend
  redis_port = %[1]d
}
resource "channels_layer" "names" {
  redis_port = %[1]d
  variables  = { redis_host = %[2]s.name }
  django_settings_module = %[2]s.module
}
resource "channels_layer" "config" {
  redis_port = %[1]d
  config     = { prefix = %[2]s.prefix, symmetric_encryption_keys = %[2]s.keys }
}
resource "channels_layer" "objects" {
  redis_port = %[1]d
  variables  = { for k, v in { redis_host = "X" } : k => v if %[2]s.debug == false }
}
`, server.Port(), from))
		expectWarnings(t, w.OK("plan"))
		expectWarnings(t, w.OK("apply"))
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
		environment, _ := w.State()["channels_layer.names"]["environment"].(map[string]any)
		if environment["LATE_HOST"] != "127.0.0.1" || environment["DJANGO_SETTINGS_MODULE"] != "late.settings" {
			t.Errorf("the environment is %v", environment)
		}
	})
}

// The data source is made for tests of configurations.
func TestRedis_ServesTestsOfConfigurations(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 6)
		w := tfcli.New(t, cli)
		w.Main(`variable "url" { type = string }
resource "channels_layer" "this" { redis_url = var.url }
check "redis" {
  data "channels_redis" "this" { redis_url = var.url }
  assert {
    condition     = data.channels_redis.this.ready
    error_message = "It is not ready."
  }
}
`)
		w.Write("ready.tftest.hcl", `run "ready" {
  command = apply
  variables { url = "`+server.URL()+`" }
  assert {
    condition     = channels_layer.this.uses_redis
    error_message = "It needs no Redis."
  }
}
run "elsewhere" {
  command = plan
  variables { url = "redis://app-redis-abc123:6379" }
  expect_failures = [check.redis]
}
`)
		result := w.OK("test")
		expectHas(t, result, "2 passed, 0 failed")
	})
}

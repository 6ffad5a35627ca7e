package cli

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

const writeOnly = `variable "url" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "url_version" {
  type    = number
  default = 1
}

resource "channels_layer" "this" {
  redis_url_wo         = var.url
  redis_url_wo_version = var.url_version
  check                = { wait = "1s" }
}
`

// expectNowhere fails the test where any file of a run holds the secret: state,
// backup, or a part of a saved plan.
func expectNowhere(t *testing.T, w *tfcli.Workspace, secrets ...string) {
	t.Helper()
	files := w.Files()
	if len(files) == 0 {
		t.Error("the runs have left no file to search")
	}
	for name, content := range files {
		for _, secret := range secrets {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds the secret", name)
			}
		}
	}
}

func TestWriteOnly_SecretStandsNowhere(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(writeOnly)
		w.Setenv("TF_VAR_url", server.URL())
		log := w.Log("TRACE")
		before := server.Connections()
		planned := w.OK("plan", "-out=saved")
		expectWarnings(t, planned)
		expectWarnings(t, w.OK("apply", "saved"))
		if server.Connections() == before {
			t.Error("the Redis was not looked at")
		}
		expectNowhere(t, w, password)
		expectHidden(t, log(), password)
		if !strings.Contains(log(), "Checked Redis for an apply") {
			t.Error("the log lacks what was done")
		}
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
		expectHidden(t, log(), password)
		state := w.State()["channels_layer.this"]
		for _, name := range []string{"environment", "dotenv", "channel_layers_json", "resolved_hosts", "redis_url", "redis_url_wo"} {
			if state[name] != nil {
				t.Errorf("%s is %v in the state, want null", name, state[name])
			}
		}
		if state["uses_redis"] != true || state["backend_class"] != "channels_redis.core.RedisChannelLayer" {
			t.Errorf("uses_redis is %v, backend_class %v", state["uses_redis"], state["backend_class"])
		}
		if names, _ := state["variable_names"].([]any); len(names) != 4 {
			t.Errorf("variable_names are %v", state["variable_names"])
		}
	})
}

func TestWriteOnly_WrongPasswordIsErrorAndStandsNowhere(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		w.Main(writeOnly)
		w.Setenv("TF_VAR_url", wrongPassword(server))
		log := w.Log("TRACE")
		expectErrors(t, w.Fails("plan"), "auth/wrong-password")
		expectHidden(t, log(), "Wm4-another-made-up")
	})
}

// The value is not stored, so only its version says that it has changed.
func TestWriteOnly_RotationByVersionChecksAgain(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		w.Main(writeOnly)
		w.Setenv("TF_VAR_url", server.URL())
		w.OK("apply")
		w.Setenv("TF_VAR_url", wrongPassword(server))
		// Unchanged as far as anybody knows: a warning.
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"), "auth/wrong-password")
		w.Setenv("TF_VAR_url_version", "2")
		expectErrors(t, w.Fails("apply"), "auth/wrong-password")
		w.Setenv("TF_VAR_url", server.URL())
		expectWarnings(t, w.OK("apply"))
		if got := w.State()["channels_layer.this"]["redis_url_wo_version"]; got != 2.0 {
			t.Errorf("redis_url_wo_version is %v in the state, want 2", got)
		}
	})
}

func TestWriteOnly_NeedsVersionAndExcludesPlainURL(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		w.Main(`resource "channels_layer" "this" {
  redis_url_wo = "redis://:` + password + `@redis.example.com"
}
`)
		result := w.Fails("validate")
		expectHas(t, result, "redis_url_wo_version")
		expectHidden(t, result.Combined, password)
		w.Main(layer("redis://:"+password+"@redis.example.com", `redis_url_wo = "redis://redis.example.com"`, `redis_url_wo_version = 1`))
		result = w.Fails("validate")
		expectHas(t, result, "redis_url and redis_url_wo exclude each other")
		expectHidden(t, result.Combined, password)
	})
}

// The ephemeral resource hands the wiring on without storing it.
func TestEphemeral_FeedsWriteOnlyArgumentOfAnother(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(`variable "url" {
  type      = string
  sensitive = true
  ephemeral = true
}

ephemeral "channels_layer" "source" {
  redis_url = var.url
}

resource "channels_layer" "this" {
  redis_url_wo         = ephemeral.channels_layer.source.environment["REDIS_URL"]
  redis_url_wo_version = 1
}
`)
		w.Setenv("TF_VAR_url", server.URL())
		log := w.Log("TRACE")
		before := server.Connections()
		expectWarnings(t, w.OK("plan", "-out=saved"))
		expectWarnings(t, w.OK("apply", "saved"))
		if server.Connections() == before {
			t.Error("the Redis was not looked at, so the URL did not arrive")
		}
		expectNowhere(t, w, password)
		expectHidden(t, log(), password)
		w.Setenv("TF_VAR_url", "redis://default:Zw9#"+password+"@redis.example.com")
		result := w.Fails("plan")
		expectHas(t, result, "url/unescaped-delimiter")
		expectHidden(t, result.Combined+log(), "Zw9", password)
	})
}

package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// unknownURL takes the URL from a neighbour that exists only after apply.
func unknownURL(url string) string {
	return `variable "url" {
  type      = string
  sensitive = true
  default   = "` + url + `"
}

resource "terraform_data" "redis" {
  input = var.url
}

resource "channels_layer" "this" {
  redis_url = terraform_data.redis.output
  check     = { wait = "1s" }
}

resource "terraform_data" "variable" {
  for_each = channels_layer.this.variable_names
  input    = each.key
}
`
}

func TestUnknown_NamesAreKnownAtPlanAndURLIsCheckedAtApply(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(unknownURL(server.URL()))
		result := w.OK("plan")
		expectWarnings(t, result)
		for _, name := range []string{"REDIS_URL", "REDIS_PORT", "DEBUG", "DJANGO_SETTINGS_MODULE"} {
			expectHas(t, result, `terraform_data.variable["`+name+`"]`)
		}
		expectWarnings(t, w.OK("apply"))
		environment, _ := w.State()["channels_layer.this"]["environment"].(map[string]any)
		if environment["REDIS_URL"] != server.URL() {
			t.Error("the state lacks the URL")
		}
		expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
	})
}

func TestUnknown_WrongPasswordFailsApply(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(unknownURL(wrongPassword(server)))
		expectWarnings(t, w.OK("plan"))
		expectErrors(t, w.Fails("apply"), "auth/wrong-password")
		if _, stored := w.State()["channels_layer.this"]; stored {
			t.Error("the layer stands in the state")
		}
	})
}

// An unknown URL is planned as one that is set. One that turns out empty cannot
// become what was planned; the output says what to pass instead.
func TestUnknown_URLThatTurnsOutEmptyFailsAndSaysToPassNull(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(unknownURL(""))
		result := w.Fails("apply")
		expectHas(t, result, "url/empty", "Pass null")
	})
}

package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// unescaped is a URL with a raw "#" in its password, as a literal.
const unescaped = `locals {
  url = "redis://default:Zw9#Kx7-made-up-R2vq@redis.example.com:6379/0"
}

resource "channels_layer" "this" {
  redis_url = local.url
}
`

func TestValidate_UnescapedDelimiterIsErrorThatShowsNoPassword(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(unescaped)
		result := w.Fails("validate")
		expectErrors(t, result, "url/unescaped-delimiter")
		expectHidden(t, result.Combined, "Zw9", "#Kx7")
		if !result.Has("REDIS_URL") {
			t.Errorf("the setting is not named:\n%s", result.Combined)
		}
	})
}

// A literal in the resource itself stands beside the block's head, which core
// prints; the line with the secret is another one.
func TestValidate_LiteralURLOfResourceIsNotPrinted(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(layer("redis://default:Zw9#Kx7-made-up-R2vq@redis.example.com:6379/0"))
		result := w.Fails("validate")
		expectErrors(t, result, "url/unescaped-delimiter")
		expectHidden(t, result.Combined, "Zw9", "#Kx7")
	})
}

func TestValidate_FindingsOfProviderLowerAndSilence(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`provider "channels" { findings = { "url/unescaped-delimiter" = "warning" } }` + "\n" + unescaped)
		expectWarnings(t, w.OK("validate"), "url/unescaped-delimiter")
		w.Main(`provider "channels" { findings = { "url/unescaped-delimiter" = "off" } }` + "\n" + unescaped)
		expectWarnings(t, w.OK("validate"))
	})
}

func TestValidate_FindingsOfLayerOverruleProvider(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`provider "channels" { findings = { "url/unescaped-delimiter" = "off" } }` + "\n" +
			named("quiet", "redis://:a#b@h") +
			named("loud", "redis://:a#b@h", `findings = { "url/unescaped-delimiter" = "error" }`))
		result := w.Fails("validate")
		expectErrors(t, result, "url/unescaped-delimiter")
		if len(result.Errors()) == 1 && !result.Has("channels_layer.loud") {
			t.Errorf("the error stands at another layer:\n%s", result.Combined)
		}
	})
}

func TestValidate_UnknownFindingNamesNearest(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"provider": `provider "channels" { findings = { "url/unescaped-delimeter" = "off" } }` + "\n" + layer("redis://h"),
		"layer":    layer("redis://h", `findings = { "url/unescaped-delimeter" = "off" }`),
		"severity": layer("redis://h", `findings = { "url/unescaped-delimiter" = "silent" }`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(config)
				result := w.Fails("validate")
				if len(result.Errors()) != 1 || !result.Has("url/unescaped-delimiter") {
					t.Errorf("want one error that names url/unescaped-delimiter:\n%s", result.Combined)
				}
			})
		})
	}
}

// Variables are not known at validate: what they may lower is a warning there
// and has its severity at plan.
func TestValidate_FindingsOfVariableApplyAtPlan(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`variable "severity" { type = string }
provider "channels" { findings = { "url/unescaped-delimiter" = var.severity } }
` + unescaped)
		expectWarnings(t, w.OK("validate"), "url/unescaped-delimiter")
		w.Setenv("TF_VAR_severity", "error")
		if got := tfcli.IDs(w.Fails("plan").Errors()); len(got) != 1 || got[0] != "url/unescaped-delimiter" {
			t.Errorf("plan with the severity error: errors %q", got)
		}
		w.Setenv("TF_VAR_severity", "off")
		if got := w.OK("plan").Errors(); len(got) != 0 {
			t.Errorf("plan with the severity off: errors %q", got)
		}
	})
}

func TestValidate_HealthyConfigurationsSayNothing(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(named("production", "redis://default:"+password+"@app-redis-abc123:6379/0") + `
resource "channels_layer" "local" {
  debug = true
}

resource "channels_layer" "host" {
  redis_host = "redis.example.com"
  redis_port = 6380
  packages   = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }
}
`)
		expectWarnings(t, w.OK("validate"))
	})
}

package cli

import (
	"reflect"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// Functions need Terraform 1.8. OpenTofu's console does not take those of
// providers, so they stand in outputs.
func TestFunctions_ResultsInOutputs(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 8)
		w := tfcli.New(t, cli)
		w.Main(`output "parsed" {
  value = provider::channels::parse_url("rediss://default:p%23ss@Redis.example.com/1?socket_timeout=10")
}
output "parsed_by_5_2" {
  value = provider::channels::parse_url("redis://redis.example.com", "5.2.1")
}
output "parsed_unix" {
  value = provider::channels::parse_url("unix:///run/redis.sock?db=2")
}
output "built" {
  value = provider::channels::build_url({
    host = "redis.example.com", port = 6380, tls = true, username = "default", password = "p#ss/w@rd", db = 1
  })
}
output "round_trip" {
  value = provider::channels::parse_url(provider::channels::build_url({ host = "h", password = "p#ss/w@rd%" })).password
}
output "redacted" {
  value = provider::channels::redact_url("redis://default:p#ss@redis.example.com:6379/1")
}
output "resolved" {
  value = provider::channels::resolve({ REDIS_HOST = "redis.example.com", REDIS_PORT = "6380" }, false)
}
output "resolved_debug" {
  value = provider::channels::resolve({ DEBUG = "True" }, null).backend_class
}
output "text" {
  value = provider::channels::dotenv({ B = "2", A = "1", C = null })
}
output "refused" {
  value = can(provider::channels::parse_url("redis://:a#b@h"))
}
`)
		expectWarnings(t, w.OK("apply"))
		for name, want := range map[string]any{
			"parsed": map[string]any{
				"scheme": "rediss", "tls": true, "host": "redis.example.com", "port": 6379.0, "path": nil,
				"username": "default", "password": "p#ss", "db": 1.0, "options": map[string]any{"socket_timeout": "10"},
			},
			"parsed_by_5_2": map[string]any{
				"scheme": "redis", "tls": false, "host": "redis.example.com", "port": 6379.0, "path": nil,
				"username": nil, "password": nil, "db": 0.0, "options": map[string]any{},
			},
			"parsed_unix": map[string]any{
				"scheme": "unix", "tls": false, "host": nil, "port": nil, "path": "/run/redis.sock",
				"username": nil, "password": nil, "db": 2.0, "options": map[string]any{},
			},
			"built":      "rediss://default:p%23ss%2Fw%40rd@redis.example.com:6380/1",
			"round_trip": "p#ss/w@rd%",
			"resolved": map[string]any{
				"backend_class": "channels_redis.core.RedisChannelLayer", "uses_redis": true,
				"hosts": []any{map[string]any{"url": nil, "host": "redis.example.com", "port": 6380.0}},
				"origins": map[string]any{
					"backend_class": "DEBUG", "debug": "DEBUG", "host": "REDIS_HOST", "port": "REDIS_PORT",
				},
			},
			"resolved_debug": "channels.layers.InMemoryChannelLayer",
			"text":           "A=1\nB=2\n",
			"refused":        false,
		} {
			var got any
			w.Output(name, &got)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
		var redacted string
		w.Output("redacted", &redacted)
		expectHidden(t, redacted, "p#ss", "ss@")
	})
}

func TestFunctions_ErrorsQuoteNoInput(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]string{
		"parse_url": `parse_url(var.url)`,
		"build_url": `build_url({ host = "h", pasword = var.url })`,
		"resolve":   `resolve({ REDIS_PORT = var.url }, false)`,
		"dotenv":    `dotenv({ REDIS_URL = "${var.url} 'x'" })`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				cli.Need(t, 1, 8)
				w := tfcli.New(t, cli)
				w.Main(`variable "url" {
  type      = string
  sensitive = true
}
output "it" {
  value     = provider::channels::` + call + `
  sensitive = true
}
`)
				w.Setenv("TF_VAR_url", "redis://default:Zw9#"+password+"@redis.example.com")
				log := w.Log("TRACE")
				result := w.Fails("plan")
				if len(result.Errors()) != 1 {
					t.Errorf("want one error:\n%s", result.Combined)
				}
				expectHidden(t, result.Combined+log(), "Zw9", password)
			})
		})
	}
}

// Terraform prints the value of a variable whose validation fails, a sensitive
// one too; it does not print an ephemeral one, nor what a precondition refers to.
func TestFunctions_CanBeAskedInValidationOfVariable(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		w.Main(`variable "url" {
  type      = string
  sensitive = true
  ephemeral = true

  validation {
    condition     = can(provider::channels::parse_url(var.url))
    error_message = "redis-py does not accept this URL."
  }
}
`)
		w.Setenv("TF_VAR_url", "redis://default:"+password+"@redis.example.com")
		expectWarnings(t, w.OK("plan"))
		w.Setenv("TF_VAR_url", "redis://default:a#"+password+"@redis.example.com")
		result := w.Fails("plan")
		expectHas(t, result, "redis-py does not accept this URL.")
		expectHidden(t, result.Combined, password)
	})
}

func TestFunctions_CanBeAskedInPrecondition(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 8)
		w := tfcli.New(t, cli)
		w.Main(`variable "url" {
  type      = string
  sensitive = true
}

output "host" {
  value = nonsensitive(try(provider::channels::parse_url(var.url).host, null))

  precondition {
    condition     = can(provider::channels::parse_url(var.url))
    error_message = "redis-py does not accept this URL."
  }
}
`)
		w.Setenv("TF_VAR_url", "redis://default:"+password+"@redis.example.com")
		expectWarnings(t, w.OK("plan"))
		w.Setenv("TF_VAR_url", "redis://default:a#"+password+"@redis.example.com")
		result := w.Fails("plan")
		expectHas(t, result, "redis-py does not accept this URL.")
		expectHidden(t, result.Combined, password)
	})
}

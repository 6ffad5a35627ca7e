package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// offline applies without a network: these tests are about the wiring.
const offline = `provider "channels" {
  check    = { on_plan = "off", on_apply = "off" }
  findings = { "host/loopback" = "off" }
}
`

func TestEnvironment_FollowsSettingsCode(t *testing.T) {
	t.Parallel()
	const module = "DJANGO_SETTINGS_MODULE"
	for name, test := range map[string]struct {
		arguments string
		want      map[string]string
		class     string
	}{
		"nothing at all": {
			arguments: ``,
			want:      map[string]string{"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "6379", "DEBUG": "False", module: "config.settings"},
			class:     "channels_redis.core.RedisChannelLayer",
		},
		"an empty URL counts as unset": {
			arguments: `redis_url = ""` + "\n" + `redis_host = "redis.example.com"`,
			want:      map[string]string{"REDIS_HOST": "redis.example.com", "REDIS_PORT": "6379", "DEBUG": "False", module: "config.settings"},
			class:     "channels_redis.core.RedisChannelLayer",
		},
		"host and port": {
			arguments: `redis_host = "redis.example.com"` + "\n" + `redis_port = 6380`,
			want:      map[string]string{"REDIS_HOST": "redis.example.com", "REDIS_PORT": "6380", "DEBUG": "False", module: "config.settings"},
			class:     "channels_redis.core.RedisChannelLayer",
		},
		"debug without a URL is in memory": {
			arguments: `debug = true`,
			want:      map[string]string{"REDIS_PORT": "6379", "DEBUG": "True", module: "config.settings"},
			class:     "channels.layers.InMemoryChannelLayer",
		},
		"a URL counts in debug too": {
			arguments: `debug = true` + "\n" + `redis_url = "redis://redis.example.com"`,
			want:      map[string]string{"REDIS_URL": "redis://redis.example.com", "REDIS_PORT": "6379", "DEBUG": "True", module: "config.settings"},
			class:     "channels_redis.core.RedisChannelLayer",
		},
		"pubsub in debug": {
			arguments: `backend = "pubsub"` + "\n" + `debug = true` + "\n" + `redis_host = "redis.example.com"`,
			want:      map[string]string{"REDIS_HOST": "redis.example.com", "REDIS_PORT": "6379", "DEBUG": "True", module: "config.settings"},
			class:     "channels_redis.pubsub.RedisPubSubChannelLayer",
		},
		"in memory in debug": {
			arguments: `backend = "in_memory"` + "\n" + `debug = true`,
			want:      map[string]string{"REDIS_PORT": "6379", "DEBUG": "True", module: "config.settings"},
			class:     "channels.layers.InMemoryChannelLayer",
		},
		"other names and spellings": {
			arguments: `redis_url = "redis://redis.example.com"
  django_settings_module = "shop.settings.production"
  variables = { redis_url = "CHANNELS_URL", redis_port = "", debug = "DJANGO_DEBUG", debug_false = "0" }`,
			want:  map[string]string{"CHANNELS_URL": "redis://redis.example.com", "DJANGO_DEBUG": "0", module: "shop.settings.production"},
			class: "channels_redis.core.RedisChannelLayer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(offline + "resource \"channels_layer\" \"this\" {\n  " + test.arguments + "\n}\n" + environmentOutput + `
output "class" { value = channels_layer.this.backend_class }
output "names" { value = channels_layer.this.variable_names }
`)
				result := w.OK("apply")
				if name != "nothing at all" {
					expectWarnings(t, result)
				}
				expectEnvironment(t, w, test.want)
				var class string
				w.Output("class", &class)
				if class != test.class {
					t.Errorf("backend_class is %q, want %q", class, test.class)
				}
				var names []string
				w.Output("names", &names)
				if len(names) != len(test.want) {
					t.Errorf("variable_names are %q, want the keys of %q", names, test.want)
				}
				w.OK("plan", "-detailed-exitcode")
			})
		})
	}
}

func TestEnvironment_OptionsReachRenderedSettings(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(offline + `resource "channels_layer" "this" {
  alias     = "chat"
  redis_url = "redis://:` + password + `@redis.example.com:6380/2"
  config = {
    prefix           = "shop"
    expiry           = 30
    group_expiry     = 7200
    capacity         = 500
    channel_capacity = [{ pattern = "chat.*", capacity = 1000 }, { pattern = "*", capacity = 10 }]
    symmetric_encryption_keys = ["first-made-up-key", "second-made-up-key"]
  }
  packages = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }
}
output "json" {
  value     = jsondecode(channels_layer.this.channel_layers_json)
  sensitive = true
}
output "settings" { value = channels_layer.this.settings_python }
output "hosts" { value = channels_layer.this.resolved_hosts }
` + environmentOutput)
		result := w.OK("apply")
		expectWarnings(t, result)
		expectHidden(t, result.Combined, "first-made-up-key")
		var layers map[string]struct {
			Backend string         `json:"BACKEND"`
			Config  map[string]any `json:"CONFIG"`
		}
		w.Output("json", &layers)
		config := layers["chat"].Config
		if config["prefix"] != "shop" || config["expiry"] != 30.0 || config["group_expiry"] != 7200.0 || config["capacity"] != 500.0 {
			t.Errorf("channel_layers_json has %v", config)
		}
		var hosts []map[string]any
		w.Output("hosts", &hosts)
		if len(hosts) != 1 || hosts[0]["host"] != "redis.example.com" || hosts[0]["port"] != 6380.0 || hosts[0]["db"] != 2.0 {
			t.Errorf("resolved_hosts are %v", hosts)
		}
		var settings string
		w.Output("settings", &settings)
		expectHidden(t, settings, password, "first-made-up-key")
		expectEnvironment(t, w, map[string]string{
			"REDIS_URL":              "redis://:" + password + "@redis.example.com:6380/2",
			"REDIS_PORT":             "6379",
			"DEBUG":                  "False",
			"DJANGO_SETTINGS_MODULE": "config.settings",
			"CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS": "first-made-up-key,second-made-up-key",
		})
		w.OK("plan", "-detailed-exitcode")
	})
}

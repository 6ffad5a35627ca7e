package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// Other tests get a provider block that silences this warning, because their
// servers are on 127.0.0.1 (tfcli.QuietLoopback).
func TestLoopback_IsWarningOutsideDebugAndCanBeSilenced(t *testing.T) {
	t.Parallel()
	const url = "redis://localhost:6379/0"
	unchecked := `check = { on_plan = "off" }`
	for name, test := range map[string]struct {
		config string
		want   []string
	}{
		"a URL":                 {layer(url, unchecked), []string{"host/loopback"}},
		"nothing set at all":    {"resource \"channels_layer\" \"this\" {\n  " + unchecked + "\n}\n", []string{"host/loopback"}},
		"debug":                 {layer(url, unchecked, `debug = true`), nil},
		"a socket file":         {layer("unix:///run/redis/redis.sock", unchecked), nil},
		"silenced at the layer": {layer(url, unchecked, `findings = { "host/loopback" = "off" }`), nil},
		"silenced for all":      {tfcli.QuietLoopback + layer(url, unchecked), nil},
		"an environment": {
			`data "channels_environment" "this" { environment = { REDIS_URL = "` + url + `" } }`, []string{"host/loopback"},
		},
		"an environment, silenced for all": {
			tfcli.QuietLoopback + `data "channels_environment" "this" { environment = { REDIS_URL = "` + url + `" } }`, nil,
		},
		// It connects from here, where a tunnel may listen.
		"a look at Redis": {`data "channels_redis" "this" { redis_url = "redis://127.0.0.1:1/0" }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.WithoutProvider()
				w.Main(test.config)
				result := w.OK("plan")
				ids := map[string]bool{}
				for _, d := range result.Diagnostics() {
					ids[d.ID] = true
				}
				if len(result.Errors()) != 0 || len(ids) != len(test.want) || len(ids) == 1 && !ids[test.want[0]] {
					t.Errorf("plan says %v, want %q\n%s", ids, test.want, result.Combined)
				}
			})
		})
	}
}

package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// said are the diagnostics of a run, "severity id" each.
func said(result tfcli.Result) []string {
	var all []string
	for _, d := range result.Diagnostics() {
		all = append(all, strings.ToLower(d.Severity)+" "+d.ID)
	}
	slices.Sort(all)
	return all
}

// severity is a findings attribute, none for "".
func severity(id, word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("findings = { %q = %q }", id, word)
}

// The layer's word is what counts, then the provider's, then the finding's own.
func TestSeverities_AreRaisedLoweredAndSilencedAtBothLevels(t *testing.T) {
	t.Parallel()
	const (
		note    = "url/scheme-case"         // an info by itself
		warning = "url/no-host"             // a warning
		failure = "url/unescaped-delimiter" // an error
	)
	urls := map[string]string{
		note:    "REDIS://redis.example.com:6379/0?socket_timeout=10",
		warning: "redis://:6379/0?socket_timeout=10",
		failure: "redis://:made#up@redis.example.com",
	}
	for _, test := range []struct{ id, provider, layer, want string }{
		{note, "", "", ""},
		{note, "warning", "", "warning"},
		{note, "error", "", "error"},
		{note, "", "error", "error"},
		{note, "error", "off", ""},
		{warning, "", "", "warning"},
		{warning, "error", "", "error"},
		{warning, "off", "", ""},
		{warning, "", "error", "error"},
		{warning, "", "off", ""},
		{warning, "error", "warning", "warning"},
		{warning, "off", "error", "error"},
		{failure, "", "", "error"},
		{failure, "", "warning", "warning"},
		{failure, "", "off", ""},
		{failure, "warning", "off", ""},
		{failure, "off", "warning", "warning"},
	} {
		t.Run(strings.Join([]string{test.id, test.provider, test.layer}, " "), func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main("provider \"channels\" {\n  " + severity(test.id, test.provider) + "\n}\n" + layer(urls[test.id], severity(test.id, test.layer)))
				result := w.Run("validate")
				var want []string
				if test.want != "" {
					want = []string{test.want + " " + test.id}
				}
				if got := said(result); !slices.Equal(got, want) || (result.ExitCode != 0) != (test.want == "error") {
					t.Errorf("%q with exit code %d, want %q\n%s", got, result.ExitCode, want, result.Combined)
				}
			})
		})
	}
}

// Data sources have no severities of their own: they obey the provider's, in
// what they show and in what they return.
func TestSeverities_OfProviderReachDataSources(t *testing.T) {
	t.Parallel()
	const environment = `data "channels_environment" "this" {
  environment = { REDIS_URL = "redis://:6379/0?socket_timeout=10" }
  on_findings = "error"
}
output "found" { value = [for f in data.channels_environment.this.findings : "${f.severity} ${f.id}"] }
`
	const redis = `data "channels_redis" "this" {
  redis_url = "redis://127.0.0.1:1/0?socket_timeout=10"
  timeout   = "1s"
}
output "found" { value = [for f in data.channels_redis.this.findings : "${f.severity} ${f.id}"] }
output "error" { value = data.channels_redis.this.error != null }
`
	for name, test := range map[string]struct {
		config, id, word, shown string
		found                   []string
	}{
		"environment, as it is": {environment, "url/no-host", "", "warning", []string{"warning url/no-host"}},
		"environment, raised":   {environment, "url/no-host", "error", "error", nil},
		"environment, silenced": {environment, "url/no-host", "off", "", []string{}},
		"redis, as it is":       {redis, "network/refused", "", "", []string{"warning network/refused"}},
		"redis, raised":         {redis, "network/refused", "error", "", []string{"error network/refused"}},
		"redis, silenced":       {redis, "network/refused", "off", "", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main("provider \"channels\" {\n  " + severity(test.id, test.word) + "\n}\n" + test.config)
				result := w.Run("apply")
				shown := map[string]bool{} // a plan and its apply may each say it
				for _, line := range said(result) {
					shown[line] = true
				}
				if test.shown == "" && len(shown) != 0 || test.shown != "" && (len(shown) != 1 || !shown[test.shown+" "+test.id]) {
					t.Errorf("shown: %v, want %q\n%s", shown, test.shown, result.Combined)
				}
				if test.found == nil {
					if result.ExitCode == 0 {
						t.Error("apply goes on")
					}
					return
				}
				var found []string
				w.Output("found", &found)
				if !slices.Equal(found, test.found) {
					t.Errorf("findings are %q, want %q", found, test.found)
				}
			})
		})
	}
}

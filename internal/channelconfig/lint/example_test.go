package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// inputOf reads an example: variables of the settings code, one NAME=value a
// line and the value verbatim; BACKEND for the backend asked for; and
// package==version for what is pinned.
func inputOf(t testing.TB, text string) Input {
	t.Helper()
	vars := map[string]channelconfig.Value[secret.String]{}
	var set packages.Set
	for line := range strings.SplitSeq(text, "\n") {
		if name, version, ok := strings.Cut(line, "=="); ok && (name == "redis" || name == "channels_redis") {
			pin(t, &set, name, version)
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			t.Fatalf("example line without =: %q", line)
		}
		vars[name] = channelconfig.Known(secret.New(value))
	}
	s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
	s.Packages = set
	if asked, ok := vars["BACKEND"].Get(); ok {
		backend, ok := channelconfig.BackendNamed(asked.Reveal())
		if !ok {
			t.Fatalf("example with an unknown backend")
		}
		s.Backend = channelconfig.Known(backend)
	}
	return NewInput(s, channelconfig.Resolve(s), true)
}

func pin(t testing.TB, set *packages.Set, name, text string) {
	t.Helper()
	var v packages.Version
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &v.Major, &v.Minor, &v.Micro); err != nil {
		t.Fatalf("version %q: %v", text, err)
	}
	if name == "redis" {
		set.Redis = &v
	} else {
		set.ChannelsRedis = &v
	}
}

func TestRules_BadExamplesGiveExactlyTheirID(t *testing.T) {
	for _, rule := range Rules() {
		for _, bad := range rule.Doc.Bad {
			got := Run(inputOf(t, bad))
			if ids := got.IDs(); len(ids) != 1 || ids[0] != rule.Doc.ID {
				t.Errorf("%s: bad example %q gives %v", rule.Doc.ID, bad, ids)
			}
		}
	}
}

func TestRules_GoodExamplesGiveNothing(t *testing.T) {
	for _, rule := range Rules() {
		for _, good := range rule.Doc.Good {
			if got := Run(inputOf(t, good)); len(got.Findings) != 0 || got.Status == finding.Failed {
				t.Errorf("%s: good example %q gives %v", rule.Doc.ID, good, got.IDs())
			}
		}
	}
}

func TestRules_FirstBadExampleHasTheDocumentedSeverity(t *testing.T) {
	for _, rule := range Rules() {
		got := Run(inputOf(t, rule.Doc.Bad[0]))
		if len(got.Findings) == 0 || got.Findings[0].Severity != rule.Doc.Severity {
			t.Errorf("%s: first bad example gives %v, want severity %s", rule.Doc.ID, got.Findings, rule.Doc.Severity)
		}
	}
}

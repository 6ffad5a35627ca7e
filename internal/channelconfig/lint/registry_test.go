package lint

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/gen/registry/scan"
)

func TestRegistry_IsWhatTheGeneratorWrites(t *testing.T) {
	want, err := scan.Generate(".", scan.Options{Files: "rule_*.go", Type: "Rule", Func: "Rules"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(scan.File)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is out of date: run go generate ./internal/channelconfig/lint", scan.File)
	}
}

func TestDocs_AreComplete(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	registry := finding.NewRegistry(Docs(), finding.SharedDocs())
	if len(registry.Docs()) != len(Rules())+len(finding.SharedDocs()) {
		t.Fatalf("the registry has %d docs for %d rules", len(registry.Docs()), len(Rules()))
	}
	for _, doc := range registry.Docs() {
		if !form.MatchString(string(doc.ID)) {
			t.Errorf("%s: not of the form category/slug", doc.ID)
		}
		if len(doc.Title) >= 70 || strings.HasSuffix(doc.Title, ".") {
			t.Errorf("%s: title of %d characters: %q", doc.ID, len(doc.Title), doc.Title)
		}
		if !strings.HasSuffix(doc.Fix, ".") {
			t.Errorf("%s: the fix is no sentence: %q", doc.ID, doc.Fix)
		}
		if doc.Why == "" || doc.Django == "" || doc.Since != "0.1.0" || doc.Severity < finding.Info || doc.Severity > finding.Error {
			t.Errorf("%s: incomplete: %+v", doc.ID, doc)
		}
	}
	for _, doc := range Docs() {
		if len(doc.Bad) == 0 || len(doc.Good) == 0 || len(doc.Sources) == 0 || doc.Live {
			t.Errorf("%s: a rule needs bad and good examples and a source, and no server", doc.ID)
		}
	}
}

func TestRules_FileIsNamedAfterTheID(t *testing.T) {
	for _, doc := range Docs() {
		name := "rule_" + strings.NewReplacer("/", "_", "-", "_").Replace(string(doc.ID)) + ".go"
		text, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%s: %v", doc.ID, err)
		} else if !strings.Contains(string(text), `"`+string(doc.ID)+`"`) {
			t.Errorf("%s does not hold the ID %s", name, doc.ID)
		}
	}
}

func TestRun_ARuleThatPanicsIsUndeterminedAndLeavesTheOthersToRun(t *testing.T) {
	in := inputOf(t, "REDIS_URL=valkey://canary-secret.example.com")
	broken := Rule{Doc: finding.Doc{ID: "url/broken"}, Check: func(finding.Doc, Input) finding.Outcome { panic(in.rawURL()) }}
	alone := run([]Rule{broken}, in)
	if alone.Status != finding.Undetermined || !alone.Has(finding.IDCrashed) {
		t.Errorf("a rule that panics gives %+v, want undetermined with %s", alone, finding.IDCrashed)
	}
	if strings.Contains(alone.Findings[0].Detail, "canary") || !strings.Contains(alone.Findings[0].Detail, "url/broken") {
		t.Errorf("the detail should name the rule and nothing of what it panicked with: %q", alone.Findings[0].Detail)
	}
	all := run(append([]Rule{broken}, Rules()...), in)
	if !all.Has("url/scheme") || !all.Has(finding.IDCrashed) || all.Status != finding.Failed {
		t.Errorf("beside a rule that panics the others give %v, status %s", all.IDs(), all.Status)
	}
}

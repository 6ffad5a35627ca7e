package scan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packageOf writes files into a directory of their own.
func packageOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package p\n\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options() Options { return Options{Files: "rule_*.go", Type: "Rule", Func: "Rules"} }

func TestGenerate_ListsTheLiteralOfEachFileInTheirOrder(t *testing.T) {
	dir := packageOf(t, map[string]string{
		"rule_b.go":      "var ruleOfB = Rule{}\n\nvar other = Other{}\n",
		"rule_a.go":      "var ruleOfA = Rule{}\n\nfunc f() { var x = Rule{}; _ = x }\n",
		"rule_a_test.go": "var ruleOfTest = Rule{}\n",
		"else.go":        "var ruleOfElse = Rule{}\n",
	})
	source, err := Generate(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	if a, b := strings.Index(text, "ruleOfA"), strings.Index(text, "ruleOfB"); a < 0 || b < a {
		t.Errorf("ruleOfA and ruleOfB should be listed in that order:\n%s", text)
	}
	if strings.Contains(text, "ruleOfTest") || strings.Contains(text, "ruleOfElse") || strings.Contains(text, "other") {
		t.Errorf("something is listed that is no rule of a rule file:\n%s", text)
	}
}

func TestGenerate_WantsOneLiteralAFile(t *testing.T) {
	for name, text := range map[string]string{
		"none": "var other = Other{}\n",
		"two":  "var ruleOne = Rule{}\n\nvar ruleTwo = Rule{}\n",
	} {
		if _, err := Generate(packageOf(t, map[string]string{"rule_a.go": text}), options()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Generate(t.TempDir(), options()); err == nil {
		t.Error("no files: no error")
	}
}

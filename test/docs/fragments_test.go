package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestMain(m *testing.M) {
	code := m.Run()
	tfcli.CleanUp()
	os.Exit(code)
}

var (
	providersNeeded = regexp.MustCompile(`required_providers`)
	variableUsed    = regexp.MustCompile(`\bvar\.([a-z_]+)`)
	variableMade    = regexp.MustCompile(`(?m)^variable "([a-z_]+)"`)
	layerUsed       = regexp.MustCompile(`\bchannels_layer\.([a-z_]+)`)
	layerMade       = regexp.MustCompile(`(?m)^resource "channels_layer" "([a-z_]+)"`)
	// withDefault are the variables that need no value.
	blockOfVariable = regexp.MustCompile(`(?ms)^variable "([a-z_]+)" \{\n(.*?)^\}`)
)

// preamble is what a fragment lacks: the provider, and what it refers to.
func preamble(text string) string {
	var b strings.Builder
	if !providersNeeded.MatchString(text) {
		b.WriteString(tfcli.Preamble)
	}
	made := map[string]bool{}
	for _, match := range variableMade.FindAllStringSubmatch(text, -1) {
		made["var."+match[1]] = true
	}
	for _, match := range layerMade.FindAllStringSubmatch(text, -1) {
		made["layer."+match[1]] = true
	}
	for _, match := range variableUsed.FindAllStringSubmatch(text, -1) {
		if !made["var."+match[1]] {
			made["var."+match[1]] = true
			fmt.Fprintf(&b, "variable %q {\n  default = null\n}\n", match[1])
		}
	}
	for _, match := range layerUsed.FindAllStringSubmatch(text, -1) {
		if !made["layer."+match[1]] {
			made["layer."+match[1]] = true
			fmt.Fprintf(&b, "resource \"channels_layer\" %q {\n  redis_url = \"redis://:made-up@redis.example.com\"\n}\n", match[1])
		}
	}
	return b.String()
}

// needed are the variables of a text that have no default.
func needed(text string) []string {
	var names []string
	for _, match := range blockOfVariable.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(match[2], "default") {
			names = append(names, match[1])
		}
	}
	return names
}

// TestBlocks_FragmentsAreValid validates all fragments at once: each is a
// module of one configuration.
func TestBlocks_FragmentsAreValid(t *testing.T) {
	t.Parallel()
	examples := exampleTexts(t)
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Standins()
		w.WithoutProvider()
		modules := filepath.Join(root, "examples", "modules")
		w.Copy(modules, "modules")
		main := "variable \"any\" {\n  type = any\n}\n"
		count := 0
		for _, b := range blocks(t) {
			if k, _ := classify(b, examples); k != validated {
				continue
			}
			count++
			name := fmt.Sprintf("%s_line_%d", strings.NewReplacer("/", "_", ".", "_").Replace(b.page), b.line)
			text := strings.ReplaceAll(b.text, `"../../modules/`, `"../modules/`)
			w.Write(name+"/block.tf", text)
			w.Write(name+"/preamble.tf", preamble(text))
			main += fmt.Sprintf("module %q {\n  source = %q\n", name, "./"+name)
			for _, variable := range needed(text) {
				main += "  " + variable + " = var.any\n"
			}
			main += "}\n"
		}
		w.Write("main.tf", main)
		w.OK("get")
		for _, d := range w.OK("validate").Warnings() {
			t.Errorf("validate warns: %s", d.Summary)
		}
		if count == 0 {
			t.Error("there is no fragment")
		}
	})
}

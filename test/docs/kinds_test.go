package docs

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// kind is what is done with a block.
type kind string

const (
	executed  kind = "executed"                    // commands, in the workspace of their page
	placed    kind = "files of those workspaces"   // validated or run there
	compared  kind = "compared with what is shown" // output
	validated kind = "validated"                   // Terraform and OpenTofu
	parsed    kind = "parsed"                      // Python, JSON, YAML ...
	example   kind = "files of examples"           // proved where those are
	generated kind = "generated from tested parts"
	excused   kind = "not tested, with a reason"
	unknown   kind = "" // a mistake
)

// diagram is why nothing is done with one.
const diagram = "a diagram"

// classify says what is done with a block; the reason is why nothing can be.
func classify(b block, examples map[string]bool) (k kind, reason string) {
	switch {
	case b.has("not tested"):
		return excused, b.notes["not tested"]
	case b.lang == "mermaid":
		return excused, diagram
	case b.has("run"), b.has("outage"):
		// The commands during an outage are run by test/cli, which breaks Redis
		// for each.
		return executed, ""
	case b.has("file"):
		return placed, ""
	case b.has("output"):
		return compared, ""
	case b.has("screen"), b.lang == "text" && isGenerated(b.page):
		// Screens are golden files; examples of findings and the signatures of
		// functions come from literals and schemas that tests go through.
		return generated, ""
	case examples[b.text]:
		return example, ""
	}
	switch b.lang {
	case "hcl", "terraform":
		return validated, ""
	case "python", "json", "yaml", "dotenv", "go":
		return parsed, ""
	}
	return unknown, ""
}

func isGenerated(page string) bool {
	return page == "docs/guides/findings.md" || strings.HasPrefix(page, "docs/functions/")
}

// exampleTexts are the texts of all files in examples/.
func exampleTexts(t *testing.T) map[string]bool {
	t.Helper()
	texts := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "examples"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		texts[string(text)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestBlocks_EachIsTestedOrSaysWhyNot holds every block to a kind, and prints
// how many there are of each.
func TestBlocks_EachIsTestedOrSaysWhyNot(t *testing.T) {
	examples := exampleTexts(t)
	counts, reasons := map[kind]int{}, map[string]int{}
	for _, b := range blocks(t) {
		k, reason := classify(b, examples)
		counts[k]++
		switch {
		case k == unknown:
			t.Errorf("%s:%d: nothing tests this %s block; write <!-- run -->, <!-- file: NAME -->, <!-- output --> or <!-- not tested: REASON --> above it", b.page, b.line, b.lang)
		case k == excused && len(reason) < len(diagram):
			t.Errorf("%s:%d: the reason is missing", b.page, b.line)
		case k == excused:
			reasons[reason]++
		}
	}
	if counts[executed] == 0 || counts[validated] == 0 || counts[compared] == 0 {
		t.Errorf("the counts are %v: the test looks at the wrong place", counts)
	}
	summary := "Code blocks in the documentation:\n"
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		summary += fmt.Sprintf("%5d %s\n", counts[k], k)
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		summary += fmt.Sprintf("      %4d %s\n", reasons[reason], reason)
	}
	t.Log(summary)
	if file := os.Getenv("CHANNELS_DOCS_SUMMARY"); file != "" {
		if err := os.WriteFile(file, []byte(summary), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// TestBlocks_ParseInTheirLanguage has a real parser read each block that only
// shows something.
func TestBlocks_ParseInTheirLanguage(t *testing.T) {
	examples := exampleTexts(t)
	python := t.TempDir()
	for i, b := range blocks(t) {
		k, _ := classify(b, examples)
		if k == excused || k == executed {
			continue
		}
		var err error
		switch b.lang {
		case "json":
			var value any
			err = json.Unmarshal([]byte(b.text), &value)
		case "yaml":
			var value any
			err = yaml.Unmarshal([]byte(b.text), &value)
		case "go":
			_, err = parser.ParseFile(token.NewFileSet(), "", "package p\n"+b.text, parser.AllErrors)
		case "dotenv":
			for _, reader := range readers.All(t) {
				if result := reader.Read(t, b.text)[0]; result.Err != nil || len(result.Vars) == 0 {
					t.Errorf("%s:%d: %s does not read it: %v", b.page, b.line, reader, result.Err)
				}
			}
		case "python":
			name := strings.NewReplacer("/", "_", ".", "_").Replace(b.page) + "_" + strconv.Itoa(i) + ".py"
			err = os.WriteFile(filepath.Join(python, name), []byte(b.text), 0o600)
		}
		if err != nil {
			t.Errorf("%s:%d: %v", b.page, b.line, err)
		}
	}
	output, err := exec.CommandContext(t.Context(), readers.Python(t, "redis-7.4"), "-m", "compileall", "-q", python).CombinedOutput()
	if err != nil {
		t.Errorf("Python: %v\n%s", err, output)
	}
}

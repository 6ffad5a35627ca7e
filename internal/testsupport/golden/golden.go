package golden

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/worktree"
)

var update = flag.Bool("update", false, "write the golden files anew")

// summaryBelow bounds the summary of a diagnostic, in characters, the id in
// parentheses left out.
const summaryBelow = 70

// Block says what to look after in a block. The zero value is of use.
type Block struct {
	// Secrets are texts that the block must not show, whole or piece by piece
	// (between delimiters), wherever a line breaks.
	Secrets []string
	// Finder looks for canaries; nil for none.
	Finder *canary.Finder
	// Replace are texts of this run and what stands for them in the file.
	Replace map[string]string
}

// Check holds the first block of the finding in a run's output to its golden
// file.
func (b Block) Check(t testing.TB, id finding.ID, result tfcli.Result) {
	t.Helper()
	text, ok := cut(result.Combined, id)
	if !ok {
		t.Errorf("%s: the run shows no diagnostic with an id, a text and a link of its own:\n%s", id, result.Combined)
		return
	}
	b.keep(t, id, fileOf(id, text), text)
}

// CheckAssertion holds what a check block shows of a finding, whose summary,
// detail and fix are its error_message, to the file <slug>.check.txt. It is for
// findings that stand in outputs alone.
func (b Block) CheckAssertion(t testing.TB, id finding.ID, result tfcli.Result) {
	t.Helper()
	text, ok := cutAssertion(result.Combined, id)
	if !ok {
		t.Errorf("%s: no check block of the run shows it:\n%s", id, result.Combined)
		return
	}
	b.keep(t, id, string(id)+".check.txt", text)
}

func (b Block) keep(t testing.TB, id finding.ID, name, text string) {
	t.Helper()
	complaints := b.complaints(text)
	for _, complaint := range complaints {
		t.Errorf("%s: %s", id, complaint)
	}
	if len(complaints) > 0 {
		return // Nothing of that kind is kept, nor shown here.
	}
	compare(t, name, b.steady(text))
}

// cutAssertion is the block of a check whose error_message is a finding, to the
// end of its fix.
func cutAssertion(output string, id finding.ID) (block string, ok bool) {
	pattern := regexp.MustCompile(`(?ms)^Warning: Check block assertion failed$.*?\(` + regexp.QuoteMeta(string(id)) + `\)\n.*?^Fix: .*?(\n\n|\n?\z)`)
	block = pattern.FindString(output)
	return strings.TrimRight(block, "\n") + "\n", block != "" && strings.Count(block, "\nWarning: ") == 0
}

// cut is the block of a finding: from its heading to the link that ends every
// detail. ok is false where there is none.
func cut(output string, id finding.ID) (block string, ok bool) {
	heading := regexp.MustCompile(`(?m)^(Error|Warning): [^\n]*\(` + regexp.QuoteMeta(string(id)) + `\)$`)
	at := heading.FindStringIndex(output)
	if at == nil {
		return "", false
	}
	link := regexp.MustCompile(`(?m)#` + regexp.QuoteMeta(id.Anchor()) + `$`)
	end := link.FindStringIndex(output[at[1]:])
	next := regexp.MustCompile(`(?m)^(Error|Warning): `).FindStringIndex(output[at[1]:])
	if end == nil || next != nil && next[0] < end[0] {
		return "", false
	}
	return output[at[0]:at[1]+end[1]] + "\n", true
}

// complaints are what must not be, whatever the file says. None shows a secret.
func (b Block) complaints(text string) []string {
	var found []string
	heading, _, _ := strings.Cut(text, "\n")
	_, summary, _ := strings.Cut(heading, ": ")
	if end := strings.LastIndex(summary, " ("); end >= 0 {
		summary = summary[:end]
	}
	if n := utf8.RuneCountInString(summary); n >= summaryBelow {
		found = append(found, "the summary is too long: "+summary)
	}
	if !strings.Contains(text, "\nFix: ") {
		found = append(found, `no line begins with "Fix: "`)
	}
	joined := strings.Join(strings.Fields(text), "")
	for _, secret := range b.Secrets {
		if slices.ContainsFunc(pieces(secret), func(piece string) bool { return strings.Contains(joined, piece) }) {
			found = append(found, "the block shows a secret, or a piece of one")
		}
	}
	if b.Finder != nil {
		for _, leak := range b.Finder.FindPrinted(text) {
			found = append(found, "the block shows a secret: "+leak.String())
		}
	}
	return found
}

// pieces are the parts of a secret that a parser might take for something else,
// as far as they are long enough to be no accident.
func pieces(secret string) []string {
	found := []string{strings.Join(strings.Fields(secret), "")}
	for _, piece := range strings.FieldsFunc(secret, func(r rune) bool { return strings.ContainsRune(" /?#@:%[]&=", r) }) {
		if len(piece) >= 5 {
			found = append(found, piece)
		}
	}
	return slices.DeleteFunc(found, func(piece string) bool { return piece == "" })
}

// fileOf is the name of the file of a block, relative to the directory.
func fileOf(id finding.ID, block string) string {
	if strings.HasPrefix(block, "Warning: ") {
		return string(id) + ".warning.txt"
	}
	return string(id) + ".txt"
}

func compare(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join(directory(), filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Errorf("testdata/golden/%s does not exist (go test -update writes it); got:\n%s", name, got)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("testdata/golden/%s differs (go test -update writes it anew); got:\n%s", name, got)
	}
}

// directory is testdata/golden of the repository.
func directory() string {
	return worktree.Path("testdata/golden")
}

// Kept is a golden file.
type Kept struct {
	ID       finding.ID
	Severity finding.Severity
	// Check says that a check block shows it, and no diagnostic of the provider.
	Check bool
	Text  string
}

// All are the golden files that there are, in the order of their names.
func All(t testing.TB) []Kept {
	t.Helper()
	var all []Kept
	root := directory()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		kept := Kept{Severity: finding.Error, Text: string(text)}
		slug, isCheck := strings.CutSuffix(strings.TrimSuffix(filepath.ToSlash(name), ".txt"), ".check")
		slug, isWarning := strings.CutSuffix(slug, ".warning")
		kept.Check = isCheck
		if isWarning {
			kept.Severity = finding.Warning
		}
		kept.ID = finding.ID(slug)
		all = append(all, kept)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return all
}

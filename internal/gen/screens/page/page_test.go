package page

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const guide = "../../../../templates/guides/check-command.md"

func TestGuide_ShowsTheScreensThatAreKept(t *testing.T) {
	got, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Fill(string(got), os.DirFS("../../../cli/testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("templates/guides/check-command.md is out of date: run go generate ./internal/gen/...")
	}
	if n := strings.Count(want, markerBegin); n < 4 {
		t.Errorf("the guide shows %d screens", n)
	}
}

func TestFill_ReplacesTheBlockAfterAName(t *testing.T) {
	screens := fstest.MapFS{"a.txt": {Data: []byte("new\n")}}
	got, err := Fill("x\n<!-- screen: a.txt -->\n```text\nold\nlines\n```\ny\n", screens)
	if want := "x\n<!-- screen: a.txt -->\n```text\nnew\n```\ny\n"; err != nil || got != want {
		t.Errorf("Fill() = %q, %v, want %q", got, err, want)
	}
	for _, broken := range []string{
		"<!-- screen: b.txt -->\n```text\n```\n", "<!-- screen: a.txt -->\n\n```text\n```\n", "<!-- screen: a.txt -->\n```text\n", "<!-- screen: a.txt -->",
	} {
		if got, err := Fill(broken, screens); err == nil {
			t.Errorf("Fill(%q) = %q, want an error", broken, got)
		}
	}
}

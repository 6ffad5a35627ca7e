package page

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
)

const guide = "../../../../templates/guides/findings.md"

func TestGuide_IsWhatTheGeneratorWrites(t *testing.T) {
	got, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Render(catalog.Registry())) {
		t.Error("templates/guides/findings.md is out of date: run go generate ./internal/gen/...")
	}
}

func TestGuide_HasASectionForEveryID(t *testing.T) {
	text := string(Render(catalog.Registry()))
	for _, doc := range catalog.Registry().Docs() {
		if strings.Count(text, "\n### `"+string(doc.ID)+"`\n") != 1 || strings.Count(text, `<a id="`+doc.ID.Anchor()+`">`) != 1 {
			t.Errorf("%s has not one section and one anchor", doc.ID)
		}
	}
}

func TestProse_IsShownAsItIs(t *testing.T) {
	const want = `a.\_\_init\_\_() \*x\* &lt;none> \[::1]`
	if got := prose("a.__init__() *x* <none> [::1]"); got != want {
		t.Errorf("prose() = %q, want %q", got, want)
	}
}

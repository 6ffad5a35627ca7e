package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// guide shows the table to users. CHANNELS_UPDATE=1 with CHANNELS_FULL=1 writes
// it anew; `make generate` carries it on into docs/.
const guide = "../../templates/guides/what-the-app-does.md"

const tableHead = "| What is wrong | Plan says | Apply says | The app then |\n|---|---|---|---|\n"

// row is what one case of the table showed.
type row struct{ name, plan, apply, app string }

func (r row) text() string {
	return fmt.Sprintf("| %s | %s | %s | %s |\n", r.name, r.plan, r.apply, r.app)
}

// table collects the rows of all cases, in their order.
type table struct {
	mu      sync.Mutex
	rows    []row
	written string // the guide
}

// newTable makes a table of n rows that is printed when the test ends (go test
// -v).
func newTable(t *testing.T, n int) *table {
	text, err := os.ReadFile(filepath.FromSlash(guide))
	if err != nil {
		t.Fatal(err)
	}
	r := &table{rows: make([]row, n), written: string(text)}
	t.Cleanup(func() {
		t.Log("\n" + r.text())
		if os.Getenv("CHANNELS_UPDATE") != "" && !t.Failed() {
			r.write(t)
		}
	})
	return r
}

// add takes the row of a case that has passed, which must stand in the guide.
func (r *table) add(t *testing.T, i int, added row) {
	t.Helper()
	if t.Failed() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[i] = added
	if os.Getenv("CHANNELS_UPDATE") == "" && !strings.Contains(r.written, added.text()) {
		t.Errorf("%s does not have the row\n%s", guide, added.text())
	}
}

// text is the table in Markdown, as far as it was tried.
func (r *table) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := tableHead
	for _, one := range r.rows {
		if one.name != "" {
			text += one.text()
		}
	}
	return text
}

// write puts the table in the place of the one in the guide.
func (r *table) write(t *testing.T) {
	t.Helper()
	for _, one := range r.rows {
		if one.name == "" {
			t.Fatal("a part of the table was not tried: set CHANNELS_FULL=1 and run all of it")
		}
	}
	before, rest, begins := strings.Cut(r.written, tableHead)
	_, after, ends := strings.Cut(rest, "\n\n")
	if !begins || !ends {
		t.Fatalf("%s has no table", guide)
	}
	if err := os.WriteFile(filepath.FromSlash(guide), []byte(before+r.text()+"\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func inJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

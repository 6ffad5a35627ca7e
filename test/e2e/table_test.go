package e2e

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
)

// row is what one case of the table showed.
type row struct{ name, plan, apply, app string }

// table collects the rows of all cases, in their order.
type table struct {
	mu   sync.Mutex
	rows map[int]row
}

// newTable makes a table that is printed when the test ends (go test -v).
func newTable(t *testing.T) *table {
	rows := &table{rows: map[int]row{}}
	t.Cleanup(func() { t.Log("\n" + rows.text()) })
	return rows
}

func (r *table) add(t *testing.T, i int, added row) {
	if t.Failed() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[i] = added
}

// text is the table in Markdown.
func (r *table) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := "| What is wrong | Plan says | Apply says | The app then |\n|---|---|---|---|\n"
	for i, printed := 0, 0; printed < len(r.rows); i++ {
		if one, found := r.rows[i]; found {
			text += fmt.Sprintf("| %s | %s | %s | %s |\n", one.name, one.plan, one.apply, one.app)
			printed++
		}
	}
	return text
}

func inJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

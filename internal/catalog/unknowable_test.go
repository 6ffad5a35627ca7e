package catalog_test

import (
	"os"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
)

func TestUnknowables_SayWhyAndWhatShowsIt(t *testing.T) {
	tests, err := os.ReadFile("../channelconfig/lint/unknowable_test.go")
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, u := range catalog.Unknowables() {
		if u.Title == "" || u.Why == "" || u.Shown == "" {
			t.Errorf("incomplete: %+v", u)
		}
		if u.Test == "" {
			continue
		}
		run++
		if !strings.Contains(string(tests), "func "+u.Test+"(t *testing.T)") {
			t.Errorf("%s: there is no test %s", u.Title, u.Test)
		}
	}
	if run != strings.Count(string(tests), "\nfunc TestUnknowable_") {
		t.Errorf("%d lines name a test, and there are others", run)
	}
}

// everUsed are all ids that a finding has ever had, one a line. Lines are only
// ever added: an id that is gone must not come back for something else, because
// people have written it into their configurations.
const everUsed = "testdata/ids.txt"

func TestRegistry_IDsAreNeverUsedAgain(t *testing.T) {
	content, err := os.ReadFile(everUsed)
	if err != nil {
		t.Fatal(err)
	}
	kept, retired := map[string]bool{}, map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(content)), "\n") {
		id, note, _ := strings.Cut(line, " ")
		if kept[id] {
			t.Errorf("%s stands in %s twice", id, everUsed)
		}
		kept[id] = true
		retired[id] = note == "retired"
	}
	known := map[string]bool{}
	for _, doc := range catalog.Registry().Docs() {
		id := string(doc.ID)
		known[id] = true
		switch {
		case !kept[id]:
			t.Errorf("%s is new: add it at the end of %s", id, everUsed)
		case retired[id]:
			t.Errorf("%s had another meaning once: choose another id", id)
		}
	}
	for id := range kept {
		if !known[id] && !retired[id] {
			t.Errorf("%s is gone: write \"%s retired\" in %s, and never use it again", id, id, everUsed)
		}
	}
}

package catalog_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

func TestRegistry_EveryFindingIsFullyDocumented(t *testing.T) {
	idPattern := regexp.MustCompile(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	registry := catalog.Registry()
	for _, id := range registry.Repeated() {
		t.Errorf("%s is documented twice", id)
	}
	for _, doc := range registry.Docs() {
		if !idPattern.MatchString(string(doc.ID)) {
			t.Errorf("%q is no category/slug", doc.ID)
		}
		if doc.Title == "" || len(doc.Title) >= 70 || strings.HasSuffix(doc.Title, ".") {
			t.Errorf("%s: the title must have 1 to 69 characters and no full stop: %q", doc.ID, doc.Title)
		}
		if doc.Severity < finding.Info || doc.Severity > finding.Error {
			t.Errorf("%s has no severity", doc.ID)
		}
		for name, text := range map[string]string{"Why": doc.Why, "Django": doc.Django, "Fix": doc.Fix, "Since": doc.Since} {
			if text == "" {
				t.Errorf("%s: %s is empty", doc.ID, name)
			}
		}
	}
}

func TestRegistry_NearestIsTheOneThatWasMeant(t *testing.T) {
	if got := catalog.Registry().Nearest("url/unescaped_delimter"); got != "url/unescaped-delimiter" {
		t.Errorf("got %s", got)
	}
}

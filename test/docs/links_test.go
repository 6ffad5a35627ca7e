package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	linked   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	anchored = regexp.MustCompile(`<a id="([^"]+)">`)
	headed   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fencedIn = regexp.MustCompile("(?ms)^```.*?^```")
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N}\- ]`)
)

// anchors are the places of a page that a link can name.
func anchors(page string) map[string]bool {
	found := map[string]bool{"": true}
	for _, match := range anchored.FindAllStringSubmatch(page, -1) {
		found[match[1]] = true
	}
	for _, match := range headed.FindAllStringSubmatch(fencedIn.ReplaceAllString(page, ""), -1) {
		found[strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")] = true
	}
	return found
}

// TestLinks_LeadToWhatIsThere follows every link to a file of the project, and
// to a place in it: a finding above all.
func TestLinks_LeadToWhatIsThere(t *testing.T) {
	followed := 0
	for _, page := range pages(t) {
		source, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range linked.FindAllStringSubmatch(fencedIn.ReplaceAllString(string(source), ""), -1) {
			link := match[1]
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			followed++
			file, place, _ := strings.Cut(link, "#")
			target := page
			if file != "" {
				target = path.Join(path.Dir(page), file)
			}
			text, err := os.ReadFile(filepath.Join(root, target))
			if info, statErr := os.Stat(filepath.Join(root, target)); statErr == nil && info.IsDir() {
				continue
			}
			if err != nil {
				t.Errorf("%s: %s leads nowhere", page, link)
			} else if !anchors(string(text))[place] {
				t.Errorf("%s: %s: the page has no such place", page, link)
			}
		}
	}
	if followed < 100 {
		t.Errorf("followed only %d links", followed)
	}
}

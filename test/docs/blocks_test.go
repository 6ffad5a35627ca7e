package docs

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// root is the work tree, from here.
const root = "../.."

// block is a fenced code block of a page.
type block struct {
	page string // from root, with slashes
	line int
	lang string
	text string
	// notes are the HTML comments right above it: what a test does with it, or
	// why none can. `<!-- file: main.tf -->` is {"file", "main.tf"}.
	notes map[string]string
}

// has reports whether a comment of that name stands above the block.
func (b block) has(note string) bool {
	_, found := b.notes[note]
	return found
}

// pages are README.md and what else people read in Markdown, generated or not.
func pages(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".md") {
			name, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// blocks are all fenced blocks of all pages.
func blocks(t *testing.T) []block {
	t.Helper()
	var all []block
	for _, page := range pages(t) {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parse(page, source)...)
	}
	return all
}

// parse finds the blocks of a page.
func parse(page string, source []byte) []block {
	var found []block
	document := goldmark.DefaultParser().Parse(text.NewReader(source))
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		fenced, ok := node.(*ast.FencedCodeBlock)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		b := block{page: page, lang: string(fenced.Language(source)), text: lines(fenced, source), notes: notesAbove(fenced, source)}
		if fenced.Info != nil {
			b.line = 1 + bytes.Count(source[:fenced.Info.Segment.Start], []byte("\n"))
		} else if fenced.Lines().Len() > 0 {
			b.line = bytes.Count(source[:fenced.Lines().At(0).Start], []byte("\n"))
		}
		found = append(found, b)
		return ast.WalkContinue, nil
	})
	return found
}

func lines(node ast.Node, source []byte) string {
	var b strings.Builder
	for i := range node.Lines().Len() {
		segment := node.Lines().At(i)
		b.Write(segment.Value(source))
	}
	return b.String()
}

// notesAbove reads the comments that stand between a block and what is above.
func notesAbove(node ast.Node, source []byte) map[string]string {
	notes := map[string]string{}
	for above := node.PreviousSibling(); above != nil; above = above.PreviousSibling() {
		html, ok := above.(*ast.HTMLBlock)
		if !ok {
			break
		}
		comment := lines(html, source)
		if html.HasClosure() {
			comment += string(html.ClosureLine.Value(source))
		}
		for line := range strings.Lines(comment) {
			body, opens := strings.CutPrefix(strings.TrimSpace(line), "<!-- ")
			body, closes := strings.CutSuffix(body, " -->")
			if opens && closes {
				name, value, _ := strings.Cut(body, ": ")
				notes[name] = value
			}
		}
	}
	return notes
}

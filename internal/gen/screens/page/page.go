// Package page puts screens into a guide.
package page

import (
	"fmt"
	"io/fs"
	"strings"
)

// A marker names the file whose text stands in the fenced block after it.
const (
	markerBegin = "<!-- screen: "
	markerEnd   = " -->"
	fence       = "```"
)

// Fill is the guide with the text of each named file in the block after its
// name. The error says what is missing.
func Fill(guide string, screens fs.FS) (string, error) {
	var b strings.Builder
	lines := strings.SplitAfter(guide, "\n")
	for i := 0; i < len(lines); i++ {
		b.WriteString(lines[i])
		name, ok := strings.CutPrefix(strings.TrimSpace(lines[i]), markerBegin)
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, markerEnd)
		text, err := fs.ReadFile(screens, name)
		if err != nil {
			return "", err
		}
		end := blockEnd(lines, i+1)
		if end < 0 {
			return "", fmt.Errorf("no fenced block follows the name %s", name)
		}
		b.WriteString(lines[i+1])
		b.Write(text)
		b.WriteString(lines[end])
		i = end
	}
	return b.String(), nil
}

// blockEnd is the line that ends the block which begins in that line, -1 if
// none does.
func blockEnd(lines []string, begin int) int {
	if begin >= len(lines) || !strings.HasPrefix(lines[begin], fence) {
		return -1
	}
	for i := begin + 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == fence {
			return i
		}
	}
	return -1
}

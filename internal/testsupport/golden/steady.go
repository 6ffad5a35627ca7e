package golden

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns is where core breaks the lines of a detail when nobody tells it how
// wide the terminal is.
const columns = 77

// varying are the texts that are another in every run, and what stands for them.
var varying = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/[^\s"',]*[^\s"',.:)]`), "/tmp/example"},
	{regexp.MustCompile(`\b127\.\d+\.\d+\.\d+\b`), "127.0.0.1"},
	{regexp.MustCompile(`(127\.0\.0\.1|localhost|\[::1\]|[a-z0-9.-]+\.(?:example\.com|test|localhost)):\d{4,5}\b`), "$1:6379"},
	{regexp.MustCompile(`\bport \d{4,5}\b`), "port 6379"},
	{regexp.MustCompile(`\b\d+\.\d+ ?(ms|s|µs|seconds)\b`), "0.4 $1"},
	{regexp.MustCompile(`\b(pid|process) \d+\b`), "$1 4711"},
	{regexp.MustCompile(`\bstarted \d+ s ago`), "started 4 s ago"},
	{regexp.MustCompile(`\btried \d+ times in \d+m?s\b`), "tried 4 times in 2s"},
	{regexp.MustCompile(`\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?( ?UTC|Z)?)?`), "2026-01-31$1"},
	{regexp.MustCompile(`2026-01-31([T ])\d\d:\d\d(:\d\d)?`), "2026-01-31${1}12:00"},
	{regexp.MustCompile(`\b[Rr]edis [5-9]\.\d+\.\d+\b`), "redis 7.0.15"},
	{regexp.MustCompile(`\b\d+\.\d+ ([KMG]iB)\b`), "1.1 $1"},
}

// steady is the block as it would be had it come of another run.
func (b Block) steady(block string) string {
	replace := func(text string) string {
		// Longer ones first: one may hold another.
		names := slices.SortedFunc(maps.Keys(b.Replace), func(a, b string) int { return len(b) - len(a) })
		for _, name := range names {
			text = strings.ReplaceAll(text, name, b.Replace[name])
		}
		for _, v := range varying {
			text = v.pattern.ReplaceAllString(text, v.replacement)
		}
		return text
	}
	var out []string
	for _, line := range unwrap(strings.Split(block, "\n")) {
		out = append(out, wrap(replace(line))...)
	}
	return strings.Join(out, "\n")
}

// unwrap joins the lines that core broke: where the next word would not have
// fitted. A line of the finding itself that happens to look so is joined, too,
// and broken again at the same place.
func unwrap(lines []string) []string {
	var out []string
	for i, line := range lines {
		if i < 2 || !isBroken(lines[i-1], line) {
			out = append(out, line)
			continue
		}
		out[len(out)-1] += " " + line
	}
	return out
}

// isBroken reports whether core, and not the text, ended the line before.
func isBroken(before, line string) bool {
	word, _, _ := strings.Cut(line, " ")
	isText := before != "" && word != "" && !strings.HasPrefix(before, " ")
	starts := word == "Fix:" || word == "More:"
	return isText && !starts && utf8.RuneCountInString(before+" "+word) > columns
}

// wrap breaks a line as core does: not one that begins with a space, nor within
// a word.
func wrap(line string) []string {
	isHeading := strings.HasPrefix(line, "Error: ") || strings.HasPrefix(line, "Warning: ")
	if isHeading || strings.HasPrefix(line, " ") {
		return []string{line}
	}
	lines := []string{""}
	for i, word := range strings.Split(line, " ") {
		last := &lines[len(lines)-1]
		switch {
		case i == 0:
			*last = word
		case utf8.RuneCountInString(*last+" "+word) > columns:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

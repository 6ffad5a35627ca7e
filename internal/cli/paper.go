package cli

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// paper is what a text is written on.
type paper struct {
	// width is how many columns a line may have.
	width int
	// colour says that escape sequences are understood.
	colour bool
}

// Widths of lines in columns: what a terminal has if nobody says otherwise,
// which is also as long as a line is read with ease, and the least.
const (
	usualWidth = 80
	leastWidth = 40
)

// widthOf is the width for a value of COLUMNS.
func widthOf(columns string) int {
	n, err := strconv.Atoi(columns)
	if err != nil || n <= 0 {
		return usualWidth
	}
	return min(max(n, leastWidth), usualWidth)
}

// style is a list of numbers of SGR (ECMA-48, 8.3.117), each with a ";" behind.
type style string

const (
	bold   style = "1;"
	red    style = "31;"
	green  style = "32;"
	yellow style = "33;"
	plain  style = ""
)

// paint sets a text in a style.
func (p paper) paint(s style, text string) string {
	if !p.colour || s == plain {
		return text
	}
	return "\x1b[" + strings.TrimSuffix(string(s), ";") + "m" + text + "\x1b[0m"
}

// inWords is a status for people, and its colour.
func inWords(s finding.Status) (style, string) {
	switch s {
	case finding.Passed:
		return green, "passed"
	case finding.Failed:
		return red, "failed"
	default:
		return yellow, "undetermined"
	}
}

// status is the status of a step, in a column of its own. On a server that is
// ready, a step fails with no more than warnings.
func (p paper) status(s finding.Status, ready bool, column int) string {
	colour, word := inWords(s)
	switch {
	case s == finding.Passed:
		word = "ok"
	case s == finding.Undetermined:
		word = "unclear"
	case ready:
		colour, word = yellow, "warning"
	}
	return p.paint(colour, word) + strings.Repeat(" ", max(column-len(word), 1))
}

func (p paper) severity(s finding.Severity) string {
	colour := plain
	switch s {
	case finding.Error:
		colour = red
	case finding.Warning:
		colour = yellow
	}
	return p.paint(colour, s.String()+":")
}

// fold puts units into lines, as many as fit. A unit is never broken, even one
// that is too long.
func (p paper) fold(begin, indent string, units []string) []string {
	var lines []string
	line, empty := begin, true
	for _, unit := range units {
		if unit == "" {
			continue
		}
		if !empty && columns(line)+1+columns(unit) > p.width {
			lines = append(lines, line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line += unit
		empty = false
	}
	return append(lines, strings.TrimRight(line, " "))
}

// columns is how wide a text is on a terminal, without its styles.
func columns(text string) int {
	n := utf8.RuneCountInString(text)
	for {
		_, rest, ok := strings.Cut(text, "\x1b[")
		if !ok {
			return n
		}
		code, after, _ := strings.Cut(rest, "m")
		n -= len("\x1b[") + len(code) + len("m")
		text = after
	}
}

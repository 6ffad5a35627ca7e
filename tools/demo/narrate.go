package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// narrator tells the story: a numbered line for each step, excerpts indented
// below. What must not be shown is masked in everything it writes.
type narrator struct {
	out    io.Writer
	begun  time.Time
	number int
	masks  []string
}

func newNarrator(out io.Writer) *narrator {
	return &narrator{out: out, begun: time.Now()}
}

// hide masks secret wherever it would be written from now on.
func (n *narrator) hide(secret string) { n.masks = append(n.masks, secret) }

// step begins a numbered step.
func (n *narrator) step(format string, arguments ...any) {
	n.number++
	n.plain("\n%d. %s", n.number, fmt.Sprintf(format, arguments...))
}

// plain writes one line.
func (n *narrator) plain(format string, arguments ...any) {
	n.write(fmt.Sprintf(format, arguments...) + "\n")
}

// excerpt writes text indented, without blank lines at its ends.
func (n *narrator) excerpt(text string) {
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		n.write(strings.TrimRight("     | "+strings.TrimRight(line, "\n"), " ") + "\n")
	}
}

// end closes the story with the time it took.
func (n *narrator) end() {
	n.plain("\nDone in %.0f s. Everything the demo started or wrote is gone again.", time.Since(n.begun).Seconds())
	n.plain("Next: README.md shows the configuration, examples/ has more of it.")
}

func (n *narrator) write(text string) {
	for _, secret := range n.masks {
		text = strings.ReplaceAll(text, secret, "********")
	}
	// Nothing could be done about a terminal that has gone away.
	_, _ = io.WriteString(n.out, text)
}

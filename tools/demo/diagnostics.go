package main

import (
	"slices"
	"strings"
)

// diagnostics cuts the warnings and errors out of what a command printed, each
// once, without the warning about dev_overrides, which is the demo's own doing.
func diagnostics(output string) string {
	var blocks []string
	var block []string
	end := func() {
		text := strings.Trim(strings.Join(block, "\n"), "\n")
		if text != "" && !strings.Contains(text, "development overrides") && !slices.Contains(blocks, text) {
			blocks = append(blocks, text)
		}
		block = nil
	}
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "Warning: "), strings.HasPrefix(line, "Error: "):
			end()
			block = []string{line}
		case isOrdinary(line):
			end()
		case block != nil:
			block = append(block, line)
		}
	}
	end()
	return strings.Join(blocks, "\n\n")
}

// isOrdinary knows the lines with which ordinary output goes on after a
// diagnostic. Details of diagnostics do not begin like that; a wrapped one may
// well begin with the word Terraform alone.
func isOrdinary(line string) bool {
	return slices.ContainsFunc([]string{
		"Terraform used ", "Terraform will ", "Terraform has ", "OpenTofu used ", "OpenTofu will ", "OpenTofu has ", "Plan: ", "Planning failed.", "Changes to Outputs", "Success!",
		"Apply complete!", "Destroy complete!", "Outputs:", "Saved the plan to", "No changes.", "─────",
		"module.", "channels_layer.",
	}, func(prefix string) bool { return strings.HasPrefix(line, prefix) })
}

// lines keeps the lines of a command's output that contain one of the words.
func lines(output string, words ...string) string {
	var kept []string
	for line := range strings.Lines(output) {
		if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(line, word) }) {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	return strings.Join(kept, "\n")
}

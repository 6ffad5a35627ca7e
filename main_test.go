package main

import (
	"strings"
	"testing"
)

// What a person tries first leads to the command, and is not repeated: it may
// be a URL with a password.
func TestRun_NamesTheCheckCommandToWhoeverStartsItByHand(t *testing.T) {
	for _, c := range []struct {
		arguments []string
		code      int
	}{
		{[]string{"--help"}, 0},
		{[]string{"-h"}, 0},
		{[]string{"redis://default:example-password@redis.example.com"}, 2},
		{[]string{"--url=redis://default:example-password@redis.example.com"}, 2},
		{[]string{"--redis://default:example-password@redis.example.com"}, 2},
	} {
		var stdout, stderr strings.Builder
		if code := run(c.arguments, &stdout, &stderr); code != c.code {
			t.Errorf("%q: it ended with %d, want %d", c.arguments, code, c.code)
		}
		said := stdout.String() + stderr.String()
		if !strings.Contains(said, "terraform-provider-channels check --help") || !strings.Contains(said, "-version") {
			t.Errorf("%q: it does not say what there is: %q", c.arguments, said)
		}
		if strings.Contains(said, "example-password") {
			t.Errorf("%q: it repeats what it was given", c.arguments)
		}
		if (c.code == 0) != (stderr.Len() == 0) {
			t.Errorf("%q: help belongs to standard output, errors to standard error", c.arguments)
		}
	}
}

func TestRun_PrintsItsVersion(t *testing.T) {
	var stdout, stderr strings.Builder
	if code := run([]string{"--version"}, &stdout, &stderr); code != 0 || stdout.String() != "terraform-provider-channels dev\n" {
		t.Errorf("it ended with %d and printed %q", code, stdout.String())
	}
}

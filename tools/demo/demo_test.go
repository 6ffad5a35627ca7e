package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

func TestNarrator_MasksSecretsEverywhere(t *testing.T) {
	var out bytes.Buffer
	say := newNarrator(&out)
	say.hide("canary-3f9c")
	say.step("the password is %s", "canary-3f9c")
	say.excerpt("REDIS_URL=redis://default:canary-3f9c@127.0.0.1:1/0\ncanary-3f9c")
	say.plain("%s", "canary-3f9c")
	if got := strings.Count(out.String(), "********"); got != 4 || strings.Contains(out.String(), "canary") {
		t.Errorf("4 masks and no secret expected, got %d masks in:\n%s", got, out.String())
	}
}

func TestDiagnostics_KeepsEachOnceAndNothingElse(t *testing.T) {
	output := strings.Join([]string{
		"", "Warning: Provider development overrides are in effect", "", "The following ...", "",
		"Plan: 1 to add, 0 to change, 0 to destroy.", "",
		"Warning: Something (a/b)", "", "Its detail.", "", "Fix: run", "Terraform there.", "",
		"Terraform used the selected providers.", "",
		"channels_layer.x: Creating...", "",
		"Warning: Something (a/b)", "", "Its detail.", "", "Fix: run", "Terraform there.", "",
		"Error: Other (c/d)", "", "Worse.", "",
	}, "\n")
	want := "Warning: Something (a/b)\n\nIts detail.\n\nFix: run\nTerraform there.\n\nError: Other (c/d)\n\nWorse."
	if got := diagnostics(output); got != want {
		t.Errorf("diagnostics = %q, want %q", got, want)
	}
}

func TestExpect_RefusesSecretsAndSurprises(t *testing.T) {
	s := &stage{redis: &redisServer{password: "canary-3f9c"}}
	tests := []struct {
		name    string
		got     result
		want    outcome
		passing bool
	}{
		{"what it should say, wrapped", result{output: "Error: no\nway (a/b)", code: 1}, fails, true},
		{"another exit status", result{output: "Error: no way (a/b)", code: 0}, fails, false},
		{"another text", result{output: "Error: other", code: 1}, fails, false},
		{"the password in it", result{output: "no way (a/b) canary-3f9c", code: 1}, fails, false},
		{"another secret in it", result{output: "no way (a/b) canary-77", code: 1}, fails, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := s.expect(test.got, test.want, "no way (a/b)", "canary-77")
			if (err == nil) != test.passing {
				t.Errorf("expect = %v, want passing %v", err, test.passing)
			}
		})
	}
}

func TestBuiltInRedis_AnswersOnlyWithItsPassword(t *testing.T) {
	server, err := startEmbedded("canary-3f9c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	if !server.answers(deadline(t)) {
		t.Error("the built-in Redis does not answer with its password")
	}
	server.password = "another"
	if server.answers(deadline(t)) {
		t.Error("the built-in Redis answers with another password")
	}
}

// deadline is a context that ends long before the test would.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

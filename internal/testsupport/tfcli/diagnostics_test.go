package tfcli

import (
	"slices"
	"strings"
	"testing"
)

const printed = `
Warning: Provider development overrides are in effect

The following provider development overrides are set in the CLI
configuration.

Plan: 1 to add, 0 to change, 0 to destroy.

Warning: The name of the Redis host does not resolve here (network/name-not-resolved)

  with channels_layer.production,
  on main.tf line 7, in resource "channels_layer" "production":
   7: resource "channels_layer" "production" {

The host name of redis is unknown here, and that is a text which is long
enough to be broken.

(and one more similar warning elsewhere)

Error: Something without an id

It happened.
`

func TestDiagnostics_FindsIDsAndLeavesOverrideWarningOut(t *testing.T) {
	result := Result{Combined: printed}
	if got := IDs(result.Warnings()); !slices.Equal(got, []string{"network/name-not-resolved"}) {
		t.Errorf("warnings: %q", got)
	}
	if got := IDs(result.Errors()); !slices.Equal(got, []string{"Something without an id"}) {
		t.Errorf("errors: %q", got)
	}
	if text := result.Warnings()[0].Text; !strings.Contains(text, "one more similar warning") || strings.Contains(text, "It happened") {
		t.Errorf("the text of the warning is %q", text)
	}
}

func TestResult_HasFindsPhraseAcrossLines(t *testing.T) {
	result := Result{Combined: printed}
	if !result.Has("long enough to be broken") {
		t.Error("a broken phrase is not found")
	}
	if result.Has("short enough") {
		t.Error("a phrase is found that is not there")
	}
}

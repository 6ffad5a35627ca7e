package cli

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// password is what the servers of these tests are protected with, unless a test
// says otherwise. No output may show it.
const password = "Kx7-made-up-R2vq"

// layer is a channels_layer at a URL, with further arguments.
func layer(url string, arguments ...string) string {
	return named("this", url, arguments...)
}

func named(name, url string, arguments ...string) string {
	return fmt.Sprintf("resource \"channels_layer\" %q {\n  redis_url = %q\n  %s\n}\n", name, url, strings.Join(arguments, "\n  "))
}

// wrongPassword is the server's URL with another password.
func wrongPassword(server *redistest.Server) string {
	return server.URLAs(url.UserPassword("default", "Wm4-another-made-up"))
}

// at is the URL of an address without a password.
func at(address string) string { return "redis://" + address + "/0" }

// expectWarnings fails the test unless the run showed exactly those warnings,
// by finding id, and no error.
func expectWarnings(t *testing.T, result tfcli.Result, ids ...string) {
	t.Helper()
	expect(t, result, nil, ids)
}

// expectErrors fails the test unless the run showed exactly those errors, by
// finding id, and no warning.
func expectErrors(t *testing.T, result tfcli.Result, ids ...string) {
	t.Helper()
	expect(t, result, ids, nil)
}

func expect(t *testing.T, result tfcli.Result, errors, warnings []string) {
	t.Helper()
	command := strings.Join(result.Args, " ")
	if got := tfcli.IDs(result.Errors()); !slices.Equal(got, errors) {
		t.Errorf("%s: errors %q, want %q\n%s", command, got, errors, result.Combined)
	}
	if got := tfcli.IDs(result.Warnings()); !slices.Equal(got, warnings) {
		t.Errorf("%s: warnings %q, want %q\n%s", command, got, warnings, result.Combined)
	}
	expectHidden(t, result.Combined, password, "Wm4-another-made-up")
}

// expectHidden fails the test where a text shows a secret, broken over lines or
// not.
func expectHidden(t *testing.T, text string, secrets ...string) {
	t.Helper()
	joined := strings.Join(strings.Fields(strings.ReplaceAll(text, "│", "")), "")
	for _, secret := range secrets {
		if at := strings.Index(joined, strings.Join(strings.Fields(secret), "")); at >= 0 {
			t.Errorf("a secret stands in the output, near %q", joined[max(0, at-80):at])
		}
	}
}

// expectHas fails the test unless the output has all the phrases.
func expectHas(t *testing.T, result tfcli.Result, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !result.Has(phrase) {
			t.Errorf("%s: the output lacks %q\n%s", strings.Join(result.Args, " "), phrase, result.Combined)
		}
	}
}

// port is that of an address.
func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// eventually reports whether something becomes true within that time.
func eventually(within time.Duration, happened func() bool) bool {
	deadline := time.After(within)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-deadline:
			return happened()
		case <-ticker.C:
		}
	}
	return true
}

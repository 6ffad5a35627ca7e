// Package wiring proves that the variables reach the app: each example of
// examples/wiring is applied for real, its files are written as the example
// says, and what should read them in production reads them back.
package wiring

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestMain(m *testing.M) {
	code := m.Run()
	tfcli.CleanUp()
	os.Exit(code)
}

// password has what means something in URLs, shells, YAML, .env files and
// workflow commands.
const password = `p#a@s/s:w?o[r]d %$HOME&"'` + "`" + `\n=<<EOF,;!`

// redisURL is the URL of a server with that password, encoded as build_url does.
func redisURL(server *redistest.Server) string {
	var encoded strings.Builder
	for _, b := range []byte(password) {
		fmt.Fprintf(&encoded, "%%%02X", b)
	}
	return "redis://default:" + encoded.String() + "@" + server.Addr() + "/0"
}

// start copies an example into a workspace, with a Redis for it and the URL of
// that.
func start(t *testing.T, cli tfcli.CLI, example string) (w *tfcli.Workspace, url string) {
	t.Helper()
	server := redistest.Start(t, redistest.Password(password))
	url = redisURL(server)
	w = tfcli.New(t, cli)
	w.Copy(filepath.Join("..", "..", "examples", "wiring", example), ".")
	w.Setenv("TF_VAR_redis_url", url)
	return w, url
}

// apply applies without a finding and without the secret in what is printed.
func apply(t *testing.T, w *tfcli.Workspace) {
	t.Helper()
	result := w.OK("apply")
	for _, diagnostic := range append(result.Errors(), result.Warnings()...) {
		t.Errorf("apply: %s", diagnostic.Summary)
	}
	if strings.Contains(result.Combined, "%70%23") || strings.Contains(result.Combined, "p#a") {
		t.Error("apply shows the password")
	}
}

// raw is an output as `output -raw` writes it into a file.
func raw(w *tfcli.Workspace, name string) string {
	return w.OK("output", "-raw", name).Stdout
}

// variables are what the app must get.
func variables(url string) map[string]string {
	return map[string]string{
		"REDIS_URL": url, "REDIS_PORT": "6379", "DEBUG": "False", "DJANGO_SETTINGS_MODULE": "config.settings",
	}
}

// expect fails the test unless that is what the reader made of it.
func expect(t *testing.T, reader string, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		names := []string{}
		for name := range want {
			if got[name] != want[name] {
				names = append(names, name)
			}
		}
		t.Errorf("%s reads %d variables, want %d; it differs in %q", reader, len(got), len(want), names)
	}
}

// expectRead has the readers of those names, of all versions, read the text.
// No names are all readers.
func expectRead(t *testing.T, text string, want map[string]string, names ...string) {
	t.Helper()
	read := 0
	for _, reader := range readers.All(t) {
		if len(names) > 0 && !containsName(names, reader.Name) {
			continue
		}
		read++
		result := reader.Read(t, text)[0]
		if result.Err != nil {
			t.Errorf("%s refuses the text", reader)
			continue
		}
		expect(t, reader.String(), result.Vars, want)
	}
	if read == 0 {
		t.Errorf("no reader of %q is installed", names)
	}
}

func containsName(names []string, name string) bool {
	for _, candidate := range names {
		if candidate == name {
			return true
		}
	}
	return false
}

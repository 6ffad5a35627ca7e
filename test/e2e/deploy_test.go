package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// What the servers of these tests are protected with. The second has all that a
// URL gives a meaning to.
const (
	password = "Kx7-made-up-R2vq"
	special  = "p@ss:w/o#r?d%41[]"
)

// full reports whether the long run was asked for (CHANNELS_FULL=1).
func full() bool { return os.Getenv("CHANNELS_FULL") == "1" }

// layers is the configuration of some layers, by name, each with its arguments
// and outputs; extra is what else the configuration has.
func layers(arguments map[string]string, extra string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		fmt.Fprintf(&text, "resource \"channels_layer\" %q {\n%s\n}\n", name, arguments[name])
		for _, output := range []string{"environment", "dotenv", "settings_python"} {
			fmt.Fprintf(&text, "output \"%s_%s\" {\n  value     = channels_layer.%s.%s\n  sensitive = true\n}\n", name, output, name, output)
		}
	}
	return text.String() + extra
}

// wiring is what apply has put out for one layer.
type wiring struct {
	environment map[string]string
	dotenv      string
	// options make the launcher use the settings that were put out.
	options []django.Option
}

// outputs reads what apply has put out, as a deployment script would.
func outputs(t testing.TB, w *tfcli.Workspace, names ...string) map[string]wiring {
	t.Helper()
	var all map[string]struct{ Value json.RawMessage }
	if err := json.Unmarshal([]byte(w.OK("output", "-json").Stdout), &all); err != nil {
		t.Fatal(err)
	}
	found := map[string]wiring{}
	for _, name := range names {
		var one wiring
		var settings string
		for output, into := range map[string]any{"environment": &one.environment, "dotenv": &one.dotenv, "settings_python": &settings} {
			value, has := all[name+"_"+output]
			if !has && output == "dotenv" {
				continue // null: see the finding dotenv/misread
			}
			if err := json.Unmarshal(value.Value, into); err != nil {
				t.Fatalf("output %s of %s: %v", output, name, err)
			}
		}
		if len(one.environment) == 0 || settings == "" {
			t.Fatalf("%s has put out %d variables and %d bytes of settings", name, len(one.environment), len(settings))
		}
		// Without options it is what the project has already.
		if settings != "import os\n\n"+django.SettingsCode(t) {
			one.options = append(one.options, django.Settings(settings))
		}
		found[name] = one
	}
	return found
}

// start starts the app from the map, or from the .env text.
func (w wiring) start(t testing.TB, options ...django.Option) *django.App {
	t.Helper()
	return django.Start(t, w.environment, slices.Concat(w.options, options)...)
}

func (w wiring) startFromDotenv(t testing.TB, options ...django.Option) *django.App {
	t.Helper()
	if w.dotenv == "" {
		t.Fatal("there is no .env text")
	}
	return django.Start(t, nil, slices.Concat(w.options, options, []django.Option{django.Dotenv(w.dotenv)})...)
}

// testName is a name without what go test -run gives a meaning to.
func testName(name string) string { return strings.ReplaceAll(name, "/", "-") }

package channelconfig_test

import (
	"fmt"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

// settingsInGo is what Resolve makes of the variables, in the oracle's words.
func settingsInGo(environ map[string]string, debug bool) string {
	vars := make(map[string]channelconfig.Value[secret.String], len(environ))
	for name, text := range environ {
		vars[name] = channelconfig.Known(secret.New(text))
	}
	s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
	s.Debug = channelconfig.Known(debug)
	r := channelconfig.Resolve(s)
	if r.Exception != nil {
		return "raises " + r.Exception.Class
	}
	backend, _ := r.Backend.Get()
	hosts, _ := r.Hosts.Get()
	text := backend.Class()
	for _, h := range hosts {
		if h.IsURL() {
			text += fmt.Sprintf(" url %q", h.URL.Reveal())
		} else {
			text += fmt.Sprintf(" host %q port %s", h.Host, h.Port)
		}
	}
	return text
}

// settingsInPython are the oracle's words for what the settings code does.
func settingsInPython(result python.SettingsResult) string {
	if result.Error != nil {
		return "raises " + result.Error.Exception
	}
	text := result.Layer.Backend
	for _, h := range result.Layer.Hosts {
		if h.URL != nil {
			text += fmt.Sprintf(" url %q", *h.URL)
		} else {
			text += fmt.Sprintf(" host %q port %s", *h.Host, *h.Port)
		}
	}
	return text
}

func TestResolve_DoesWhatWasRecordedOfTheSettingsCode(t *testing.T) {
	cases := python.EnvironmentCases(t)
	if len(cases) < 400 {
		t.Fatalf("the corpus has only %d environments", len(cases))
	}
	for _, c := range cases {
		for _, debug := range []bool{true, false} {
			got, want := settingsInGo(c.Environ, debug), settingsInPython(c.For(debug))
			if (got == want) == (c.Differs != "") {
				t.Errorf("%s, DEBUG=%v: got %s, Python has %s (marked as different: %q)", c.Note, debug, got, want, c.Differs)
			}
		}
	}
}

// TestOracle_Environments asks CPython again, so that the records cannot grow
// stale, and goes on with generated environments.
func TestOracle_Environments(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	compare := func(what string, environ map[string]string) {
		for _, debug := range []bool{true, false} {
			got, want := settingsInGo(environ, debug), settingsInPython(oracle.Settings(environ, debug))
			if got != want {
				t.Errorf("%s, %q, DEBUG=%v: got %s, Python has %s", what, environ, debug, got, want)
			}
		}
	}
	for _, c := range python.EnvironmentCases(t) {
		if c.Differs == "" {
			compare(c.Note, c.Environ)
		}
	}
	seed := python.Seed(t, 1)
	for i := range uint64(python.Cases(t, 1000)) {
		compare(fmt.Sprintf("case %d", i), generate.Environment(seed, i))
	}
}

func FuzzResolve(f *testing.F) {
	for _, c := range python.EnvironmentCases(f) {
		f.Add(c.Environ["REDIS_URL"], c.Environ["REDIS_HOST"], c.Environ["REDIS_PORT"], c.Environ["DEBUG"])
	}
	f.Fuzz(func(t *testing.T, url, host, port, debug string) {
		vars := map[string]channelconfig.Value[secret.String]{}
		for name, text := range map[string]string{"REDIS_URL": url, "REDIS_HOST": host, "REDIS_PORT": port, "DEBUG": debug} {
			vars[name] = channelconfig.Known(secret.New(text))
		}
		s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
		r := channelconfig.Resolve(s)
		hosts, known := r.Hosts.Get()
		uses, decided := r.UsesRedis().Get()
		switch {
		case r.Exception != nil:
		case decided && uses && (!known || len(hosts) != 1):
			t.Error("a layer with Redis has no host")
		case decided && !uses && len(hosts) != 0:
			t.Error("a layer in memory has a host")
		}
	})
}

package redisprobe_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// What is rendered for each intent, run by the real layer of every version that
// is installed: it connects where the table of docs/guides/tls.md says so, and
// where the check says so.

// appVersion is an environment of tools/setup-python.sh and what is in it; no
// layer is the environment of redis-py alone.
type appVersion struct {
	environment  string
	redis, layer string
}

func appVersions() []appVersion {
	if os.Getenv("CHANNELS_FULL") == "" {
		return []appVersion{{"redis-4.3", "4.3.6", "4.0.0"}, {"redis-7.4", "7.4.1", "4.3.0"}}
	}
	return []appVersion{
		{"redis-4.3", "4.3.6", "4.0.0"}, {"redis-4.6", "4.6.0", "4.1.0"}, {"redis-5.2", "5.2.1", "4.2.1"}, {"redis-6.0.0", "6.0.0", ""},
		{"redis-6.4", "6.4.0", "4.3.0"}, {"redis-7.4", "7.4.1", "4.3.0"}, {"redis-8.1", "8.1.0", "4.3.0"},
		{"interop-4.1-redis-5.2", "5.2.1", "4.1.0"}, {"interop-4.1-redis-6.4", "6.4.0", "4.1.0"}, {"interop-4.1-redis-7.4", "7.4.1", "4.1.0"},
		{"interop-4.1-redis-8.1", "8.1.0", "4.1.0"}, {"interop-4.2-redis-4.6", "4.6.0", "4.2.1"}, {"interop-4.2-redis-7.4", "7.4.1", "4.2.1"},
		{"interop-4.2-redis-8.1", "8.1.0", "4.2.1"}, {"interop-4.3-redis-4.6", "4.6.0", "4.3.0"}, {"interop-4.3-redis-5.2", "5.2.1", "4.3.0"},
	}
}

func versionOf(t *testing.T, text string) *packages.Version {
	t.Helper()
	if text == "" {
		return nil
	}
	var numbers [3]int
	for i, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		numbers[i] = n
	}
	return &packages.Version{Major: numbers[0], Minor: numbers[1], Micro: numbers[2]}
}

// wanted is an intent, the server that it is for, and whether the app gets in.
type wanted struct {
	name   string
	server *redistest.Server
	tls    channelconfig.TLS
	// connects by the versions; impossible intents have a finding in place of a
	// spelling.
	connects func(v appVersion) bool
}

func wantedOf(t *testing.T) []wanted {
	good, odd := redistest.NewAuthority(t), redistest.NewAuthority(t).Names("redis.example.com", "redis.example.com")
	plain := redistest.Start(t, redistest.TLS(good))
	misnamed := redistest.Start(t, redistest.TLS(odd))
	mutual := redistest.Start(t, redistest.TLS(good), redistest.ClientCertificates())
	old := redistest.Start(t, redistest.TLS(good), redistest.TLSProtocols("TLSv1.2"))
	certificate, key := good.Client(t)
	text := channelconfig.Known[string]
	verify := channelconfig.Known[channelconfig.Verify]
	file, pem, oddPEM := text(good.File(t)), text(good.PEM()), text(odd.PEM())
	always := func(appVersion) bool { return true }
	never := func(appVersion) bool { return false }
	before6 := func(v appVersion) bool { return v.redis < "6" }
	return []wanted{
		{"no authority", plain, channelconfig.TLS{}, never},
		{"authority's file", plain, channelconfig.TLS{CAFile: file, Verify: verify("full")}, always},
		{"authority's text", plain, channelconfig.TLS{CAPEM: pem, Verify: verify("full")}, always},
		{"another authority", plain, channelconfig.TLS{CAPEM: oddPEM}, never},
		{"wrong name, unset", misnamed, channelconfig.TLS{CAPEM: oddPEM}, before6},
		{"wrong name, full", misnamed, channelconfig.TLS{CAPEM: oddPEM, Verify: verify("full")}, never},
		{"wrong name, chain", misnamed, channelconfig.TLS{CAPEM: oddPEM, Verify: verify("chain")}, always},
		{"none", misnamed, channelconfig.TLS{Verify: verify("none")}, always},
		{"mutual", mutual, channelconfig.TLS{CAFile: file, CertificateFile: text(certificate), KeyFile: text(key)}, always},
		{"mutual, none given", mutual, channelconfig.TLS{CAFile: file}, never},
		{"mutual, not verified", mutual, channelconfig.TLS{Verify: verify("none"), CertificateFile: text(certificate), KeyFile: text(key)}, always},
		{"TLS 1.2", old, channelconfig.TLS{CAPEM: pem, MinVersion: text("1.2")}, always},
		{"TLS 1.3 of a server with 1.2", old, channelconfig.TLS{CAPEM: pem, MinVersion: text("1.3")}, never},
		{"TLS 1.3", plain, channelconfig.TLS{CAPEM: pem, MinVersion: text("1.3")}, always},
	}
}

func TestTLS_WhatIsRenderedConnectsWhereTheCheckSaysSo(t *testing.T) {
	redistest.Slow(t)
	intents := wantedOf(t)
	for _, version := range appVersions() {
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			if version.layer == "" && backend == channelconfig.PubSub {
				continue
			}
			t.Run(version.environment+", "+backend.String(), func(t *testing.T) { runIntents(t, version, backend, intents) })
		}
	}
}

type runnable struct {
	Code        string            `json:"code"`
	Environment map[string]string `json:"environment"`
}

func runIntents(t *testing.T, version appVersion, backend channelconfig.Backend, intents []wanted) {
	var cases []runnable
	var settings []channelconfig.Settings
	var kept []wanted
	for _, intent := range intents {
		s := channelconfig.Settings{
			RedisURL: channelconfig.Known(secret.New("rediss://localhost:" + strconv.Itoa(intent.server.Port()) + "/0?socket_timeout=10")),
			Backend:  channelconfig.Known(backend), TLS: channelconfig.Known(intent.tls), Variables: channelconfig.DefaultVariables(),
			Packages: packages.Set{Redis: versionOf(t, version.redis), ChannelsRedis: versionOf(t, version.layer)},
		}
		switch intent.tls.MinVersionForm(s.Packages) {
		case channelconfig.MinVersionImpossible, channelconfig.MinVersionUnstated:
			if redis := s.Packages.Redis; redis.AtLeast(5, 0, 2) && s.Packages.ChannelsRedis != nil {
				t.Errorf("%s: no spelling", intent.name)
			}
			continue
		}
		cases, settings, kept = append(cases, runnableOf(t, s)), append(settings, s), append(kept, intent)
	}
	for i, raised := range runSettings(t, version.environment, cases) {
		if want := kept[i].connects(version); want != (raised == "") {
			t.Errorf("%s: connects: %t, want %t: %s", kept[i].name, raised == "", want, raised)
		}
		checkLike(t, kept[i].name, settings[i], raised)
	}
}

// runnableOf is what the app gets.
func runnableOf(t *testing.T, s channelconfig.Settings) runnable {
	t.Helper()
	code, err := render.SettingsPython(s)
	text, known := code.Get()
	if err != nil || !known {
		t.Fatalf("%v, known: %t", err, known)
	}
	r := runnable{Code: text, Environment: map[string]string{}}
	variables, _ := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
	for _, v := range variables {
		value, known := v.Value.Get()
		if !known {
			t.Fatalf("%s is not known", v.Name)
		}
		r.Environment[v.Name] = value.Reveal()
	}
	return r
}

func runSettings(t *testing.T, environment string, cases []runnable) []string {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), interpreter(t, environment), "-I", "-X", "utf8", filepath.Join("testdata", "layer.py"))
	var problems bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &problems
	output, err := command.Output()
	var raised []string
	if err != nil || json.Unmarshal(output, &raised) != nil || len(raised) != len(cases) {
		t.Fatalf("python: %v: %s", err, problems.String())
	}
	return raised
}

// checkLike: the check passes exactly where the app got in.
func checkLike(t *testing.T, name string, s channelconfig.Settings, raised string) {
	t.Helper()
	line, err := redisurl.LineOf(*s.Packages.Redis)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := channelconfig.Resolve(s).Hosts.Or(nil)[0].Connection(line)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	report := redisprobe.New().Look(t.Context(), redisprobe.Request{
		Connection: connection, Redis: s.Packages.Redis, Setting: "REDIS_URL", Timeout: 3 * time.Second,
	})
	if passed := report.Outcome.Status == finding.Passed; passed != (raised == "") {
		t.Errorf("%s: the check passes: %t (%v), and the app raised %q", name, passed, report.Outcome.IDs(), raised)
	}
}

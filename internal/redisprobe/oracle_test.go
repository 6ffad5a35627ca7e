package redisprobe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The real redis-py connects to the same servers: it must get in exactly where
// the check lets it, and raise what the findings say.

// raises are the exceptions that a finding may stand for, by ID; any, where
// redis-py's versions differ.
var raises = map[finding.ID][]string{
	"network/name-not-resolved":       {"ConnectionError"},
	"network/refused":                 {"ConnectionError"},
	"network/silent":                  {"TimeoutError", "hangs"},
	"network/closed":                  {"ConnectionError"},
	"network/port-out-of-range":       {"ConnectionError"},
	"redis/not-redis":                 {"InvalidResponse", "ConnectionError"},
	"redis/protected-mode":            {"ResponseError", "ConnectionError"},
	"redis/too-many-clients":          {"ConnectionError"},
	"redis/database-out-of-range":     {"ResponseError"},
	"redis/loading":                   {"BusyLoadingError"},
	"auth/wrong-password":             {"AuthenticationError", "ResponseError"},
	"auth/user-without-password":      {"AuthenticationError", "ResponseError"},
	"auth/no-password-given":          {"AuthenticationError"},
	"auth/password-not-set":           {"AuthenticationError"},
	"auth/database-not-permitted":     {"NoPermissionError"},
	"tls/plaintext-server":            {"TimeoutError", "hangs"},
	"tls/required":                    {"ConnectionError"},
	"tls/unknown-authority":           {"ConnectionError"},
	"tls/wrong-name":                  {"ConnectionError"},
	"tls/expired":                     {"ConnectionError"},
	"tls/client-certificate-required": {"ConnectionError"},
	"tls/missing-file":                {"ConnectionError"},
	"tls/handshake":                   {"ConnectionError", "ValueError"},
	"unix/socket-missing":             {"ConnectionError"},
	"unix/not-a-socket":               {"ConnectionError"},
}

// hang are the names of URLs at which redis-py waits for its time limit, or
// for ever.
var hang = map[string]bool{"silent": true, "rediss to plaintext": true}

// oracleURLs are what both connect to, by name.
func oracleURLs(t *testing.T) map[string]string {
	good, odd := redistest.NewAuthority(t), redistest.NewAuthority(t).Names("redis.example.com", "redis.example.com")
	common := redistest.NewAuthority(t).Names("localhost")
	stale := redistest.NewAuthority(t).Valid(time.Now().Add(-48*time.Hour), time.Now().Add(-time.Hour))
	open := redistest.Start(t, redistest.Databases(4))
	locked := redistest.Start(t, redistest.Password("right"), redistest.User("app", "on", ">right", "~*", "+zcard"),
		redistest.User("free", "on", "nopass", "~*", "+@all"))
	secured := redistest.Start(t, redistest.TLS(good))
	mutual := redistest.Start(t, redistest.TLS(good), redistest.ClientCertificates())
	certificate, key := good.Client(t)
	misnamed := redistest.Start(t, redistest.TLS(odd))
	commonly := redistest.Start(t, redistest.TLS(common))
	serve := func(b faults.Behaviour) string { return "redis://" + faults.Serve(t, b).Addr() }
	by := func(a *redistest.Authority) string { return "?ssl_ca_certs=" + url.QueryEscape(a.File(t)) }
	on := func(s *redistest.Server, host string) string {
		return "rediss://" + host + ":" + strconv.Itoa(s.Port())
	}
	return map[string]string{
		"open": open.URL(), "open, database": open.URL() + "/3", "open, short address": "redis://127.1:" + strconv.Itoa(open.Port()),
		"password": locked.URL(), "password alone": locked.URLAs(url.UserPassword("", "right")), "least privilege": locked.URLAs(url.UserPassword("app", "right")),
		"needs no password": locked.URLAs(url.User("free")),
		"Unix socket":       "unix://" + open.Socket() + "?db=2",
		"wrong password":    locked.URLAs(url.UserPassword("", "wrong")), "wrong user": locked.URLAs(url.UserPassword("nobody", "right")),
		"user alone": locked.URLAs(url.User("right")), "no password": "redis://" + locked.Addr(), "no password, database": "redis://" + locked.Addr() + "/1",
		"none set": open.URLAs(url.UserPassword("", "x")), "none set, default": open.URLAs(url.UserPassword("default", "x")),
		"no right to SELECT": locked.URLAs(url.UserPassword("app", "right")) + "/1", "database 4 of 4": open.URL() + "/4", "database -1": open.URL() + "/-1",
		"too many clients": redistest.Start(t, redistest.MaxClients(0)).URL(),
		"unknown name":     "redis://redis.invalid:6379", "refused": "redis://" + faults.ClosedPort(t),
		"silent": serve(faults.Silent), "hangs up": serve(faults.HangUp),
		"HTTP": serve(faults.AnswerAndHangUp("HTTP/1.1 400 Bad Request\r\n\r\n")), "SSH": serve(faults.Greet("SSH-2.0-x\r\n")),
		"protected mode":      serve(faults.GreetAndHangUp("-DENIED Redis is running in protected mode\r\n")),
		"rediss to plaintext": "rediss://" + open.Addr(), "redis to TLS": "redis://" + secured.Addr(),
		"TLS": on(secured, "localhost") + by(good), "TLS by address": on(secured, "127.0.0.1") + by(good), "TLS not verified": on(secured, "127.0.0.1") + "?ssl_cert_reqs=none",
		"unknown authority": on(secured, "localhost"), "unknown authority, optional": on(secured, "localhost") + "?ssl_cert_reqs=optional",
		"wrong name": on(misnamed, "localhost") + by(odd), "wrong name, looked at": on(misnamed, "localhost") + by(odd) + "&ssl_check_hostname=true",
		"wrong name, not looked at": on(misnamed, "localhost") + by(odd) + "&ssl_check_hostname=false",
		"common name alone":         on(commonly, "localhost") + by(common) + "&ssl_check_hostname=true",
		"expired":                   on(redistest.Start(t, redistest.TLS(stale)), "localhost") + by(stale),
		"mutual":                    on(mutual, "localhost") + by(good) + "&ssl_certfile=" + url.QueryEscape(certificate) + "&ssl_keyfile=" + url.QueryEscape(key),
		"mutual, none given":        on(mutual, "localhost") + by(good), "missing file": on(secured, "localhost") + "?ssl_ca_certs=/nowhere/ca.pem",
		"no socket": "unix:///nowhere/redis.sock", "not a socket": "unix:///etc/passwd",
	}
}

func TestLook_SaysWhatRedisPyDoes(t *testing.T) {
	redistest.Slow(t)
	urls := oracleURLs(t)
	names := make([]string, 0, len(urls))
	for name := range urls {
		names = append(names, name)
	}
	slices.Sort(names)
	versions := []packages.Version{{Major: 4, Minor: 6}, {Major: 8, Minor: 1}}
	if os.Getenv("CHANNELS_REAL") != "" || os.Getenv("CHANNELS_FULL") != "" {
		versions = append(versions, packages.Version{Major: 5, Minor: 2, Micro: 1}, packages.Version{Major: 6, Minor: 4}, packages.Version{Major: 7, Minor: 4, Micro: 1})
	}
	asked := make([]func() ([]done, error), len(versions))
	for i, version := range versions {
		// All versions at once: most of it is waiting for those that hang.
		asked[i] = askRedisPy(t, version, names, urls)
	}
	for i, version := range versions {
		t.Run(version.String(), func(t *testing.T) {
			did, err := asked[i]()
			if err != nil {
				t.Fatal(err)
			}
			line, err := redisurl.LineOf(version)
			if err != nil {
				t.Fatal(err)
			}
			for j, name := range names {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					compare(t, urls[name], line, version, did[j].Exception)
				})
			}
		})
	}
}

func compare(t *testing.T, text string, line redisurl.Line, version packages.Version, exception string) {
	t.Helper()
	parsed, err := redisurl.Parse(secret.New(text), line)
	if err != nil {
		t.Fatal(err)
	}
	report := redisprobe.New().Look(t.Context(), redisprobe.Request{
		Connection: parsed.Connection, Redis: &version, Setting: "REDIS_URL", Timeout: time.Second,
	})
	var stopped finding.ID
	for _, f := range report.Outcome.Findings {
		if f.Severity == finding.Error || report.Outcome.Status == finding.Undetermined {
			stopped = f.ID
		}
	}
	switch {
	case stopped == "" && exception != "":
		t.Errorf("passes, and redis-py raises %s", exception)
	case stopped != "" && exception == "":
		t.Errorf("%s, and redis-py connects", stopped)
	case stopped != "" && !slices.Contains(raises[stopped], exception):
		t.Errorf("%s, and redis-py raises %s, want one of %v", stopped, exception, raises[stopped])
	}
}

// done is what redis-py did with a URL.
type done struct{ Exception, Message string }

// askRedisPy starts asking; the function that it returns waits for the answers.
func askRedisPy(t *testing.T, version packages.Version, names []string, urls map[string]string) func() ([]done, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	python := interpreter(t, "redis-"+strings.Join(strings.Split(version.String(), ".")[:2], "."))
	command := exec.CommandContext(t.Context(), python, "-I", "-X", "utf8", filepath.Join("testdata", "connect.py"))
	var lines strings.Builder
	for _, name := range names {
		if hang[name] {
			lines.WriteString("*")
		}
		lines.WriteString(urls[name] + "\n")
	}
	command.Stdin = strings.NewReader(lines.String())
	var output, problems bytes.Buffer
	command.Stdout, command.Stderr = &output, &problems
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return func() ([]done, error) {
		if err := command.Wait(); err != nil {
			return nil, fmt.Errorf("python: %w: %s", err, problems.String())
		}
		var did []done
		if err := json.Unmarshal(output.Bytes(), &did); err != nil || len(did) != len(names) {
			return nil, fmt.Errorf("python answered %d of %d: %w", len(did), len(names), err)
		}
		return did, nil
	}
}

// interpreter is the Python of an environment of tools/setup-python.sh.
func interpreter(t *testing.T, name string) string {
	t.Helper()
	cache := os.Getenv("CHANNELS_CACHE")
	if cache == "" {
		base := os.Getenv("XDG_CACHE_HOME")
		if home, err := os.UserHomeDir(); base == "" && err == nil {
			base = filepath.Join(home, ".cache")
		}
		cache = filepath.Join(base, "terraform-provider-channels")
	}
	path := filepath.Join(cache, "venv", name, "bin", "python")
	if _, err := os.Stat(path); err != nil {
		missing := t.Skipf
		if os.Getenv("CI") != "" {
			missing = t.Fatalf
		}
		missing("no Python environment %s: run tools/setup-python.sh %[1]s", name)
	}
	return path
}

package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

var update = flag.Bool("update", false, "write the screens in testdata anew")

// screen is a run whose output is kept.
type screen struct {
	name string
	run  run
	code int
}

// screens are healthy layers and broken ones, with real servers behind.
func screens(t *testing.T) []screen {
	t.Helper()
	server := redistest.Start(t, redistest.Password("example-password"),
		redistest.User("app", "on", ">example-password", "resetkeys", "~asgi*", "nocommands", "+zadd", "+zcount", "+eval", "+expire"))
	now := time.Now().Unix()
	server.Do("ZADD", "asgi:group:chat_42", now, "specific.a!1", now, "specific.b!2", now-90_000, "specific.c!3")
	server.Do("ZADD", "asgithumbnails", now, "one", now, "two", now-90, "too old")
	open := redistest.Start(t)
	const url = "REDIS_URL=redis://default:example-password@" + address + "/0"
	versions := []string{"--redis-version", "7.4.1"}
	return []screen{
		{"healthy", run{environ: []string{url}, network: at(server), args: versions}, cli.ExitPassed},
		{"group", run{environ: []string{url}, network: at(server), args: append([]string{"--group", "chat_42", "--channel", "thumbnails"}, versions...)}, cli.ExitPassed},
		{"round_trip", run{environ: []string{url}, network: at(server), args: append([]string{"--round-trip"}, versions...)}, cli.ExitPassed},
		{"open", run{environ: []string{"REDIS_HOST=redis.example.com", "REDIS_PORT=6379", "DEBUG=False"}, network: at(open), args: versions}, cli.ExitPassed},
		{"pubsub", run{environ: []string{url}, network: at(server), args: append([]string{"--backend", "pubsub", "--round-trip", "--group", "chat_42"}, versions...)}, cli.ExitPassed},
		{"wrong_password", run{environ: []string{"REDIS_URL=redis://default:another-password@" + address + "/0"}, network: at(server), args: versions}, cli.ExitFailed},
		{"missing_rights", run{environ: []string{"REDIS_URL=redis://app:example-password@" + address + "/0"}, network: at(server), args: append([]string{"--round-trip"}, versions...)}, cli.ExitFailed},
		{"stopped", run{environ: []string{url}, network: hosts{address: stopped(t)}, args: versions}, cli.ExitUndetermined},
		{"unresolved", run{environ: []string{"REDIS_URL=redis://default:example-password@redis:6379/0"}, network: hosts{}, args: append([]string{"--group", "chat_42"}, versions...)}, cli.ExitUndetermined},
		{"kubernetes_port", run{environ: []string{url, "REDIS_PORT=tcp://10.0.0.1:6379"}, network: at(server)}, cli.ExitFailed},
		{"unescaped_delimiter", run{environ: []string{"REDIS_URL=redis://default:exam#ple@" + address}, network: hosts{}}, cli.ExitFailed},
		{"nothing_set", run{network: hosts{"127.0.0.1:6379": stopped(t)}, args: versions}, cli.ExitUndetermined},
		{"in_memory", run{environ: []string{"DEBUG=True"}, network: hosts{}}, cli.ExitPassed},
		{"env_file", run{args: []string{"--env-file", "-"}, stdin: "DEBUG=False\nREDIS_URL=\"redis://default:exam$ple@" + address + "\"\n", network: hosts{}}, cli.ExitUndetermined},
	}
}

func TestScreens_AreThoseKept(t *testing.T) {
	for _, s := range screens(t) {
		t.Run(s.name, func(t *testing.T) {
			out := s.run.run(t)
			if out.code != s.code || out.stderr != "" {
				t.Errorf("it ended with %d and said %q, want %d and nothing", out.code, out.stderr, s.code)
			}
			compare(t, s.name+".txt", steady(out.stdout))
			tooWide(t, out.stdout)
		})
	}
}

func TestJSON_IsTheOneKeptAndEndsAsTheScreenDoes(t *testing.T) {
	for _, s := range screens(t) {
		t.Run(s.name, func(t *testing.T) {
			s.run.args = append(s.run.args, "--json")
			out := s.run.run(t)
			if out.code != s.code || out.stderr != "" {
				t.Errorf("it ended with %d and said %q, want %d and nothing", out.code, out.stderr, s.code)
			}
			if s.name == "group" || s.name == "round_trip" || s.name == "wrong_password" || s.name == "in_memory" {
				compare(t, s.name+".json", steady(out.stdout))
			}
		})
	}
}

func TestHelp_IsTheOneKept(t *testing.T) {
	for _, flag := range []string{"--help", "-help", "-h"} {
		out := run{args: []string{flag}}.run(t)
		if out.code != cli.ExitPassed || out.stderr != "" {
			t.Errorf("%s: it ended with %d and said %q", flag, out.code, out.stderr)
		}
		compare(t, "help.txt", out.stdout)
		tooWide(t, out.stdout)
	}
}

// compare holds a text to a file in testdata.
func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./internal/cli -update writes it anew); got:\n%s", name, got)
	}
}

// steady is a text with what is another each time replaced: times keep their
// width.
func steady(text string) string {
	took := regexp.MustCompile(`  +\d+\.\d ms`)
	text = took.ReplaceAllStringFunc(text, func(match string) string {
		return strings.Repeat(" ", len(match)-len("0.4 ms")) + "0.4 ms"
	})
	for pattern, replacement := range map[string]string{
		`server    redis [0-9.]+,`:                          "server    redis 7.0.15,",
		`memory    [0-9.]+ [KM]iB`:                          "memory    1.1 MiB",
		`milliseconds": [0-9.]+`:                            `milliseconds": 0.4`,
		`"product": "redis",(\s+)"version": "[0-9.]+"`:      `"product": "redis",$1"version": "7.0.15"`,
		`"connected_clients": [0-9]+`:                       `"connected_clients": 2`,
		`clients   [0-9]+ of`:                               "clients   2 of",
		`took [0-9.]+ ms, one to a group of two [0-9.]+ ms`: "took 0.4 ms, one to a group of two 0.4 ms",
		`"run_id": "[0-9a-f]{40}"`:                          `"run_id": "` + strings.Repeat("0123456789", 4) + `"`,
		`"used_memory_bytes": [0-9]+`:                       `"used_memory_bytes": 1153433`,
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
	}
	return text
}

// tooWide fails for lines of more than 80 columns.
func tooWide(t *testing.T, text string) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Error("line " + strconv.Itoa(i+1) + " has " + strconv.Itoa(n) + " columns: " + line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Error("line " + strconv.Itoa(i+1) + " ends with spaces: " + line)
		}
	}
}

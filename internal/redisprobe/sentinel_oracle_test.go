package redisprobe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The real channels_redis meets the same Sentinels: it must send exactly where
// the check lets it, and raise what the findings say.

// raisesBySentinel are the exceptions that a finding stands for.
var raisesBySentinel = map[finding.ID][]string{
	"sentinel/unreachable":         {"MasterNotFoundError", "hangs"},
	"sentinel/not-a-sentinel":      {"ResponseError"},
	"sentinel/not-permitted":       {"NoPermissionError"},
	"sentinel/master-unknown":      {"MasterNotFoundError"},
	"sentinel/master-down":         {"MasterNotFoundError"},
	"sentinel/no-password-given":   {"MasterNotFoundError"},
	"sentinel/wrong-password":      {"MasterNotFoundError", "ResponseError"},
	"sentinel/password-not-set":    {"MasterNotFoundError", "ResponseError"},
	"sentinel/address-unreachable": {"ConnectionError"},
	"sentinel/stale-master":        {"ConnectionError"},
	"auth/wrong-password":          {"AuthenticationError", "ResponseError"},
	"auth/no-password-given":       {"AuthenticationError"},
}

// before44 are the findings over which redis-py before 4.4 does not go on to
// the next Sentinel.
var before44 = []finding.ID{"sentinel/wrong-password", "sentinel/password-not-set", "auth/wrong-password"}

// setup is an entry of hosts.
type setup struct {
	name                           string
	addresses                      []string
	master                         string
	username, password             string
	sentinelUser, sentinelPassword string
	hangs                          bool
}

func (s setup) request(t testing.TB) redisprobe.Request {
	t.Helper()
	return bySentinel(t, s.master, s.addresses, as(s.username, s.password), asked(s.sentinelUser, s.sentinelPassword), within(2*time.Second))
}

// entry is that of CONFIG.hosts.
func (s setup) entry(t testing.TB) map[string]any {
	t.Helper()
	entry := map[string]any{"master_name": s.master}
	var sentinels [][]any
	for _, address := range s.addresses {
		host, text, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		port, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		sentinels = append(sentinels, []any{host, port})
	}
	entry["sentinels"] = sentinels
	put := func(into map[string]any, name, value string) {
		if value != "" {
			into[name] = value
		}
	}
	put(entry, "username", s.username)
	put(entry, "password", s.password)
	kwargs := map[string]any{}
	put(kwargs, "username", s.sentinelUser)
	put(kwargs, "password", s.sentinelPassword)
	if len(kwargs) > 0 {
		entry["sentinel_kwargs"] = kwargs
	}
	return entry
}

func setups(t *testing.T) []setup {
	t.Helper()
	open := redistest.StartWatched(t, redistest.Watch{})
	locked := redistest.StartWatched(t, redistest.Watch{
		Servers: []redistest.Option{redistest.Password("servers")},
		Watchers: []redistest.Option{
			redistest.Password("sentinels"), redistest.User("asks", "on", ">right", "nocommands", "+sentinel|masters"),
			redistest.User("other", "on", ">right", "nocommands", "+sentinel|get-master-addr-by-name"),
		},
	})
	down := redistest.StartWatched(t, redistest.Watch{Replicas: -1})
	down.Master.Suspend()
	down.AwaitDown()
	gone := redistest.StartWatched(t, redistest.Watch{Replicas: -1, DownAfter: time.Hour})
	gone.Master.Kill()
	stale := redistest.StartWatched(t, redistest.Watch{DownAfter: time.Hour})
	stale.Master.Do("REPLICAOF", "127.0.0.1", stale.Replicas[0].Port())
	silent := redistest.StartWatched(t, redistest.Watch{Sentinels: 1})
	silent.Sentinels[0].Suspend()
	redis := redistest.Start(t)
	closed := faults.ClosedPort(t)
	o, l := open.Addresses(), locked.Addresses()
	return []setup{
		{name: "open", addresses: o, master: "chat"},
		{name: "locked", addresses: l, master: "chat", password: "servers", sentinelPassword: "sentinels"},
		{name: "a user", addresses: l, master: "chat", password: "servers", sentinelUser: "asks", sentinelPassword: "right"},
		{name: "another name", addresses: o, master: "mymaster"},
		{name: "no password", addresses: l, master: "chat", password: "servers"},
		{name: "a wrong one", addresses: l, master: "chat", password: "servers", sentinelPassword: "wrong"},
		{name: "the master's password is wrong", addresses: l, master: "chat", password: "wrong", sentinelPassword: "sentinels"},
		{name: "the master's password is missing", addresses: l, master: "chat", sentinelPassword: "sentinels"},
		{name: "a password that none has", addresses: o, master: "chat", sentinelPassword: "some"},
		{name: "the default user's that none has", addresses: o, master: "chat", sentinelUser: "default", sentinelPassword: "some"},
		{name: "a user for other clients", addresses: l, master: "chat", password: "servers", sentinelUser: "other", sentinelPassword: "right"},
		{name: "a Redis before", addresses: append([]string{redis.Addr()}, o...), master: "chat"},
		{name: "a Redis behind", addresses: append(slices.Clone(o), redis.Addr()), master: "chat"},
		{name: "a closed port before", addresses: append([]string{closed}, o...), master: "chat"},
		{name: "locked ones before open ones", addresses: append(slices.Clone(l), o...), master: "chat"},
		{name: "closed ports", addresses: []string{closed, closed}, master: "chat"},
		{name: "a silent Sentinel", addresses: silent.Addresses(), master: "chat", hangs: true},
		{name: "a master that is down", addresses: down.Addresses(), master: "chat"},
		{name: "a master that does not answer", addresses: gone.Addresses(), master: "chat"},
		{name: "a master that is a replica", addresses: stale.Addresses(), master: "chat"},
	}
}

func TestLook_SaysWhatChannelsRedisDoesWithSentinels(t *testing.T) {
	redistest.Slow(t)
	all := setups(t)
	versions := map[string]packages.Version{
		"redis-4.3": {Major: 4, Minor: 3, Micro: 6}, "redis-4.6": {Major: 4, Minor: 6}, "redis-8.1": {Major: 8, Minor: 1},
	}
	if os.Getenv("CHANNELS_FULL") != "" {
		versions["redis-5.2"] = packages.Version{Major: 5, Minor: 2, Micro: 1}
		versions["redis-6.4"] = packages.Version{Major: 6, Minor: 4}
		versions["redis-7.4"] = packages.Version{Major: 7, Minor: 4, Micro: 1}
	}
	for environment, version := range versions {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			did := askChannelsRedis(t, environment, all)
			for i, s := range all {
				request := s.request(t)
				request.Redis = &version
				compareSentinel(t, s.name, redisprobe.New().Look(t.Context(), request), version, did[i])
			}
		})
	}
}

func compareSentinel(t *testing.T, name string, report redisprobe.Report, version packages.Version, did sent) {
	t.Helper()
	var stopped finding.ID
	for _, f := range report.Outcome.Findings {
		if f.Severity == finding.Error || report.Outcome.Status == finding.Undetermined {
			stopped = f.ID
		}
	}
	want := raisesBySentinel[stopped]
	if slices.Contains(before44, stopped) {
		// The last one is that of redis-py before 4.4.
		want = want[:1]
		if !version.AtLeast(4, 4, 0) {
			want = raisesBySentinel[stopped][1:]
		}
	}
	switch {
	case stopped == "" && did.Exception != "":
		t.Errorf("%s: passes, and channels_redis raises %+v\n%+v", name, did, report)
	case stopped != "" && did.Exception == "":
		t.Errorf("%s: %s, and channels_redis sends", name, stopped)
	case stopped != "" && !slices.Contains(want, did.Exception):
		t.Errorf("%s: %s, and channels_redis raises %+v, want one of %v", name, stopped, did, want)
	}
	t.Logf("%s: %s: %s %s (%.1f s)", name, stopped, did.Exception, did.Message, did.Took)
}

// sent is what became of a message.
type sent struct {
	Exception, Message string
	Took               float64
}

func askChannelsRedis(t *testing.T, environment string, all []setup) []sent {
	t.Helper()
	var questions []map[string]any
	for _, s := range all {
		questions = append(questions, map[string]any{"entry": s.entry(t), "hangs": s.hangs})
	}
	asked, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), interpreter(t, environment), "-I", "-X", "utf8", filepath.Join("testdata", "sentinel.py"))
	command.Stdin = bytes.NewReader(asked)
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatal(fmt.Errorf("python: %w: %s", err, problems.String()))
	}
	var did []sent
	if err := json.Unmarshal(output, &did); err != nil || len(did) != len(all) {
		t.Fatalf("python answered %d of %d: %v", len(did), len(all), err)
	}
	return did
}

package redisprobe

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func warnings() *problem { return wrong(docMemoryNearlyFull, "Nearly.", "") }

// The zero attempt of these tests has a request for a core layer.
func lookingRequest(backend channelconfig.Backend) Request {
	r := someRequest()
	r.Depth = DepthCapabilities
	r.Layer = &Layer{Backend: backend, Options: channellayer.Defaults()}
	return r
}

func TestReport_StatusAndReadiness(t *testing.T) {
	unknown := &problem{doc: docRightsUnknown, undetermined: true}
	passing := wrong(docDiskError, "Now.", "")
	passing.transient = true
	for name, c := range map[string]struct {
		result    result
		status    finding.Status
		ready     bool
		transient bool
	}{
		"nothing":                        {result{}, finding.Passed, true, false},
		"a note":                         {result{notes: []*problem{wrong(docRestarted, "Now.", "")}}, finding.Passed, true, false},
		"a warning":                      {result{notes: []*problem{warnings()}}, finding.Failed, true, false},
		"an error that stops nothing":    {result{notes: []*problem{wrong(docReplica, "So.", "")}}, finding.Failed, false, false},
		"one that may pass":              {result{notes: []*problem{warnings(), passing}}, finding.Failed, false, true},
		"one that may pass and one not":  {result{notes: []*problem{passing, wrong(docReplica, "So.", "")}}, finding.Failed, false, false},
		"an error":                       {result{problem: wrong(docWrongPassword, "Wrong.", "")}, finding.Failed, false, false},
		"stopped, undetermined":          {result{problem: refused()}, finding.Undetermined, false, true},
		"stopped, and a warning":         {result{problem: refused(), notes: []*problem{warnings()}}, finding.Undetermined, false, true},
		"stopped, and an error":          {result{problem: refused(), notes: []*problem{wrong(docReplica, "So.", "")}}, finding.Undetermined, false, true},
		"rights unknown":                 {result{notes: []*problem{unknown}}, finding.Undetermined, true, false},
		"rights unknown, and a warning":  {result{notes: []*problem{unknown, warnings()}}, finding.Failed, true, false},
		"canceled":                       {result{ended: true}, finding.Undetermined, false, false},
		"an error, and a warning beside": {result{problem: wrong(docWrongPassword, "Wrong.", ""), notes: []*problem{warnings()}}, finding.Failed, false, false},
	} {
		report := c.result.report(someRequest())
		if report.Outcome.Status != c.status || report.Ready != c.ready || report.Transient != c.transient {
			t.Errorf("%s: got %v, ready %v, transient %v", name, report.Outcome.Status, report.Ready, report.Transient)
		}
	}
}

func TestParseInfo_TakesWhatLooksLikeIt(t *testing.T) {
	got := parseInfo("# Server\r\nredis_version:7.0.15\nrun_id:abc:def\r\n\r\ngarbage\r\n:1\r\na b:2\r\nredis_version:9\r\nused_memory:-5\r\nmaxmemory:99999999999999999999\r\nlong:" +
		strings.Repeat("x", 300) + "\r\nempty:\r\nevicted_keys:12\r\npartial:1")
	want := info{"redis_version": "7.0.15", "run_id": "abc:def", "used_memory": "-5", "maxmemory": "99999999999999999999", "empty": "", "evicted_keys": "12", "partial": "1"}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: got %q, want %q", name, got[name], value)
		}
	}
	if got.number("used_memory") != nil || got.number("maxmemory") != nil || got.number("empty") != nil || *got.number("evicted_keys") != 12 {
		t.Error("numbers that are none must be nil")
	}
	if got.word("run_id") != nil || *got.word("nothing", "redis_version") != "7.0.15" {
		t.Error("words that are none must be nil")
	}
	if parseInfo("") != nil || parseInfo("# nothing\r\n") != nil {
		t.Error("no fields are no answer")
	}
	many := parseInfo(strings.Repeat("x", maxInfoText) + "\r\nlate:1")
	if many["late"] != "" {
		t.Error("what comes too late must be left out")
	}
}

func TestParseClients_VersionsOfRedisPyOfTheSameUser(t *testing.T) {
	text := strings.Join([]string{
		"id=1 user=app db=0 cmd=bzpopmin lib-name=redis-py lib-ver=8.1.0",
		"id=2 user=app db=0 cmd=zadd lib-name=redis-py(wrapped_v1) lib-ver=7.4.1",
		"id=3 user=app db=0 cmd=zadd lib-name=redis-py lib-ver=7.4.1",
		"id=4 user=other db=0 cmd=zadd lib-name=redis-py lib-ver=5.0.0",
		"id=5 user=app db=3 cmd=zadd lib-name=redis-py lib-ver=5.1.0",
		"id=6 user=app db=0 cmd=zadd lib-name=jedis lib-ver=5.2.0",
		"id=7 user=app db=0 cmd=zadd lib-name=redis-py lib-ver=unknown",
		"id=8 user=app db=0 cmd=zadd lib-name=redis-py lib-ver=", "garbage", "", "= = ==",
	}, "\n")
	got := parseClients(text, "app", "0")
	want := []packages.Version{{Major: 7, Minor: 4, Micro: 1}, {Major: 8, Minor: 1}}
	if !slices.Equal(got.all, want) || !slices.Equal(got.layer, want[1:]) {
		t.Errorf("got %+v", got)
	}
	if anywhere := parseClients(text, "app", ""); len(anywhere.all) != 3 {
		t.Errorf("in any database: got %+v", anywhere.all)
	}
}

// A server may answer anything.
func TestSurvey_StrangeAnswersAreNoneAtAll(t *testing.T) {
	for _, value := range []any{
		nil, int64(1), "", "text", []any{}, []any{"server"}, []any{int64(1), []any{}}, []any{"version", int64(7), "mode", "other", "role", "x y"},
		[]any{"commands", int64(1), "keys", nil, "channels", []any{int64(1)}, "selectors", "x"}, map[any]any{"server": "redis"},
		[]any{"server", strings.Repeat("x", 100)}, "+-?", "old", "old??x",
	} {
		cmd := redis.NewCmd(context.Background())
		cmd.SetVal(value)
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			a := &attempt{request: lookingRequest(backend)}
			learned := &survey{hello: readHello(cmd), rights: readRights(cmd, a.questions()), info: readInfo(cmd), channels: readCount(cmd), clients: readClients(cmd, a.request)}
			learned.rights.consult(cmd, a.request.layer())
			a.result.server = a.facts(learned)
			problems := append(a.rightsProblems(learned), a.serverProblems(learned)...)
			for _, p := range problems {
				if p != nil && p.doc.ID == "acl/missing-keys" {
					t.Errorf("%v gives %s", value, p.doc.ID)
				}
			}
			if !learned.rights.unknown() {
				t.Errorf("%v: rights that nobody told are known", value)
			}
		}
	}
}

func TestCategories_AreThoseOfTheServers(t *testing.T) {
	for _, binary := range []string{"", "redis-6.2", "redis-7.4", "valkey-9.1"} {
		server := redistest.Start(t, redistest.Binary(binary))
		for command, want := range categories {
			details, _ := server.Do("COMMAND", "INFO", command).([]any)
			if len(details) != 1 {
				t.Fatalf("COMMAND INFO %s: %v", command, details)
			}
			var got []string
			for _, category := range details[0].([]any)[6].([]any) {
				name := strings.TrimPrefix(category.(string), "@")
				if name != "fast" && name != "slow" {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", binary, command, got, want)
			}
		}
	}
}

func TestACLUser_VerdictsOfRules(t *testing.T) {
	for _, c := range []struct {
		rules string
		want  verdict
	}{
		{"+@all", yes}, {"-@all", no}, {"", no}, {"-@all +zadd", yes}, {"+@all -zadd", no}, {"+@all -@write", no}, {"-@all +@sortedset", yes},
		{"+@all -@fast", unsure}, {"-@all +@slow", unsure}, {"-@all +@slow +zadd", yes}, {"+@all -@dangerous", yes}, {"-@all +ZADD", yes},
		{"-@all +zadd|sub", no}, {unreadableRule, unsure}, {"+", no}, {"odd", unsure},
	} {
		if got := (aclUser{commands: strings.Fields(c.rules)}).allows("zadd"); got != c.want {
			t.Errorf("%q: got %v, want %v", c.rules, got, c.want)
		}
	}
	if got := (aclUser{selectors: true}).allows("zadd"); got != unsure {
		t.Errorf("with selectors: got %v", got)
	}
	for _, c := range []struct {
		patterns string
		want     verdict
	}{
		{"~*", yes}, {"*", yes}, {"~asgi*", yes}, {"asgi*", yes}, {"~asgi:group:*", yes}, {"~other*", no}, {"", no}, {"~asgi:group:chat*", unsure},
		{"~asgi:group:chat", unsure}, {"~asgi", no}, {"~asg?*", unsure}, {"~*x", unsure}, {"%R~asgi*", unsure}, {"%R~other*", no}, {"%RW~asgi*", yes},
		{"~other* ~asgi*", yes}, {`~\*`, unsure}, {unreadableRule, unsure},
	} {
		if got := (aclUser{}).reaches("asgi:group:", strings.Fields(c.patterns), "~"); got != c.want {
			t.Errorf("%q: got %v, want %v", c.patterns, got, c.want)
		}
	}
}

func TestKey_LookOfAnotherLayerIsAnother(t *testing.T) {
	keys := newKeyring()
	core, pubSub := lookingRequest(channelconfig.Core), lookingRequest(channelconfig.PubSub)
	prefixed := lookingRequest(channelconfig.Core)
	prefixed.Layer.Options.Prefix = "app"
	if keys.of(core) == keys.of(pubSub) || keys.of(core) == keys.of(prefixed) {
		t.Error("layers that need different rights must be looked at apart")
	}
	core.Depth, pubSub.Depth = DepthPing, DepthPing
	if keys.of(core) != keys.of(pubSub) {
		t.Error("a ping is the same for all layers")
	}
}

func FuzzParseInfo(f *testing.F) {
	for _, seed := range []string{"", "# Server\r\nredis_version:7.0.15\r\nused_memory:1\r\nmaxmemory:0", "a:b\na:c\n:\n::", "maxmemory:1\nused_memory:99999999999\nmaxmemory_policy:noeviction", "\x00\xff:\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said := parseInfo(text)
		for name, value := range said {
			if len(value) > maxInfoValue || strings.ContainsAny(name+value, "\n") {
				t.Errorf("%q: %q", name, value)
			}
		}
		a := &attempt{request: lookingRequest(channelconfig.Core)}
		learned := &survey{info: said, rights: rights{}, channels: -1}
		a.result.server = a.facts(learned)
		for _, p := range a.serverProblems(learned) {
			if p != nil && strings.ContainsAny(p.finding().Detail, "\r\n\x00") {
				t.Errorf("a finding quotes the server: %q", p.finding().Detail)
			}
		}
	})
}

func FuzzParseClients(f *testing.F) {
	f.Add("id=1 user=app db=0 cmd=bzpopmin lib-name=redis-py lib-ver=8.1.0\n", "app")
	f.Add("user= lib-name=redis-py lib-ver=1!1.1.1.1", "")
	f.Fuzz(func(t *testing.T, text, user string) {
		got := parseClients(text, user, "")
		if len(got.all) > maxVersions || len(got.layer) > len(got.all) || !slices.IsSortedFunc(got.all, packages.Version.Compare) {
			t.Errorf("got %+v", got)
		}
	})
}

func FuzzReadRights(f *testing.F) {
	f.Add("old?+", "+@all -zadd", "~asgi* %R~x")
	f.Add(strings.Repeat("+", 24), "", "*")
	f.Add(strings.Repeat("-", 24), "-@all +@sortedset", "")
	f.Fuzz(func(t *testing.T, answer, commands, patterns string) {
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			a := &attempt{request: lookingRequest(backend)}
			asked, user := redis.NewCmd(context.Background()), redis.NewCmd(context.Background())
			asked.SetVal(answer)
			user.SetVal([]any{"flags", []any{"on"}, "commands", commands, "keys", patterns, "channels", patterns})
			learned := &survey{rights: readRights(asked, a.questions())}
			learned.rights.consult(user, a.request.layer())
			for _, p := range a.rightsProblems(learned) {
				if p.finding().Detail == "" || p.finding().Fix == "" {
					t.Errorf("%+v", p.finding())
				}
			}
			if slices.Contains(learned.rights.with(unsure), "") {
				t.Error("an empty command")
			}
		}
	})
}

// A flight of attempts that heal ends when they have.
func TestProve_WaitsForErrorsThatMayPass(t *testing.T) {
	s := New()
	n := 0
	s.attempt = func(context.Context, Request, *pulse) result {
		if n++; n < 2 {
			p := wrong(docNotEnoughReplicas, "Few.", "")
			p.transient = true
			return result{notes: []*problem{p}, attempts: 1}
		}
		return result{attempts: 1}
	}
	if report := s.Prove(t.Context(), someRequest(), 10*time.Second, nil); !report.Ready || report.Attempts != 2 {
		t.Errorf("got %+v", report)
	}
}

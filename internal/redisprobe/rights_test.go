package redisprobe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The least that each layer needs, without flush and databases.
const (
	coreCommands   = "+zadd +zcount +zrem +zrange +zremrangebyscore +zpopmin +bzpopmin +del +expire +eval +multi +exec"
	pubSubCommands = "+subscribe +unsubscribe +publish"
)

// userWith is a user with nothing but the rules.
func userWith(name string, rules ...string) redistest.Option {
	start := []string{"on", ">" + canary, "resetkeys", "resetchannels", "-@all"}
	return redistest.User(name, append(start, strings.Fields(strings.Join(rules, " "))...)...)
}

func leastCore() redistest.Option { return userWith("core", "~asgi*", coreCommands) }

func leastPubSub() redistest.Option { return userWith("pub", "&asgi*", pubSubCommands) }

// others are the servers beside the one on PATH.
var others = []string{"redis-6.2", "redis-7.4", "valkey-9.1"}

func TestLook_HealthySetupsHaveNoFindingAboveInfo(t *testing.T) {
	for _, binary := range append([]string{""}, others...) {
		server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary), leastCore(), leastPubSub(),
			userWith("tight", "~asgispecific.* ~asgi:group:*", coreCommands),
			userWith("tightpub", "&asgispecific.* &asgi__group__*", pubSubCommands, "+eval"),
			userWith("much", "~* &* +@all -@dangerous"))
		old := binary == "redis-6.2"
		for _, s := range []sight{
			{name: "default", request: lookAt(t, server, as("default", canary))},
			{name: "default, database 3", request: lookAt(t, server, as("", canary), onDB(3))},
			{name: "default, pub/sub", request: lookAt(t, server, as("default", canary), pubSub)},
			{name: "least", request: lookAt(t, server, as("core", canary)), unknown: old},
			{name: "least, tight", request: lookAt(t, server, as("tight", canary)), unknown: old},
			{name: "least, pub/sub", request: lookAt(t, server, as("pub", canary), pubSub), unknown: true},
			{name: "least, tight, pub/sub, EVAL", request: lookAt(t, server, as("tightpub", canary), pubSub), unknown: old},
			{name: "not dangerous", request: lookAt(t, server, as("much", canary)), unknown: old},
			{name: "not dangerous, pub/sub", request: lookAt(t, server, as("much", canary), pubSub), unknown: old},
		} {
			if s.unknown {
				s.want = infoOf("acl/rights-unknown")
			}
			t.Run(binary+" "+s.name, func(t *testing.T) { s.check(t) })
		}
	}
}

// granted looks, applies what the fix says word by word, and looks again.
func granted(t *testing.T, server *redistest.Server, user string, request redisprobe.Request, want ...finding.ID) []string {
	t.Helper()
	report := redisprobe.New().Look(t.Context(), request)
	var got []finding.ID
	var rules []string
	for _, f := range report.Outcome.Findings {
		if f.ID == "redis/restarted" {
			continue
		}
		got = append(got, f.ID)
		_, rule, ok := strings.Cut(f.Fix, "ACL SETUSER <user> ")
		if !ok || f.Severity != finding.Error {
			t.Fatalf("%+v", f)
		}
		rules = append(rules, strings.Fields(rule)...)
	}
	if !slices.Equal(got, want) || report.Ready || report.Outcome.Status != finding.Failed {
		t.Fatalf("got %+v, want %v", report.Outcome, want)
	}
	command := []any{"ACL", "SETUSER", user}
	for _, rule := range rules {
		command = append(command, strings.Trim(rule, `"`))
	}
	server.Do(command...)
	sight{request: request}.check(t)
	return rules
}

func TestLook_EachCommandThatIsMissingIsNamedAndTheRuleGrantsIt(t *testing.T) {
	redistest.Slow(t)
	for _, binary := range []string{"", "redis-7.4", "valkey-9.1"} {
		server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary))
		for _, command := range strings.Fields(coreCommands) {
			t.Run(binary+" "+command, func(t *testing.T) {
				server.Do("ACL", "SETUSER", "app", "reset", "on", ">"+canary, "~asgi*")
				for _, rule := range strings.Fields(coreCommands) {
					if rule != command {
						server.Do("ACL", "SETUSER", "app", rule)
					}
				}
				rules := granted(t, server, "app", lookAt(t, server, as("app", canary)), "acl/missing-commands")
				if command == "+eval" {
					// Without it nothing else can be asked.
					if len(rules) != 12 || rules[0] != "+eval" {
						t.Errorf("rules %q", rules)
					}
				} else if !slices.Equal(rules, []string{command}) {
					t.Errorf("rules %q, want %s alone", rules, command)
				}
			})
		}
	}
}

func TestLook_MissingKeysAndChannelsHaveTheRuleThatGrantsThem(t *testing.T) {
	for _, binary := range []string{"", "redis-7.4", "valkey-9.1"} {
		server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary))
		for _, c := range []struct {
			name, rules string
			shapes      []shape
			ids         []finding.ID
			want        string // rules, "" for whatever makes it work
		}{
			{"other keys", "~other* " + coreCommands, nil, []finding.ID{"acl/missing-keys"}, ""},
			{"no keys", coreCommands, nil, []finding.ID{"acl/missing-keys"}, ""},
			{"read only", "%R~asgi* " + coreCommands, nil, []finding.ID{"acl/missing-keys"}, ""},
			{"other keys, all commands", "~other* +@all", nil, []finding.ID{"acl/missing-keys"}, "~asgi*"},
			{"groups only", "~asgi:group:* " + coreCommands, nil, []finding.ID{"acl/missing-keys"}, "~asgispecific.* +zcount +bzpopmin +zpopmin +del"},
			{"no copies", "~asgispecific.*! ~asgi:group:* " + coreCommands, nil, []finding.ID{"acl/missing-keys"}, ""},
			{"channels only, and may ask", "~asgispecific.* +@all", nil, []finding.ID{"acl/missing-keys"}, "~asgi:group:*"},
			{"another prefix", "~asgi* " + coreCommands, []shape{prefixed("app")}, []finding.ID{"acl/missing-keys"}, ""},
			{"a prefix with a star", "~asgi* " + coreCommands + " +@all", []shape{prefixed("a*b")}, []finding.ID{"acl/missing-keys"}, `~a\*b*`},
			{"no channels, all commands", "+@all", []shape{pubSub}, []finding.ID{"acl/missing-channels"}, "&asgi*"},
			{"other channels, EVAL", "&other* +eval " + pubSubCommands, []shape{pubSub}, []finding.ID{"acl/missing-channels"}, "&asgi* +subscribe +publish"},
			{"no PUBLISH", "&asgi* +eval +subscribe +unsubscribe", []shape{pubSub}, []finding.ID{"acl/missing-commands"}, "+publish"},
			{"no SUBSCRIBE", "&* +@all -subscribe", []shape{pubSub}, []finding.ID{"acl/missing-commands"}, "+subscribe"},
			{"no UNSUBSCRIBE", "&asgi* +eval +subscribe +publish", []shape{pubSub}, []finding.ID{"acl/missing-commands"}, "+unsubscribe"},
			{"PUBLISH for one kind of channel", "&asgispecific.* +@all -publish", []shape{pubSub}, []finding.ID{"acl/missing-commands", "acl/missing-channels"}, "+publish &asgi__group__*"},
			{"no commands of pub/sub", "&asgi* +eval", []shape{pubSub}, []finding.ID{"acl/missing-commands"}, "+subscribe +publish +unsubscribe"},
			{"commands and channels, and may ask", "+@all -publish", []shape{pubSub}, []finding.ID{"acl/missing-commands", "acl/missing-channels"}, "+publish &asgi*"},
			{"commands and keys, and may ask", "~x +@all -zadd", nil, []finding.ID{"acl/missing-commands", "acl/missing-keys"}, "+zadd ~asgi*"},
		} {
			t.Run(binary+" "+c.name, func(t *testing.T) {
				server.Do("ACL", "SETUSER", "app", "reset", "on", ">"+canary)
				for _, rule := range strings.Fields(c.rules) {
					server.Do("ACL", "SETUSER", "app", rule)
				}
				rules := granted(t, server, "app", lookAt(t, server, append([]shape{as("app", canary)}, c.shapes...)...), c.ids...)
				if c.want != "" && strings.Join(rules, " ") != c.want {
					t.Errorf("rules %q, want %q", rules, c.want)
				}
			})
		}
	}
}

func TestLook_GroupsUnderNarrowerPatternsAreUndetermined(t *testing.T) {
	for _, binary := range []string{"", "redis-7.4", "valkey-9.1"} {
		server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary),
			userWith("core", "~asgispecific.* ~asgi:group:chat*", coreCommands),
			userWith("asks", "~asgispecific.* ~asgi:group:chat* +@all"),
			userWith("pub", "&asgispecific.* &asgi__group__chat*", pubSubCommands, "+eval"))
		for _, user := range []string{"core", "asks", "pub"} {
			s := sight{request: lookAt(t, server, as(user, canary)), want: infoOf("acl/rights-unknown"), unknown: true, says: "all is well"}
			if user == "pub" {
				pubSub(&s.request)
			}
			t.Run(binary+" "+user, func(t *testing.T) { s.check(t) })
		}
	}
}

func TestLook_RulesOfTheUserTellWhatEarlierServersCannot(t *testing.T) {
	server := redistest.Start(t, redistest.Binary("redis-6.2"), redistest.Password(canary))
	for _, c := range []struct {
		name, rules string
		shapes      []shape
		ids         []finding.ID
		want        string
	}{
		{"no ZADD", "~* +@all -zadd", nil, []finding.ID{"acl/missing-commands"}, "+zadd"},
		{"no sorted sets", "~* +@all -@sortedset", nil, []finding.ID{"acl/missing-commands"}, "+zremrangebyscore +zcount +zadd +bzpopmin +zpopmin +zrange +zrem"},
		{"some of them", "~* +@all -@sortedset +zadd +@read", nil, []finding.ID{"acl/missing-commands"}, "+zremrangebyscore +bzpopmin +zpopmin +zrem"},
		{"no slow ones", "~* +@all -@slow +acl +eval +info", nil, []finding.ID{"acl/missing-commands"}, "+zremrangebyscore +zrange +del +exec"},
		{"other keys", "~other* +@all", nil, []finding.ID{"acl/missing-keys"}, "~asgi*"},
		{"channels' keys only", "~asgispecific.* +@all", nil, []finding.ID{"acl/missing-keys"}, "~asgi:group:*"},
		{"no channels", "+@all", []shape{pubSub}, []finding.ID{"acl/missing-channels"}, "&asgi*"},
		{"no PUBLISH", "&* +@all -publish", []shape{pubSub}, []finding.ID{"acl/missing-commands"}, "+publish"},
		{"no EVAL", "~* +@all -eval", nil, []finding.ID{"acl/missing-commands"}, "+eval +zremrangebyscore +zcount +zadd +expire +bzpopmin +zpopmin +zrange +del +zrem +multi +exec"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server.Do("ACL", "SETUSER", "app", "reset", "on", ">"+canary, "resetchannels")
			for _, rule := range strings.Fields(c.rules) {
				server.Do("ACL", "SETUSER", "app", rule)
			}
			rules := granted(t, server, "app", lookAt(t, server, append([]shape{as("app", canary)}, c.shapes...)...), c.ids...)
			if c.want != "" && strings.Join(rules, " ") != c.want {
				t.Errorf("rules %q, want %q", rules, c.want)
			}
		})
	}
}

func TestLook_HundredLooksLeaveNoTrace(t *testing.T) {
	for _, binary := range []string{"", "redis-7.4", "valkey-9.1"} {
		t.Run(binary, func(t *testing.T) {
			server := redistest.Start(t, redistest.Binary(binary), redistest.Password(canary), leastCore(), leastPubSub(), userWith("much", "~* &* +@all"))
			for range 100 {
				for user, shapes := range map[string][]shape{"core": nil, "much": nil, "default": {pubSub}} {
					if report := redisprobe.New().Look(t.Context(), lookAt(t, server, append(shapes, as(user, canary))...)); !report.Passed() {
						t.Fatalf("%s: %+v", user, report.Outcome)
					}
				}
			}
			if entries, _ := server.Do("ACL", "LOG").([]any); len(entries) > 0 {
				t.Errorf("the ACL log holds %v", entries)
			}
			server.AwaitInfo("memory", "number_of_cached_scripts:2\r")
			if keys := server.Do("DBSIZE"); keys != int64(0) {
				t.Errorf("%v keys", keys)
			}
			for range 100 {
				redisprobe.New().Look(t.Context(), lookAt(t, server, as("pub", canary), pubSub))
			}
			// The one question that such a user is asked, and refused.
			if entries, _ := server.Do("ACL", "LOG").([]any); len(entries) != 1 || count(entries[0]) != 100 {
				t.Errorf("the ACL log holds %v, want one entry, counted 100 times", entries)
			}
		})
	}
}

func TestLook_AsksOnlyWhatLooks(t *testing.T) {
	server := redistest.Start(t, redistest.Binary("redis-7.4"), redistest.Password(canary), leastPubSub())
	stop := server.Monitor()
	for _, shapes := range [][]shape{{as("default", canary)}, {as("default", canary), pubSub, onDB(2)}, {as("pub", canary), pubSub}} {
		redisprobe.New().Look(t.Context(), lookAt(t, server, shapes...))
	}
	permitted := []string{"hello", "auth", "select", "eval", "info", "client", "pubsub", "acl"}
	lines := stop()
	for _, line := range lines {
		if command := strings.ToLower(strings.Trim(strings.Fields(line)[3], `"`)); !slices.Contains(permitted, command) {
			t.Errorf("the server saw %s", line)
		}
	}
	if len(lines) < 10 {
		t.Errorf("the server saw only %q", lines)
	}
}

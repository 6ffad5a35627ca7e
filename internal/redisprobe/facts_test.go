package redisprobe_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// shown is a fact as text, "-" for an unknown one.
func shown[T any](value *T) string {
	if value == nil {
		return "-"
	}
	return fmt.Sprint(*value)
}

func TestServer_SaysWhatItIs(t *testing.T) {
	for binary, want := range map[string]string{
		"": "redis 7.", "redis-6.2": "redis 6.2.", "redis-7.4": "redis 7.4.", "valkey-9.1": "valkey 9.1.",
	} {
		t.Run(binary, func(t *testing.T) {
			server := redistest.Start(t, redistest.Binary(binary), redistest.Config("maxmemory 100mb", "maxmemory-policy volatile-ttl", "maxclients 77"))
			s := redisprobe.New().Look(t.Context(), lookAt(t, server)).Server
			if s == nil {
				t.Fatal("there are no facts")
			}
			if got := shown(s.Product) + " " + shown(s.Version); !strings.HasPrefix(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
			got := []string{
				shown(s.Mode), shown(s.Role), shown(s.Persistence), shown(s.EvictionPolicy), shown(s.EvictedKeys), shown(s.MaxMemory),
				shown(s.MaxClients), shown(s.RejectedConnections), shown(s.BlockedListeners), shown(s.SubscribedChannels),
			}
			if !slices.Equal(got, []string{"standalone", "master", "none", "volatile-ttl", "0", "104857600", "77", "0", "0", "-"}) {
				t.Errorf("got %q", got)
			}
			if len(shown(s.RunID)) != 40 || s.UptimeSeconds == nil || *s.UptimeSeconds > 60 || s.UsedMemory == nil || *s.UsedMemory < 100_000 || *s.ConnectedClients < 2 {
				t.Errorf("got %+v", s)
			}
			if ping := redisprobe.New().Look(t.Context(), request(t, server.Addr())); ping.Server != nil {
				t.Error("a ping asks for no facts")
			}
		})
	}
}

func TestServer_FewRightsKnowWhoItIs(t *testing.T) {
	server := redistest.Start(t, redistest.Password(canary), leastCore())
	s := redisprobe.New().Look(t.Context(), lookAt(t, server, as("core", canary))).Server
	if s == nil || shown(s.Product) != "redis" || shown(s.Version) == "-" || shown(s.Mode) != "standalone" || shown(s.Role) != "master" || s.UsedMemory != nil {
		t.Errorf("got %+v", s)
	}
}

func TestServer_PersistenceAndWhoListens(t *testing.T) {
	server := redistest.Start(t, redistest.Binary("redis-7.4"), redistest.Config("appendonly yes", "save 3600 1"))
	server.AwaitInfo("persistence", "aof_rewrite_in_progress:0")
	server.Do("BGSAVE", "SCHEDULE")
	server.AwaitInfo("persistence", "rdb_bgsave_in_progress:0", "rdb_saves:1")
	client(t, server, "7.4.1", "BZPOPMIN", "asgispecific.x!", 0)
	client(t, server, "8.1.0", "SUBSCRIBE", "asgispecific.a", "asgi__group__b", "other", "asg")
	client(t, server, "5.2.1", "SUBSCRIBE", "asgispecific.a", "a*specific.c")
	core := redisprobe.New().Look(t.Context(), lookAt(t, server)).Server
	if shown(core.Persistence) != "rdb+aof" || shown(core.BlockedListeners) != "1" || core.SubscribedChannels != nil {
		t.Errorf("core: got %+v", core)
	}
	if !slices.Equal(core.RedisPy, []string{"7.4.1"}) {
		t.Errorf("core: got %q", core.RedisPy)
	}
	s := redisprobe.New().Look(t.Context(), lookAt(t, server, pubSub)).Server
	if shown(s.SubscribedChannels) != "2" || s.BlockedListeners != nil || !slices.Equal(s.RedisPy, []string{"5.2.1", "8.1.0"}) {
		t.Errorf("pub/sub: got %s, %q", shown(s.SubscribedChannels), s.RedisPy)
	}
	s = redisprobe.New().Look(t.Context(), lookAt(t, server, pubSub, prefixed("a*"))).Server
	if shown(s.SubscribedChannels) != "1" {
		t.Errorf("a prefix with a star: got %s, want the one channel that begins so", shown(s.SubscribedChannels))
	}
}

// The second answer holds those to HELLO and EVAL.
func TestLook_AnswersThatNoRealServerCanBeMadeToGive(t *testing.T) {
	hello := "*4\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
	everything := "*4\r\n$8\r\ncommands\r\n$5\r\n+@all\r\n$4\r\nkeys\r\n*1\r\n$1\r\n*\r\n"
	type row struct {
		behave    faults.Behaviour
		id        finding.ID
		status    finding.Status
		ready     bool
		transient bool
	}
	for name, r := range map[string]row{
		"loading":                        {faults.Answer(hello, hello+"-LOADING Redis is loading the dataset in memory\r\n"), "redis/loading", undetermined, false, true},
		"a script without end":           {faults.Answer(hello, hello+"-BUSY Redis is busy running a script\r\n"), "redis/not-ready", undetermined, false, true},
		"EVAL fails":                     {faults.Answer(hello, hello+"-ERR something else\r\n", "-NOPERM this user has no permissions\r\n-NOPERM\r\n"), "acl/rights-unknown", undetermined, true, false},
		"EVAL answers nonsense":          {faults.Answer(hello, hello+":1\r\n", "$3\r\na:b\r\n-ERR unknown command 'ACL'\r\n"), "acl/rights-unknown", undetermined, true, false},
		"hangs up after EVAL":            {faults.AnswerAndHangUp(hello, hello+"-ERR something else\r\n"), "network/closed", undetermined, false, true},
		"hangs up before EVAL":           {faults.AnswerAndHangUp(hello, hello), "network/closed", undetermined, false, true},
		"no answer after EVAL":           {faults.Answer(hello, hello+"-ERR something else\r\n"), "network/silent", undetermined, false, true},
		"writing to disk fails":          {faults.Answer(hello, hello+"$5\r\nold++\r\n", "$27\r\naof_last_write_status:err\r\n\r\n"+everything), "redis/disk-error", failed, false, true},
		"cannot save and takes no write": {faults.Answer(hello, hello+granting(), "$1\r\n\r\r\n"+"-MISCONF Redis is configured to save RDB snapshots\r\n"), "redis/disk-error", failed, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := faults.Serve(t, r.behave)
			report := redisprobe.New().Look(t.Context(), request(t, server.Addr(), looking, within(1e9)))
			if !slices.Equal(report.Outcome.IDs(), []finding.ID{r.id}) || report.Outcome.Status != r.status || report.Ready != r.ready || report.Transient != r.transient {
				t.Errorf("got %v, ready %v, transient %v: %+v", report.Outcome.Status, report.Ready, report.Transient, report.Outcome.Findings)
			}
		})
	}
}

// granting grants all that a core layer needs and INFO.
func granting() string {
	answer := strings.Repeat("+", 19) + "+" + strings.Repeat("-", 3)
	return fmt.Sprintf("$%d\r\n%s\r\n", len(answer), answer)
}

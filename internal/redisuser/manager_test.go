package redisuser_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

const (
	adminPassword = "made-up-Admin-7q"
	one, two      = "made-up-One-4x", "made-up-Two-9w"
)

func connect(t testing.TB, text string) redisprobe.Request {
	t.Helper()
	u, err := redisurl.Parse(secret.New(text), redisurl.Newest)
	if err != nil {
		t.Fatal(err)
	}
	return redisprobe.Request{Connection: u.Connection, Setting: "REDIS_URL", Timeout: 20 * time.Second}
}

// manage is the manager of a core layer's user on those servers.
func manage(t testing.TB, urls ...string) redisuser.Manager {
	t.Helper()
	m := redisuser.Manager{
		Prober: redisprobe.New(), Name: "chat",
		Rule: redisuser.Spec{Backend: channelconfig.Core, Prefix: "asgi", Checks: true}.Rule(),
	}
	for _, text := range urls {
		m.Hosts = append(m.Hosts, connect(t, text))
	}
	return m
}

func password(text string) redisuser.Passwords {
	return redisuser.Passwords{Current: secret.New(text), Keep: true}
}

func ids(r redisuser.Result) []finding.ID { return finding.Outcome{Findings: r.Findings}.IDs() }

// done fails the test unless the change was made, with those findings.
func done(t testing.TB, r redisuser.Result, want ...finding.ID) {
	t.Helper()
	if !r.Done || !slices.Equal(ids(r), want) {
		t.Fatalf("done %v with %v, want %v: %+v", r.Done, ids(r), want, r.Findings)
	}
}

func failed(t testing.TB, r redisuser.Result, want ...finding.ID) {
	t.Helper()
	if r.Done || !slices.Equal(ids(r), want) {
		t.Fatalf("done %v with %v, want %v: %+v", r.Done, ids(r), want, r.Findings)
	}
	if shown := fmt.Sprintf("%+v", r); strings.Contains(shown, adminPassword) || strings.Contains(shown, one) {
		t.Errorf("a secret is shown: %s", shown)
	}
}

func takes(server *redistest.Server, password string) bool {
	return server.LogIn(url.UserPassword("chat", password)) == nil
}

func exists(server *redistest.Server) bool { return server.Do("ACL", "GETUSER", "chat") != nil }

// servers are the versions that are claimed.
func servers() []string { return []string{"", "redis-6.2", "redis-7.4", "valkey-9.1"} }

func start(t *testing.T, name string, options ...redistest.Option) *redistest.Server {
	t.Helper()
	options = append(options, redistest.Password(adminPassword))
	if name != "" {
		options = append(options, redistest.Binary(name))
	}
	return redistest.Start(t, options...)
}

func onEach(t *testing.T, test func(t *testing.T, name string)) {
	for _, name := range servers() {
		t.Run("redis "+name, func(t *testing.T) { t.Parallel(); test(t, name) })
	}
}

// The whole life of a user, on every kind of server, and past a restart.
func TestManager_UserIsMadeRotatedRestartedAndRemoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		server := start(t, name, redistest.ACLFile())
		m := manage(t, server.URL())
		sent := ""
		relay := faults.Between(t, server.Addr(), faults.Relay{Packet: func(conn int, packet []byte) { sent += string(packet) }})
		done(t, manage(t, strings.Replace(server.URL(), server.Addr(), relay.Addr(), 1)).Create(t.Context(), password(one), redisuser.PersistAuto))
		if strings.Contains(sent, one) || !strings.Contains(sent, "SETUSER") {
			t.Error("the server was sent the password in clear, or nothing")
		}
		failed(t, m.Create(t.Context(), password(two), redisuser.PersistAuto), "user/exists")
		if !takes(server, one) || takes(server, two) {
			t.Error("the user does not take its password alone")
		}
		done(t, m.Update(t.Context(), password(two), redisuser.PersistAuto))
		if !takes(server, one) || !takes(server, two) {
			t.Error("a rotation has ended the password before")
		}
		server.Restart()
		if !takes(server, one) || !takes(server, two) {
			t.Error("the user did not survive a restart")
		}
		done(t, m.Update(t.Context(), redisuser.Passwords{Current: secret.New(two)}, redisuser.PersistAuto))
		if takes(server, one) || !takes(server, two) {
			t.Error("the password before is still valid")
		}
		for _, s := range m.Look(t.Context()) {
			if !s.Known || s.User == nil || s.User.Rule != m.Rule.String() || s.User.Passwords() != 1 {
				t.Errorf("read back as %+v, want %s", s, m.Rule)
			}
		}
		done(t, m.Delete(t.Context(), redisuser.PersistAuto))
		done(t, m.Delete(t.Context(), redisuser.PersistAuto))
		server.Restart()
		if exists(server) {
			t.Error("the user came back with a restart")
		}
	})
}

func TestManager_SaysWhatDoesNotSurviveARestart(t *testing.T) {
	t.Parallel()
	forgetful := start(t, "")
	m := manage(t, forgetful.URL())
	failed(t, m.Create(t.Context(), password(one), redisuser.PersistACLFile), "user/not-persistent")
	failed(t, m.Create(t.Context(), password(one), redisuser.PersistConfig), "user/not-persistent")
	if exists(forgetful) {
		t.Fatal("a user that could not be saved as asked was left behind")
	}
	done(t, m.Create(t.Context(), password(one), redisuser.PersistNone))
	done(t, m.Update(t.Context(), password(one), redisuser.PersistAuto), "user/not-persistent")
	forgetful.Restart()
	if exists(forgetful) {
		t.Error("the finding is wrong: the user survived")
	}

	configured := start(t, "", redistest.ConfigFile())
	m = manage(t, configured.URL())
	done(t, m.Create(t.Context(), password(one), redisuser.PersistConfig))
	configured.Restart()
	if !takes(configured, one) {
		t.Error("the user did not survive in redis.conf")
	}

	broken := start(t, "", redistest.ACLFile())
	broken.BreakACLFile()
	m = manage(t, broken.URL())
	failed(t, m.Create(t.Context(), password(one), redisuser.PersistConfig), "user/not-saved")
	done(t, m.Create(t.Context(), password(one), redisuser.PersistAuto), "user/not-saved")
}

// Users are not replicated, and no host keeps one that another refused.
func TestManager_EveryHostOrNone(t *testing.T) {
	t.Parallel()
	master := start(t, "")
	replica := start(t, "", redistest.ReplicaOf(master))
	replica.AwaitInfo("replication", "master_link_status:up")

	done(t, manage(t, master.URL()).Create(t.Context(), password(one), redisuser.PersistNone))
	master.Do("WAIT", 1, 1000)
	if exists(replica) {
		t.Error("users are replicated, against what the docs say")
	}
	both := manage(t, master.URL(), replica.URL())
	failed(t, both.Create(t.Context(), password(one), redisuser.PersistNone), "user/exists")
	done(t, both.Update(t.Context(), password(one), redisuser.PersistNone))
	if !takes(replica, one) {
		t.Error("the replica does not have the user")
	}
	done(t, both.Update(t.Context(), redisuser.Passwords{Current: secret.New(two)}, redisuser.PersistNone))
	if takes(master, one) || takes(replica, one) || !takes(master, two) || !takes(replica, two) {
		t.Error("the password was not replaced on both")
	}
	done(t, both.Delete(t.Context(), redisuser.PersistNone))
	if exists(master) || exists(replica) {
		t.Error("the user was not removed from both")
	}

	closed := strings.Replace(master.URL(), master.Addr(), faults.ClosedPort(t), 1)
	failed(t, manage(t, master.URL(), closed).Update(t.Context(), password(two), redisuser.PersistNone), "network/refused")
}

// What one host refuses is undone on the others by Create, and named by Update.
func TestManager_PartlyRefusedChangesAreNamedAndUndone(t *testing.T) {
	t.Parallel()
	able := start(t, "")
	unable := start(t, "", redistest.User("limited", "on", ">"+adminPassword, "+@all", "-acl|setuser"))
	partly := manage(t, able.URL(), unable.URLAs(url.UserPassword("limited", adminPassword)))
	failed(t, partly.Create(t.Context(), password(one), redisuser.PersistNone), "user/some-hosts", "user/not-permitted")
	if exists(able) {
		t.Error("a user was left behind on the host that took it")
	}
	done(t, manage(t, able.URL()).Create(t.Context(), password(one), redisuser.PersistNone))
	failed(t, partly.Update(t.Context(), redisuser.Passwords{Current: secret.New(two)}, redisuser.PersistNone), "user/some-hosts", "user/not-permitted")
	if !takes(able, one) {
		t.Error("the old password ended although the new one is not valid everywhere")
	}
}

// A change that ends before its answer is an error that says so, and can be
// repeated; the time of a request bounds it.
func TestManager_InterruptedChangesAreNoPass(t *testing.T) {
	t.Parallel()
	server := start(t, "")
	away := func(conn int, v faults.Verdict) string {
		relay := faults.Between(t, server.Addr(), faults.Relay{Message: func(m faults.Message) faults.Verdict {
			if m.Conn == conn && m.N == 4 {
				return v
			}
			return m.Pass()
		}})
		return strings.Replace(server.URL(), server.Addr(), relay.Addr(), 1)
	}
	refusing := faults.Between(t, server.Addr(), faults.Relay{Message: func(m faults.Message) faults.Verdict {
		if m.N >= 4 && m.Has("+OK") {
			return faults.Verdict{Pass: []byte("-ERR Error in ACL SETUSER modifier '+bzpopmin': Unknown command or category name in ACL\r\n")}
		}
		return m.Pass()
	}})
	r := manage(t, strings.Replace(server.URL(), server.Addr(), refusing.Addr(), 1)).Update(t.Context(), password(one), redisuser.PersistNone)
	failed(t, r, "user/rule-refused")
	if !strings.Contains(r.Findings[0].Detail, "+bzpopmin") {
		t.Errorf("what was refused is not named: %s", r.Findings[0].Detail)
	}
	server.Do("ACL", "DELUSER", "chat")

	failed(t, manage(t, away(1, faults.Verdict{HangUp: true})).Create(t.Context(), password(one), redisuser.PersistNone), "user/interrupted")
	failed(t, manage(t, away(2, faults.Verdict{HangUp: true})).Create(t.Context(), password(one), redisuser.PersistNone), "user/interrupted")
	if exists(server) {
		t.Error("a user that is not in the state was left behind")
	}
	silent := manage(t, away(2, faults.Verdict{}))
	silent.Hosts[0].Timeout = 300 * time.Millisecond
	failed(t, silent.Create(t.Context(), password(one), redisuser.PersistNone), "user/interrupted")

	// Ctrl-C while Redis is asked: what may have been made is removed.
	interrupted, interrupt := context.WithCancel(t.Context())
	hanging := faults.Between(t, server.Addr(), faults.Relay{
		Packet: func(conn int, packet []byte) {
			if strings.Contains(string(packet), "SETUSER") {
				interrupt()
			}
		},
		Message: func(m faults.Message) faults.Verdict {
			if m.Conn == 2 && m.N == 4 {
				return faults.Verdict{}
			}
			return m.Pass()
		},
	})
	r = manage(t, strings.Replace(server.URL(), server.Addr(), hanging.Addr(), 1)).Create(interrupted, password(one), redisuser.PersistNone)
	if !r.Canceled || r.Done || exists(server) {
		t.Errorf("interrupted: there is a user: %v, %+v", exists(server), r)
	}

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if r := manage(t, server.URL()).Create(canceled, password(one), redisuser.PersistNone); !r.Canceled || r.Done {
		t.Errorf("canceled: %+v", r)
	}
}

// A defect in the management of one host ends no process and is no pass.
func TestManager_SurvivesADefectOfItsOwn(t *testing.T) {
	t.Parallel()
	m := manage(t, "redis://127.0.0.1:1")
	m.Prober = nil
	failed(t, m.Create(t.Context(), password(one), redisuser.PersistNone), finding.IDCrashed)
	failed(t, m.Delete(t.Context(), redisuser.PersistNone), finding.IDCrashed)
}

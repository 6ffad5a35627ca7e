package redisuser_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func appClient(t *testing.T, server *redistest.Server, password string) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{
		Addr: server.Addr(), Username: "chat", Password: password, Protocol: 2, DisableIdentity: true, MaxRetries: -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// A user is changed while apps work with it: nothing is refused, no connection
// that works or listens is closed, and new ones log in with either password.
func TestManager_ChangesDisturbNobody(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		server := start(t, name)
		m := manage(t, server.URL())
		// The check's rights and the keys come and go; what the app uses stays.
		m.Rule.Channels = []string{"chat*"}
		m.Rule.Commands = append(m.Rule.Commands, "subscribe", "publish")
		spec := redisuser.Spec{Backend: channelconfig.Core, Prefix: "asgi", Flush: true, Database: 1}.Rule()
		other := m
		other.Rule = redisuser.Rule{Keys: spec.Keys, Channels: m.Rule.Channels, Commands: append(spec.Commands, "subscribe", "publish")}
		done(t, m.Update(t.Context(), password(one), redisuser.PersistNone))

		subscription := appClient(t, server, one).Subscribe(t.Context(), "chat.1")
		if _, err := subscription.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var workers sync.WaitGroup
		var commands atomic.Int64
		for range 3 {
			client := appClient(t, server, one)
			workers.Go(func() {
				for ctx.Err() == nil {
					if err := client.ZAdd(context.Background(), "asgispecific.x!", redis.Z{Score: 1, Member: "m"}).Err(); err != nil {
						t.Errorf("while the user was changed: %v", err)
						return
					}
					commands.Add(1)
				}
			})
		}
		for i := range 40 {
			changed := m
			if i%2 == 1 {
				changed = other
			}
			done(t, changed.Update(t.Context(), password(one), redisuser.PersistNone))
			if !takes(server, one) {
				t.Error("a new connection is refused")
			}
		}
		stop()
		workers.Wait()
		if commands.Load() < 200 {
			t.Errorf("only %d commands ran meanwhile: little is proved", commands.Load())
		}
		server.Do("PUBLISH", "chat.1", "still there")
		if message, err := subscription.ReceiveTimeout(t.Context(), 10*time.Second); err != nil {
			t.Errorf("the subscription did not survive: %v", err)
		} else if got, ok := message.(*redis.Message); !ok || got.Payload != "still there" {
			t.Errorf("received %v", message)
		}
		if log, _ := server.Do("ACL", "LOG").([]any); len(log) > 0 {
			t.Errorf("the server refused %v", log)
		}

		// A rule without the channel closes who listens to it, and no user is no
		// connection.
		working := appClient(t, server, one).Conn()
		ping := func() error { return working.Ping(t.Context()).Err() }
		if err := ping(); err != nil {
			t.Fatal(err)
		}
		m.Rule.Channels = nil
		done(t, m.Update(t.Context(), password(one), redisuser.PersistNone))
		if _, err := subscription.ReceiveTimeout(t.Context(), 10*time.Second); err == nil {
			t.Error("somebody listens to a channel that the rule does not have")
		}
		if err := ping(); err != nil {
			t.Errorf("a connection that does not listen was closed: %v", err)
		}
		done(t, m.Update(t.Context(), redisuser.Passwords{Current: secret.New(two)}, redisuser.PersistNone))
		if err := ping(); err != nil || takes(server, one) {
			t.Errorf("the end of a password closes connections (%v), or it has not ended", err)
		}
		done(t, m.Delete(t.Context(), redisuser.PersistNone))
		if ping() == nil {
			t.Error("the connection of a user that was removed is open")
		}
		_ = working.Close()
	})
}

// Every rule reads back as it was given, on every kind of server.
func TestManager_EveryRuleReadsBackTheSame(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		server := start(t, name)
		m := manage(t, server.URL())
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			for _, prefix := range []string{"asgi", "", `a*[b]?\c \t"'é`} {
				for flags := range 16 {
					spec := redisuser.Spec{Backend: backend, Prefix: prefix, Flush: flags&1 > 0, Checks: flags&2 > 0, Database: int64(flags & 4)}
					if flags&8 > 0 {
						spec.Channels = []string{"mail", "img.*"}
					}
					m.Rule = spec.Rule()
					done(t, m.Update(t.Context(), password(one), redisuser.PersistNone))
				}
			}
		}
	})
}

// What somebody did by hand reads back as another rule, and is undone.
func TestManager_UndoesWhatWasDoneByHand(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		server := start(t, name)
		m := manage(t, server.URL())
		done(t, m.Create(t.Context(), password(one), redisuser.PersistNone))
		byHand := [][]any{
			{"off"}, {"nopass"}, {"~*"}, {"&*"}, {"+@all"}, {"+@read"}, {"-zadd"}, {"allkeys"}, {"resetkeys"}, {"-@all"}, {"+config|get"}, {">by-hand"}, {"resetpass"},
		}
		if name != "redis-6.2" {
			byHand = append(byHand, []any{"(~other* +get)"}, []any{"%R~other*"})
		}
		if name == "valkey-9.1" {
			byHand = append(byHand, []any{"resetdbs"}, []any{"db=1"})
		}
		for _, words := range byHand {
			server.Do(append([]any{"ACL", "SETUSER", "chat"}, words...)...)
			seen := m.Look(t.Context())[0].User
			if seen == nil || seen.Rule == m.Rule.String() && seen.Passwords() == 1 {
				t.Errorf("%v is not seen", words)
			}
			done(t, m.Update(t.Context(), redisuser.Passwords{Current: secret.New(one)}, redisuser.PersistNone))
			seen = m.Look(t.Context())[0].User
			if seen == nil || seen.Rule != m.Rule.String() || seen.Passwords() != 1 || !takes(server, one) {
				t.Errorf("%v is not undone: %+v", words, seen)
			}
			if strings.Contains(seen.Rule, "#") {
				t.Errorf("a hash is shown: %s", seen.Rule)
			}
		}
	})
}

// Rights that the administrator may lack, one by one.
func TestManager_NamesWhatTheAdministratorMayNotDo(t *testing.T) {
	t.Parallel()
	server := start(t, "", redistest.ACLFile())
	for rule, want := range map[string]string{
		"-acl": "user/not-permitted", "-acl|getuser": "user/not-permitted", "-acl|setuser": "user/not-permitted",
	} {
		server.Do("ACL", "SETUSER", "limited", "reset", "on", ">"+adminPassword, "+@all", rule)
		m := manage(t, server.URLAs(url.UserPassword("limited", adminPassword)))
		r := m.Create(t.Context(), password(one), redisuser.PersistNone)
		if got := ids(r); r.Done || len(got) != 1 || string(got[0]) != want {
			t.Errorf("%s: %v", rule, r.Findings)
		}
		if !strings.Contains(r.Findings[0].Fix, m.Rule.String()) {
			t.Errorf("%s: the fix lacks the rule: %s", rule, r.Findings[0].Fix)
		}
	}
	server.Do("ACL", "SETUSER", "limited", "reset", "on", ">"+adminPassword, "+@all", "-acl|save")
	m := manage(t, server.URLAs(url.UserPassword("limited", adminPassword)))
	done(t, m.Create(t.Context(), password(one), redisuser.PersistAuto), "user/not-persistent")
	server.Do("ACL", "SETUSER", "limited", "+@all", "-acl|deluser")
	failed(t, m.Delete(t.Context(), redisuser.PersistNone), "user/not-permitted")

	none := start(t, "", redistest.Without("ACL"))
	failed(t, manage(t, none.URL()).Create(t.Context(), password(one), redisuser.PersistNone), "user/no-acl")
	server.Do("ACL", "SETUSER", "chat", "reset", "on", ">"+one, "+@all")
	failed(t, manage(t, server.URLAs(url.UserPassword("chat", one))).Update(t.Context(), password(two), redisuser.PersistNone), "user/own-connection")
	sentinel := redistest.Start(t, redistest.Sentinel(none))
	failed(t, manage(t, sentinel.URL()).Create(t.Context(), password(one), redisuser.PersistNone), "user/sentinel")
}

package redisuser_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// A user of that name that somebody else made on another host is neither changed
// nor removed; one that takes a password of ours is ours by another address.
func TestManager_LeavesUsersOfOtherHostsAlone(t *testing.T) {
	t.Parallel()
	ours, theirs := start(t, ""), start(t, "", redistest.User("chat", "on", ">their-own", "~*", "+@all"))
	made := manage(t, ours.URL())
	done(t, made.Create(t.Context(), password(one), redisuser.PersistNone))

	both, moved := manage(t, ours.URL(), theirs.URL()), manage(t, theirs.URL())
	for _, m := range []*redisuser.Manager{&both, &moved} {
		m.Made, m.Mine = []string{ours.Addr()}, secret.New(one)
		failed(t, m.Update(t.Context(), password(two), redisuser.PersistNone), "user/exists")
		failed(t, m.Delete(t.Context(), redisuser.PersistNone), "user/exists")
	}
	if !takes(theirs, "their-own") || takes(theirs, two) || !takes(ours, one) {
		t.Error("a user that is not ours was touched")
	}
	renamed := manage(t, ours.URL())
	renamed.Made, renamed.Mine = []string{"redis.example.com:6379"}, secret.New(one)
	done(t, renamed.Update(t.Context(), password(two), redisuser.PersistNone))
	renamed.Mine = secret.New(two)
	done(t, renamed.Delete(t.Context(), redisuser.PersistNone))
	if exists(ours) {
		t.Error("our own user was not removed")
	}
}

// A user that was saved on one host before another could not save it is saved no
// more, and comes back with no restart.
func TestManager_UndoneUsersDoNotComeBack(t *testing.T) {
	t.Parallel()
	saves, forgets := start(t, "", redistest.ACLFile()), start(t, "")
	failed(t, manage(t, saves.URL(), forgets.URL()).Create(t.Context(), password(one), redisuser.PersistACLFile), "user/not-persistent")
	saves.Restart()
	if exists(saves) {
		t.Error("the user came back")
	}
}

// Where Redis saves no users, there is nothing that could keep one from being
// removed for good.
func TestManager_RemovesWhereNothingIsSaved(t *testing.T) {
	t.Parallel()
	server := start(t, "")
	m := manage(t, server.URL())
	for _, persist := range []redisuser.Persist{redisuser.PersistAuto, redisuser.PersistACLFile, redisuser.PersistConfig} {
		done(t, m.Create(t.Context(), password(one), redisuser.PersistNone))
		done(t, m.Delete(t.Context(), persist))
	}
	broken := start(t, "", redistest.ACLFile())
	m = manage(t, broken.URL())
	done(t, m.Create(t.Context(), password(one), redisuser.PersistAuto))
	broken.BreakACLFile()
	r := m.Delete(t.Context(), redisuser.PersistAuto)
	done(t, r, "user/not-saved")
	if strings.Contains(r.Findings[0].Detail, "has the user") {
		t.Errorf("it says that a removed user is there: %s", r.Findings[0].Detail)
	}
}

// Prefixes that look like parts of a rule, and those with what no terminal should
// be sent, make rules that read back the same.
func TestManager_StrangePrefixesReadBackTheSame(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		m := manage(t, start(t, name).URL())
		for _, backend := range []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub} {
			for _, prefix := range []string{"~a", "&a", "%R~a", "+@all", "a\u00a0b", "a\u3000b", "a\u202eb\u200d", "日本", "a\x1b[2J\nb", "a\xffb\ufffdc", "#a", "(a)"} {
				m.Rule = redisuser.Spec{Backend: backend, Prefix: prefix, Checks: true}.Rule()
				done(t, m.Update(t.Context(), password(one), redisuser.PersistNone))
				for _, r := range m.Rule.String() {
					if !unicode.IsPrint(r) || r == utf8.RuneError {
						t.Errorf("%q: the rule has %q", prefix, r)
					}
				}
			}
		}
	})
}

// What a hostile server says the rule is: no secret that it was sent, and nothing
// that a terminal obeys, reaches the state or a diagnostic.
func TestManager_ShowsNoSecretThatTheServerSaysIsTheRule(t *testing.T) {
	t.Parallel()
	server := start(t, "")
	sum := sha256.Sum256([]byte(one))
	hash := hex.EncodeToString(sum[:])
	said := "-@all +" + adminPassword + " +" + one + " #" + hash + " \x1b]0;title\a \xff\u202e"
	bulk := func(text string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(text), text) }
	answer := "*10\r\n" + bulk("flags") + "*1\r\n" + bulk("on") + bulk("passwords") + "*0\r\n" + bulk("commands") + bulk(said) +
		bulk("keys") + bulk("~"+hash) + bulk("channels") + bulk(strings.Repeat("&a ", 10_000))
	relay := faults.Between(t, server.Addr(), faults.Relay{Message: func(m faults.Message) faults.Verdict {
		if m.Has("passwords") {
			return faults.Verdict{Pass: []byte(answer)}
		}
		return m.Pass()
	}})
	done(t, manage(t, server.URL()).Create(t.Context(), password(one), redisuser.PersistNone))
	m := manage(t, strings.Replace(server.URL(), server.Addr(), relay.Addr(), 1))
	m.Mine = secret.New(one)
	sights := m.Look(t.Context())
	if len(sights) != 1 || sights[0].User == nil {
		t.Fatalf("nothing was read: %+v", sights)
	}
	rule := sights[0].User.Rule
	for _, not := range []string{adminPassword, one, hash, "\x1b", "\a", "\xff", "\u202e"} {
		if strings.Contains(rule, not) {
			t.Errorf("the rule shows %q", not)
		}
	}
	if len(rule) > 10_000 || !utf8.ValidString(rule) {
		t.Errorf("the rule has %d bytes", len(rule))
	}
}

// redis-py connects with a client_name only if it may set it (asyncio/connection.py,
// on_connect).
func TestManager_UserMayNameItsConnection(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, name string) {
		server := start(t, name)
		done(t, manage(t, server.URL()).Create(t.Context(), password(one), redisuser.PersistNone))
		client := redis.NewClient(&redis.Options{
			Addr: server.Addr(), Username: "chat", Password: one, ClientName: "chat-web", Protocol: 2, DisableIdentity: true, MaxRetries: -1,
			MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		})
		defer func() { _ = client.Close() }()
		if err := client.Ping(t.Context()).Err(); err != nil {
			t.Error(err)
		}
		if log, _ := server.Do("ACL", "LOG").([]any); len(log) > 0 {
			t.Errorf("the server refused %v", log)
		}
	})
}

// A rotation that ends the old password on one host and not on another has made
// the new one valid on all of them.
func TestManager_RotationThatStopsMidwayIsValidEverywhere(t *testing.T) {
	t.Parallel()
	a, b := start(t, ""), start(t, "")
	done(t, manage(t, a.URL(), b.URL()).Create(t.Context(), password(one), redisuser.PersistNone))
	// Its connections: to look, to add the new password, to end the old one.
	relay := faults.Between(t, b.Addr(), faults.Relay{Message: func(m faults.Message) faults.Verdict {
		if m.Conn == 3 {
			return faults.Verdict{HangUp: true}
		}
		return m.Pass()
	}})
	m := manage(t, a.URL(), strings.Replace(b.URL(), b.Addr(), relay.Addr(), 1))
	r := m.Update(t.Context(), redisuser.Passwords{Current: secret.New(two), Before: secret.New(one)}, redisuser.PersistNone)
	if r.Done || !r.Valid || !takes(a, two) || !takes(b, two) || !takes(b, one) {
		t.Errorf("done %v, valid %v: %v", r.Done, r.Valid, ids(r))
	}
}

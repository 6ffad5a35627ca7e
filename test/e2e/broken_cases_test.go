package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// one is a configuration of one layer at the server's URL.
func one(more ...string) func(testing.TB, *redistest.Server) map[string]string {
	return func(_ testing.TB, s *redistest.Server) map[string]string {
		return map[string]string{"app": quoted(s.URL()) + strings.Join(more, "") + stated("7.4.1")}
	}
}

// as is one with other credentials.
func as(user *url.Userinfo, more ...string) func(testing.TB, *redistest.Server) map[string]string {
	return func(_ testing.TB, s *redistest.Server) map[string]string {
		return map[string]string{"app": quoted(s.URLAs(user)) + strings.Join(more, "") + stated("7.4.1")}
	}
}

const (
	pubsub    = "  backend = \"pubsub\"\n"
	impatient = "  check = { wait = \"1s\" }\n"
)

func protected() []redistest.Option { return []redistest.Option{redistest.Password(password)} }

// brokenLogins do not get in.
func brokenLogins() []broken {
	wrong := url.UserPassword("default", "Wm4-another-made-up")
	return []broken{
		{
			name: "Wrong password", redis: protected(), layers: as(wrong),
			plan: []string{"auth/wrong-password"}, app: refusedWith("auth/wrong-password", "AuthenticationError"),
		},
		{
			name: "Password of a URL not encoded (`#`)", redis: []redistest.Option{redistest.Password("w#x")},
			variables: func(s *redistest.Server) map[string]string {
				return map[string]string{"REDIS_URL": "redis://default:w#x@" + s.Addr(), "REDIS_PORT": "6379", "DEBUG": "False"}
			},
			plan: []string{"url/unescaped-delimiter"}, app: refusedWith("url/unescaped-delimiter", "ValueError: Port could not be cast to integer value"),
		},
		{
			name: "Host and port for a Redis with a password", redis: protected(),
			layers: func(_ testing.TB, s *redistest.Server) map[string]string {
				return map[string]string{"app": fmt.Sprintf("  redis_host = \"127.0.0.1\"\n  redis_port = %d\n", s.Port()) + stated("7.4.1")}
			},
			plan: []string{"auth/no-password-given"}, app: refusedWith("auth/no-password-given", "AuthenticationError"),
		},
		{
			name: "No password, pub/sub", long: true, redis: protected(), layers: as(nil, pubsub),
			plan: []string{"auth/no-password-given"},
			app: func(t *testing.T, d *deployment) string {
				app := d.start(t, "app")
				chat := app.Dial(t, chatPath)
				say(t, chat, "hello")
				if code := chat.Closed(t); code != 1011 {
					t.Errorf("the chat is closed with %d, want 1011", code)
				}
				raises(t, app, "auth/no-password-given", "AuthenticationError")
				return "accepts WebSockets, and closes each (1011) when it sends: `AuthenticationError`"
			},
		},
		{
			name: "A password for a Redis without one, redis-py 7", long: true, layers: as(url.UserPassword("", password)),
			plan: []string{"auth/password-not-set"}, app: refusedWith("auth/password-not-set", "AuthenticationError"),
		},
		{
			name: "Database 99", long: true, redis: protected(),
			layers: func(_ testing.TB, s *redistest.Server) map[string]string {
				return map[string]string{"app": quoted(s.URL()+"/99") + stated("7.4.1")}
			},
			plan: []string{"redis/database-out-of-range"}, app: refusedWith("redis/database-out-of-range", "ResponseError"),
		},
	}
}

// user is an ACL user of the app, with the rights that the layer needs but for
// those named.
func user(rights string, without ...string) redistest.Option {
	for _, right := range without {
		rights = strings.Replace(rights, " "+right, "", 1)
	}
	return redistest.User("app", append([]string{"on", ">" + password, "resetkeys", "resetchannels", "nocommands"}, strings.Fields(rights)...)...)
}

// What the two layers need of Redis.
const (
	coreRights   = " ~asgi* +zadd +zcount +zrem +zrange +zremrangebyscore +zpopmin +bzpopmin +del +expire +eval +multi +exec +select"
	pubsubRights = " &asgi* +subscribe +unsubscribe +publish +select"
)

// brokenRights get in and may not do all.
func brokenRights() []broken {
	app := url.UserPassword("app", password)
	return []broken{
		{
			name: "User without a channel pattern, pub/sub", redis: append(protected(), user(pubsubRights, "&asgi*")),
			layers: as(app, pubsub), apply: []string{"acl/missing-channels"}, app: logsAndReceivesNothing,
		},
		{
			name: "User without ZADD", redis: append(protected(), user(coreRights, "+zadd")),
			layers: as(app), plan: []string{"acl/missing-commands"}, app: refusedWith("acl/missing-commands", "NoPermissionError"),
		},
		{
			name: "User without ZPOPMIN", redis: append(protected(), user(coreRights, "+zpopmin")),
			layers: as(app), plan: []string{"acl/missing-commands"}, app: deliversForEver,
		},
		{
			name: "User without BZPOPMIN", long: true, redis: append(protected(), user(coreRights, "+bzpopmin")),
			layers: as(app), plan: []string{"acl/missing-commands"},
			app: func(t *testing.T, d *deployment) string {
				process := d.start(t, "app")
				closesAtOnce(t, process)
				raises(t, process, "acl/missing-commands", "NoPermissionError")
				return "accepts WebSockets and closes each at once (1011): `NoPermissionError`"
			},
		},
		{
			name: "User of other keys", long: true, redis: append(protected(), user(coreRights+" ~other*", "~asgi*")),
			layers: as(app), plan: []string{"acl/missing-keys"}, app: refusedWith("acl/missing-keys", "NoPermissionError"),
		},
	}
}

// logsAndReceivesNothing is what acl/missing-channels says.
func logsAndReceivesNothing(t *testing.T, d *deployment) string {
	app := d.start(t, "app")
	updates := app.Dial(t, updatesPath)
	raises(t, app, "acl/missing-channels", "NoPermissionError")
	// Each socket subscribes to a channel of its own and to its group.
	app.Await(t, func(log string) bool { return strings.Count(log, "Unexpected exception in receive task") == 2 })
	if status := app.Get(t, "/updates/push/x"); status != 500 {
		t.Errorf("the view answers %d, want 500", status)
	}
	updates.Ping(t)
	if updates.Pending() != 0 {
		t.Error("something arrives")
	}
	return "accepts WebSockets that stay open and get nothing, and logs `NoPermissionError` for each; what sends fails (500)"
}

// deliversForEver is what acl/missing-commands says of ZPOPMIN.
func deliversForEver(t *testing.T, d *deployment) string {
	app := d.start(t, "app")
	chat := app.Dial(t, chatPath)
	say(t, chat, "first")
	say(t, chat, "second")
	for range 50 {
		hears(t, chat, "first")
	}
	raises(t, app, "acl/missing-commands", "NoPermissionError")
	return "delivers the first message again and again, and none after it: `NoPermissionError` in the log"
}

// closesAtOnce fails the test unless a WebSocket is accepted and then closed
// with 1011.
func closesAtOnce(t *testing.T, app *django.App) {
	t.Helper()
	if code := app.Dial(t, chatPath).Closed(t); code != 1011 {
		t.Errorf("the WebSocket is closed with %d, want 1011", code)
	}
}

// brokenServers are not what the layer needs.
func brokenServers() []broken {
	return []broken{
		{
			name: "Redis not running", redis: protected(), breaks: (*redistest.Server).Stop, layers: one(impatient),
			plan: []string{"network/refused"}, apply: []string{"network/refused"}, app: refusedWith("network/refused", "Error 111 connecting to 127.0.0.1"),
		},
		{
			name: "Redis full (noeviction)", redis: protected(), breaks: fill, layers: one(),
			plan: []string{"redis/memory-full"}, app: refusedWith("redis/memory-full", "OutOfMemoryError"),
		},
		{
			name: "Redis full, pub/sub", long: true, redis: protected(), breaks: fill, layers: one(pubsub),
			app: func(t *testing.T, d *deployment) string {
				exchange(t, d.start(t, "app"), d.start(t, "app"))
				return "works: pub/sub stores nothing"
			},
		},
		{
			name: "A replica", redis: protected(), breaks: func(s *redistest.Server) { s.Do("REPLICAOF", "127.0.0.1", "1") }, layers: one(),
			plan: []string{"redis/replica"}, app: refusedWith("redis/replica", "ReadOnlyError"),
		},
		{
			name: "One process at a replica, pub/sub", long: true, redis: protected(), layers: masterAndReplica,
			plan: []string{"redis/replica"}, app: oneWay,
		},
		{
			name: "Redis without BZPOPMIN (too old)", long: true, redis: append(protected(), redistest.Without("BZPOPMIN")), layers: one(),
			plan: []string{"redis/too-old"},
			app: func(t *testing.T, d *deployment) string {
				app := d.start(t, "app")
				closesAtOnce(t, app)
				raises(t, app, "redis/too-old", "ResponseError")
				raises(t, app, "redis/too-old", "BZPOPMIN")
				if status := app.Get(t, "/updates/push/x"); status != 204 {
					t.Errorf("the view answers %d, want 204: sending works", status)
				}
				return "accepts WebSockets and closes each at once (1011): `ResponseError`; sending works"
			},
		},
		{
			name: "Redis without HELLO, redis-py 8.1", long: true, redis: append(protected(), redistest.Without("HELLO")), packages: "redis-8.1",
			layers: func(_ testing.TB, s *redistest.Server) map[string]string {
				return map[string]string{"app": quoted(s.URL()+"?socket_timeout=10") + stated("8.1.0")}
			},
			plan: []string{"redis/no-hello"}, app: refusedWith("redis/no-hello", "ResponseError"),
		},
	}
}

// masterAndReplica is the settings of one process, and of another that was given
// the address of a replica.
func masterAndReplica(t testing.TB, master *redistest.Server) map[string]string {
	replica := redistest.Start(t, redistest.Password(password), redistest.ReplicaOf(master))
	replica.AwaitInfo("replication", "master_link_status:up")
	return map[string]string{"app": quoted(master.URL()) + pubsub + stated("7.4.1"), "other": quoted(replica.URL()) + pubsub + stated("7.4.1")}
}

// oneWay is what redis/replica says of pub/sub.
func oneWay(t *testing.T, d *deployment) string {
	atMaster, atReplica := d.both(t)
	chats := []*django.Socket{atMaster.Dial(t, chatPath), atReplica.Dial(t, chatPath)}
	say(t, chats[1], "from the replica")
	hears(t, chats[1], "from the replica")
	say(t, chats[0], "from the master")
	hears(t, chats[0], "from the master") // and not the other before
	hears(t, chats[1], "from the master")
	return "raises nothing; what is sent at the replica does not arrive at processes at the master, the other way it does"
}

// fill leaves no memory.
func fill(s *redistest.Server) {
	s.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	s.Do("CONFIG", "SET", "maxmemory", "1")
}

// brokenPairs are two processes with settings that do not fit together: each
// layer by itself is healthy, and no check sees who else uses a Redis.
func brokenPairs() []broken {
	differing := func(app, other string) func(testing.TB, *redistest.Server) map[string]string {
		return func(_ testing.TB, s *redistest.Server) map[string]string {
			return map[string]string{"app": quoted(s.URL()) + app + stated("7.4.1"), "other": quoted(s.URL()) + other + stated("7.4.1")}
		}
	}
	silent := func(t *testing.T, d *deployment) string {
		one, two := d.both(t)
		apart(t, one, two)
		if log := one.Log() + two.Log(); strings.Contains(log, "Traceback") {
			t.Errorf("something is logged:\n%s", log)
		}
		return "works within each process; nothing of one arrives at the other, and nothing is logged"
	}
	key := func(text string) string {
		return fmt.Sprintf("  config = { symmetric_encryption_keys = [%q] }\n", text)
	}
	database := func(more string) func(testing.TB, *redistest.Server) map[string]string {
		return func(_ testing.TB, s *redistest.Server) map[string]string {
			return map[string]string{"app": quoted(s.URL()+"/0") + more + stated("7.4.1"), "other": quoted(s.URL()+"/1") + more + stated("7.4.1")}
		}
	}
	return []broken{
		{name: "One process with another prefix", redis: protected(), layers: differing("", "  config = { prefix = \"other\" }\n"), app: silent},
		{name: "One process with another database", redis: protected(), layers: database(""), app: silent},
		{
			name: "One process with another database, pub/sub", long: true, redis: protected(), layers: database(pubsub),
			app: func(t *testing.T, d *deployment) string {
				one, two := d.both(t)
				exchange(t, one, two)
				return "works: pub/sub knows no databases"
			},
		},
		{
			name: "One process with another encryption key", redis: protected(), layers: differing(key("made-up-key-one"), key("made-up-key-two")),
			app: func(t *testing.T, d *deployment) string {
				one, two := d.both(t)
				sender, receiver := one.Dial(t, chatPath), two.Dial(t, chatPath)
				say(t, sender, "hello")
				hears(t, sender, "hello")
				if code := receiver.Closed(t); code != 1011 {
					t.Errorf("the other process's WebSocket is closed with %d, want 1011", code)
				}
				two.AwaitLog(t, "InvalidToken")
				return "a message from one process closes the WebSockets of the other (1011): `InvalidToken`"
			},
		},
		{
			name: "One process with another layer class", long: true, redis: protected(), layers: differing("", pubsub), app: silent,
		},
	}
}

// brokenSettings break before any Redis is asked, or long after.
func brokenSettings() []broken {
	return []broken{
		{
			name: "`REDIS_PORT=tcp://...` (Kubernetes)", redis: protected(),
			variables: func(s *redistest.Server) map[string]string {
				return map[string]string{"REDIS_URL": s.URL(), "REDIS_PORT": "tcp://192.0.2.1:6379", "DEBUG": "False", "DJANGO_SETTINGS_MODULE": "config.settings"}
			},
			plan: []string{"port/kubernetes-service"},
			app: func(t *testing.T, d *deployment) string {
				const raised = "ValueError: invalid literal for int() with base 10"
				if log := django.Crash(t, d.variables); !strings.Contains(log, raised) {
					t.Errorf("it says:\n%s", log)
				}
				return "does not start: `ValueError`"
			},
		},
		{
			name: "redis-py 8.1, core, no `socket_timeout`", redis: protected(), packages: "redis-8.1",
			layers: func(_ testing.TB, s *redistest.Server) map[string]string {
				return map[string]string{"app": quoted(s.URL()) + stated("8.1.0")}
			},
			plan: []string{"layer/socket-timeout"},
			app: func(t *testing.T, d *deployment) string {
				app := d.start(t, "app")
				chat := app.Dial(t, chatPath)
				say(t, chat, "hello")
				hears(t, chat, "hello")
				if code := chat.Closed(t); code != 1011 {
					t.Errorf("the idle chat is closed with %d, want 1011", code)
				}
				raises(t, app, "layer/socket-timeout", "TimeoutError")
				return "works, and closes every WebSocket that gets no message for a while (1011): `TimeoutError`"
			},
		},
	}
}

package e2e

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// statusOfRedis puts out what channels_redis finds, information included.
const statusOfRedis = `
data "channels_redis" "now" {
  redis_url = channels_layer.app.redis_url
  packages  = channels_layer.app.packages
}
output "found" { value = data.channels_redis.now.findings[*].id }
`

// brokenLater are healthy when they are deployed.
func brokenLater() []broken {
	return []broken{
		{name: "Redis stops under open WebSockets", redis: protected(), layers: one(), app: stopsLater},
		{name: "Redis restarts under open WebSockets", redis: protected(), layers: one(), app: restartsCore},
		{name: "Redis flushed (FLUSHALL) under open WebSockets", long: true, redis: protected(), layers: one(), app: flushed},
		{name: "Redis restarts under open WebSockets, pub/sub", redis: protected(), layers: one(pubsub), app: restartsPubSub},
	}
}

// stopsLater stops the server of a running app and starts it again.
func stopsLater(t *testing.T, d *deployment) string {
	app := d.start(t, "app")
	chat := app.Dial(t, chatPath)
	say(t, chat, "hello")
	hears(t, chat, "hello")
	d.server.Stop()
	if code := chat.Closed(t); code != 1011 {
		t.Errorf("the open WebSocket is closed with %d, want 1011", code)
	}
	refused(t, app)
	raises(t, app, "network/refused", "ConnectionError")
	// An unchanged layer only warns.
	plan := d.workspace.OK("plan")
	if got := tfcli.IDs(plan.Diagnostics()); !slices.Equal(got, []string{"network/refused"}) {
		t.Errorf("plan says %q\n%s", got, plan.Combined)
	}
	d.server.Restart()
	again := app.Dial(t, chatPath)
	say(t, again, "back")
	hears(t, again, "back")
	return "open WebSockets are closed (1011), new ones refused (500): `ConnectionError`; the next plan warns of `network/refused`; works again as soon as Redis does"
}

// open opens some WebSockets and shows that they get what is pushed.
func open(t *testing.T, app *django.App, n int) []*django.Socket {
	t.Helper()
	sockets := make([]*django.Socket, n)
	for i := range sockets {
		sockets[i] = app.Dial(t, updatesPath)
	}
	push(t, app, "before")
	for _, socket := range sockets {
		seesUpdate(t, socket, "before")
	}
	return sockets
}

// restartsCore restarts the server of two processes with open WebSockets. The
// second is held up meanwhile, so that it sees Redis again at once.
func restartsCore(t *testing.T, d *deployment) string {
	first, second := d.both(t)
	sockets, others := open(t, first, 2), open(t, second, 6)
	for _, socket := range sockets {
		seesUpdate(t, socket, "before") // the push of the second process
	}
	second.Signal(t, syscall.SIGSTOP)
	d.server.Restart()
	second.Signal(t, syscall.SIGCONT)
	expectFound(t, d.workspace, "redis/restarted")
	raises(t, first, "redis/restarted", "ConnectionError")
	raises(t, second, "redis/restarted", "ConnectionError")
	joined := second.Dial(t, updatesPath)
	push(t, second, "after")
	seesUpdate(t, joined, "after")
	// daphne looks every second whether a consumer has ended: the one that was
	// waiting for all sockets of its process has, and maybe one that took a
	// connection that was gone as well.
	if !eventually(30*time.Second, func() bool { return closedWith(others, 1011) > 0 }) {
		t.Error("no WebSocket of the process that was held up is closed with 1011")
	}
	silent := 0
	for _, socket := range others {
		if socket.Answers(t) {
			silent++
		}
		if socket.Pending() != 0 {
			t.Error("a WebSocket from before the restart gets a message")
		}
	}
	if silent == 0 {
		t.Errorf("no WebSocket outlives the restart\n%s", second.Log())
	}
	return "closes WebSockets while Redis is away (1011): `ConnectionError`; those that outlive it stay open and get nothing, and sending raises nothing; new ones work"
}

// closedWith is how many of the sockets are closed with a code.
func closedWith(sockets []*django.Socket, code int) (n int) {
	for _, socket := range sockets {
		if got, closed := socket.ClosedWithin(0); closed && got == code {
			n++
		}
	}
	return n
}

// flushed takes the groups away without a restart.
func flushed(t *testing.T, d *deployment) string {
	app := d.start(t, "app")
	before := open(t, app, 2)
	d.server.Do("FLUSHALL")
	after := app.Dial(t, updatesPath)
	push(t, app, "after")
	seesUpdate(t, after, "after")
	for _, socket := range before {
		socket.Ping(t)
		if socket.Pending() != 0 {
			t.Error("a WebSocket from before gets a message")
		}
	}
	return "open WebSockets stay open and get nothing, and sending raises nothing; new ones work"
}

// restartsPubSub is the same for a layer that keeps nothing in Redis.
func restartsPubSub(t *testing.T, d *deployment) string {
	first, second := d.both(t)
	sockets := append(open(t, first, 1), second.Dial(t, updatesPath))
	d.server.Restart()
	first.AwaitLog(t, "ConnectionError")
	for _, socket := range sockets {
		if !eventually(30*time.Second, func() bool {
			first.Get(t, "/updates/push/after")
			_, ok := socket.ReceiveWithin(200 * time.Millisecond)
			return ok
		}) {
			t.Errorf("an open WebSocket gets nothing any more\n%s\n%s", first.Log(), second.Log())
		}
	}
	return "logs `ConnectionError`; open WebSockets stay open, and get messages again"
}

// expectFound fails the test unless channels_redis finds exactly those.
func expectFound(t *testing.T, w *tfcli.Workspace, ids ...string) {
	t.Helper()
	w.Write("status.tf", statusOfRedis)
	w.OK("apply")
	var found []string
	w.Output("found", &found)
	if !slices.Equal(found, ids) {
		t.Errorf("channels_redis finds %q, want %q", found, ids)
	}
}

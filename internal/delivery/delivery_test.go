package delivery_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// go-redis keeps a clock for the whole process.
		goleak.IgnoreTopFunction("github.com/redis/go-redis/v9/internal/pool.startGlobalTimeCache.func1"),
	)
}

const password = "made-up-Rt5-5ecret"

type shape func(*delivery.Request)

func request(t testing.TB, server *redistest.Server, url string, shapes ...shape) delivery.Request {
	t.Helper()
	parsed, err := redisurl.Parse(secret.New(server.URL()), redisurl.Newest)
	if err != nil {
		t.Fatal(err)
	}
	target, err := wsprobe.ParseURL(secret.New(url))
	if err != nil {
		t.Fatal(err)
	}
	r := delivery.Request{
		Redis: redisprobe.Request{
			Connection: parsed.Connection, Setting: "REDIS_URL",
			Layer: &redisprobe.Layer{Backend: channelconfig.Core, Options: channellayer.Defaults()},
		},
		WebSocket: wsprobe.Request{Target: target},
		Timeout:   4 * time.Second,
	}
	for _, change := range shapes {
		change(&r)
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func pubSub(r *delivery.Request) { r.Redis.Layer.Backend = channelconfig.PubSub }

func prefix(text string) shape {
	return func(r *delivery.Request) { r.Redis.Layer.Options.Prefix = text }
}

func keys(list ...string) shape {
	return func(r *delivery.Request) {
		for _, key := range list {
			r.Redis.Layer.Options.SymmetricEncryptionKeys = append(r.Redis.Layer.Options.SymmetricEncryptionKeys, secret.New(key))
		}
	}
}

func database(n int64) shape {
	return func(r *delivery.Request) { r.Redis.Connection.DB = big.NewInt(n) }
}

func within(d time.Duration) shape { return func(r *delivery.Request) { r.Timeout = d } }

func channel(name string) shape { return func(r *delivery.Request) { r.Channel = name } }

func courier() delivery.Courier {
	return delivery.Courier{Prober: redisprobe.New(), Network: netprobe.System{}}
}

// expect makes one attempt that must give that finding, "" for a delivery.
func expect(t *testing.T, r delivery.Request, id finding.ID) delivery.Report {
	t.Helper()
	started := time.Now()
	report := courier().Deliver(t.Context(), r)
	took := time.Since(started)
	t.Logf("%s: %q after %s (message %s)", t.Name(), report.Outcome.IDs(), took.Round(time.Millisecond), report.Took.Round(time.Millisecond))
	var want []finding.ID
	if id != "" {
		want = []finding.ID{id}
	}
	errors := slices.DeleteFunc(slices.Clone(report.Outcome.Findings), func(f finding.Finding) bool {
		// A Redis of a test has just been started.
		return f.ID == "redis/restarted"
	})
	if got := (finding.Outcome{Findings: errors}).IDs(); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q: %+v", got, want, report.Outcome)
	}
	if report.Delivered() != (id == "") {
		t.Errorf("delivered: %v", report.Delivered())
	}
	if took > r.Timeout+time.Second {
		t.Errorf("it took %s", took)
	}
	if text := fmt.Sprintf("%+v", report); strings.Contains(text, password) {
		t.Error("the report shows the password")
	}
	return report
}

func env(server *redistest.Server, more ...string) []string {
	return append(more, "REDIS_URL="+server.URL())
}

const (
	core   = "LAYER=channels_redis.core.RedisChannelLayer"
	pubsub = "LAYER=channels_redis.pubsub.RedisPubSubChannelLayer"
)

func TestDeliver_RealAppsPassMessagesOn(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t, redistest.Password(password))
	for name, test := range map[string]struct {
		server asgitest.Server
		env    []string
		shapes []shape
	}{
		"daphne, core":               {asgitest.Daphne, []string{core}, nil},
		"uvicorn, core, encrypted":   {asgitest.Uvicorn, []string{core, "PREFIX=b", "KEYS=a-made-up-key,another"}, []shape{prefix("b"), keys("a-made-up-key")}},
		"daphne, pub/sub, encrypted": {asgitest.Daphne, []string{pubsub, "PREFIX=c", "KEYS=a-made-up-key"}, []shape{pubSub, prefix("c"), keys("a-made-up-key")}},
		"uvicorn, pub/sub":           {asgitest.Uvicorn, []string{pubsub, "PREFIX=d"}, []shape{pubSub, prefix("d")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, test.server, asgitest.Router, env(server, test.env...)...)
			r := request(t, server, app.URL("/joined/"), test.shapes...)
			expect(t, r, "")
			if !app.Says("disconnected with 1000", 1) {
				t.Errorf("the app saw no normal close:\n%s", app.Log())
			}
			expectNothingSent(t, server)
		})
	}
}

// loss is a way to lose a message.
type loss struct {
	name   string
	path   string
	shapes []shape
	id     finding.ID
}

// Each way to lose a message, told apart by what Redis and the WebSocket say.
func TestDeliver_RealAppsLoseMessagesInWaysThatAreToldApart(t *testing.T) {
	redistest.Slow(t)
	for _, test := range []struct {
		name   string
		env    []string
		losses []loss
	}{
		{"core", []string{core}, []loss{
			{"another database", "/joined/", []shape{database(3)}, "delivery/no-members"},
			{"another prefix", "/joined/", []shape{prefix("other")}, "delivery/no-members"},
			{"pub/sub", "/joined/", []shape{pubSub}, "delivery/no-members"},
			{"not in the group", "/accept/", nil, "delivery/no-members"},
			{"keys here only", "/joined/", []shape{keys("one-made-up-key")}, "delivery/consumer-closed"},
			{"no handler", "/joined-without-handler/", nil, "delivery/consumer-closed"},
			{"deaf", "/joined-deaf/", nil, "delivery/not-passed-on"},
			{"stuck", "/joined-stuck/", nil, "delivery/not-passed-on"},
			{"no route", "/nowhere/", nil, "websocket/server-error"},
			{"nobody reads the channel", "/accept/", []shape{channel("channels-check-worker")}, "delivery/nobody-listens"},
		}},
		{"core, encrypted", []string{core, "KEYS=another-made-up-key"}, []loss{
			{"other keys", "/joined/", []shape{keys("one-made-up-key")}, "delivery/consumer-closed"},
			{"keys there only", "/joined/", nil, "delivery/consumer-closed"},
		}},
		{"pub/sub, encrypted", []string{pubsub, "KEYS=another-made-up-key"}, []loss{
			{"another prefix", "/joined/", []shape{pubSub, prefix("other")}, "delivery/no-members"},
			{"other keys", "/joined/", []shape{pubSub, keys("one-made-up-key")}, "delivery/consumer-closed"},
			{"nobody reads the channel", "/accept/", []shape{pubSub, channel("channels-check-worker")}, "delivery/nobody-listens"},
		}},
		{"in memory", nil, []loss{{"core", "/joined/", nil, "delivery/no-members"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.Password(password))
			environment := env(server, test.env...)
			if test.env == nil {
				environment = nil
			}
			app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, environment...)
			for _, l := range test.losses {
				t.Run(l.name, func(t *testing.T) { expect(t, request(t, server, app.URL(l.path), l.shapes...), l.id) })
			}
			expectNothingSent(t, server)
		})
	}
}

// expectNothingSent fails the test where a message has been left.
func expectNothingSent(t *testing.T, server *redistest.Server) {
	t.Helper()
	for _, pattern := range []string{"*specific*", "*worker*"} {
		if list, _ := server.Do("KEYS", pattern).([]any); len(list) > 0 {
			t.Errorf("keys are left: %v", list)
		}
	}
}

// What is sent to a member that is gone does not stay.
func TestDeliver_RealAppBesideMembersThatWereKilled(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t, redistest.Password(password))
	server.Do("ZADD", "asgi:group:channels-check", time.Now().Unix(), "specific.0123456789abcdef0123456789abcdef!fedcba9876543210fedcba9876543210")
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, env(server)...)
	expect(t, request(t, server, app.URL("/accept/")), "delivery/not-joined")
	expectNothingSent(t, server)
	expect(t, request(t, server, app.URL("/joined/")), "")
	expectNothingSent(t, server)
}

func TestDeliver_RedisComesFirst(t *testing.T) {
	server := redistest.Start(t, redistest.Password(password))
	silent := faults.Serve(t, faults.Silent)
	closed := "ws://" + faults.ClosedPort(t) + "/"
	wrong := request(t, server, "ws://"+silent.Addr()+"/", func(r *delivery.Request) {
		r.Redis.Connection.Password = secret.New("another-made-up")
	})
	expect(t, wrong, "auth/wrong-password")
	if n := silent.Connections(); n != 0 {
		t.Errorf("the app was asked %d times although Redis was not ready", n)
	}
	expect(t, request(t, server, closed), "websocket/refused")
	expect(t, request(t, server, "ws://"+silent.Addr()+"/", within(time.Second)), "websocket/upgrade-timeout")
}

func TestProve_WaitsForAnAppThatIsNotUp(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t)
	port := launch.FreePort(t)
	r := request(t, server, fmt.Sprintf("ws://127.0.0.1:%d/joined/", port))
	waited := make(chan struct{}, 1000)
	done := make(chan delivery.Report, 1)
	go func() {
		done <- courier().Prove(t.Context(), r, time.Minute, func(delivery.Report) { waited <- struct{}{} })
	}()
	<-waited
	asgitest.StartOn(t, port, asgitest.Daphne, asgitest.Router, env(server)...)
	if report := <-done; !report.Delivered() || report.Attempts < 2 {
		t.Errorf("got %+v", report)
	}
}

func TestProve_EndsInTimeAndWithItsContext(t *testing.T) {
	server := redistest.Start(t)
	r := request(t, server, "ws://"+faults.ClosedPort(t)+"/")
	started := time.Now()
	report := courier().Prove(t.Context(), r, 2*time.Second, nil)
	if took := time.Since(started); report.Delivered() || report.Attempts < 2 || took > 4*time.Second {
		t.Errorf("after %s: %+v", took, report)
	}
	ctx, cancel := context.WithCancel(t.Context())
	report = courier().Prove(ctx, r, time.Hour, func(delivery.Report) { cancel() })
	if !report.Canceled || report.Delivered() {
		t.Errorf("got %+v", report)
	}
}

func TestCheck_RefusesWhatCouldEndRealConsumers(t *testing.T) {
	for name, r := range map[string]delivery.Request{
		"a real group":     {Group: "chat_lobby"},
		"a real channel":   {Channel: "thumbnails"},
		"a longer word":    {Group: "channels-checkout"},
		"a longer worker":  {Channel: "channels-checkers.eu"},
		"both":             {Group: "channels-check", Channel: "channels-check"},
		"no name":          {Group: "channels-check room"},
		"no type":          {Message: map[string]string{"token": delivery.Token}},
		"no token":         {Message: map[string]string{"type": "channels.check"}},
		"the reserved key": {Message: map[string]string{"type": "a.b", "t": delivery.Token, channellayer.ReservedKey: "x"}},
	} {
		if err := r.Check(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, r := range map[string]delivery.Request{
		"default":     {},
		"own":         {Group: "channels-check.eu"},
		"real, asked": {Group: "chat_lobby", AllowReal: true, Message: map[string]string{"type": "chat.message", "message": "check " + delivery.Token}},
	} {
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

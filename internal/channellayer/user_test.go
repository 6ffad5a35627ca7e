package channellayer_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// The rule of package redisuser is held to the real layers: all that they do
// passes with it, and nothing in it can be taken away.

const (
	userName      = "app"
	userPassword  = "made-up-User-5k"
	adminPassword = "made-up-Admin-8n"
)

var asUser = url.UserPassword(userName, userPassword)

// userServers are the servers that users are made on.
func userServers() []string { return []string{"", "redis-6.2", "redis-7.4", "valkey-9.1"} }

func userServer(t *testing.T, name string) *redistest.Server {
	t.Helper()
	options := []redistest.Option{redistest.Password(adminPassword)}
	if name != "" {
		options = append(options, redistest.Binary(name))
	}
	return redistest.Start(t, options...)
}

func specOf(class, prefix string) redisuser.Spec {
	spec := redisuser.Spec{Backend: channelconfig.Core, Prefix: prefix}
	if class == layeroracle.PubSub {
		spec.Backend = channelconfig.PubSub
	}
	return spec
}

// makeUser makes the user as the provider does.
func makeUser(t *testing.T, server *redistest.Server, rule redisuser.Rule) {
	t.Helper()
	u, err := redisurl.Parse(secret.New(server.URL()), redisurl.Newest)
	if err != nil {
		t.Fatal(err)
	}
	m := redisuser.Manager{
		Prober: redisprobe.New(), Name: userName, Rule: rule,
		Hosts: []redisprobe.Request{{Connection: u.Connection, Setting: "REDIS_URL", Timeout: 30 * time.Second}},
	}
	if r := m.Update(t.Context(), redisuser.Passwords{Current: secret.New(userPassword)}, redisuser.PersistNone); !r.Done {
		t.Fatalf("%s: %+v", rule, r.Findings)
	}
}

// refusals are what the server has refused to anybody since it was asked last.
func refusals(server *redistest.Server) []string {
	var list []string
	entries, _ := server.Do("ACL", "LOG").([]any)
	for _, entry := range entries {
		fields, _ := entry.([]any)
		told := map[any]any{}
		for i := 0; i+1 < len(fields); i += 2 {
			told[fields[i]] = fields[i+1]
		}
		list = append(list, fmt.Sprint(told["reason"], " ", told["object"], " (", told["context"], ")"))
	}
	if len(list) > 0 { // or one that comes in between would be lost
		server.Do("ACL", "LOG", "RESET")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// userStacks are the newest packages and the oldest; with CHANNELS_FULL all.
func userStacks() []layeroracle.Stack {
	if os.Getenv("CHANNELS_FULL") != "" {
		return layeroracle.Stacks()
	}
	return fidelityStacks()
}

// TestUser_EverythingPassesWithItsRule runs the whole battery of interoperation
// as the user, between Python and Go, and nothing is refused, not even what
// redis-py would ignore.
func TestUser_EverythingPassesWithItsRule(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	for _, stack := range userStacks() {
		t.Run(stack.Environment, func(t *testing.T) {
			t.Parallel()
			process := layeroracle.Start(t, stack)
			for _, name := range userServers() {
				server := userServer(t, name)
				for _, class := range []string{layeroracle.Core, layeroracle.PubSub} {
					c := cell{class: class, format: channellayer.MsgPack, encryption: plain, shards: 1, stack: stack}
					t.Run("redis "+name+" "+c.String(), func(t *testing.T) {
						// The prefix has all that patterns may stumble over.
						prefix := `p*[x]?\ "` + "'é"
						spec := specOf(class, prefix)
						spec.Flush = class == layeroracle.Core
						spec.Channels = []string{"for-python", "for-go", prefix + "-python", prefix + "-go"}
						if class == layeroracle.PubSub {
							prefix = "plain"
							spec.Prefix, spec.Channels = prefix, []string{prefix + "-*"}
						}
						makeUser(t, server, spec.Rule())
						runCell(t, c, process, prefix, []*redistest.Server{server}, asUser)
						if refused := refusals(server); len(refused) > 0 {
							t.Errorf("the server refused %q", refused)
						}
					})
				}
			}
		})
	}
}

// part is something that a rule grants.
type part struct {
	name    string
	without redisuser.Rule
}

// parts are a rule without each of its parts.
func parts(rule redisuser.Rule) []part {
	var list []part
	take := func(sigil string, from []string, put func(r *redisuser.Rule, rest []string)) {
		for i, item := range from {
			r := rule
			put(&r, slices.Concat(from[:i], from[i+1:]))
			list = append(list, part{sigil + item, r})
		}
	}
	take("~", rule.Keys, func(r *redisuser.Rule, rest []string) { r.Keys = rest })
	take("&", rule.Channels, func(r *redisuser.Rule, rest []string) { r.Channels = rest })
	take("+", rule.Commands, func(r *redisuser.Rule, rest []string) { r.Commands = rest })
	return list
}

// app is what an app does with its layer in Python, on one server.
type app struct {
	t       *testing.T
	process *layeroracle.Process
	server  *redistest.Server
	class   string
	prefix  string
	// idle: the app does nothing for longer than that.
	idle bool
}

// rest is over when redis-py thinks that it must look after its connections.
func (a app) rest() string {
	if a.idle {
		<-time.After(1100 * time.Millisecond)
	}
	return ""
}

// breaks does everything that an app does, and returns what goes wrong first, ""
// if nothing does.
func (a app) breaks(flush bool) string {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 60*time.Second)
	defer cancel()
	// The database is another one than 0, and redis-py sends PING by itself over a
	// connection that was idle for a second.
	host := urls(a.class, a.process.Stack(), []*redistest.Server{a.server}, asUser)[0]
	address, query, _ := strings.Cut(host, "?")
	host = address + "/1?health_check_interval=1&" + query
	options := channellayer.Defaults()
	options.Prefix = a.prefix
	layer, err := a.process.NewLayer(ctx, a.class, layeroracle.Config(a.class, options, []string{strings.TrimSuffix(host, "&")}), "")
	if err != nil {
		return err.Error()
	}
	defer func() { _ = layer.Close(context.Background()) }()
	refusals(a.server)
	if a.class == layeroracle.PubSub {
		return a.breaksPubSub(ctx, layer)
	}
	return a.breaksCore(ctx, layer, flush)
}

func (a app) breaksCore(ctx context.Context, layer *layeroracle.Layer, flush bool) string {
	own, err := layer.Call(ctx, "new_channel")
	if err != nil {
		return "new_channel: " + err.Error()
	}
	message := channellayer.Message{"type": "x"}
	steps := [][]any{
		{"send", own, message}, {"receive", own}, {"wait_received"},
		{"send", "worker", message}, {"receive", "worker"}, {"wait_received"},
		{"group_add", "room", own}, {"group_send", "room", message}, {"receive", own}, {"wait_received"},
		{"group_discard", "room", own},
	}
	if flush {
		steps = append(steps, []any{"flush"})
	}
	for i, step := range steps {
		method, _ := step[0].(string)
		if i == 3 {
			a.rest()
		}
		if _, err := layer.Call(ctx, method, step[1:]...); err != nil {
			return method + ": " + err.Error()
		}
		// A confirmation runs by itself, and its exception is nobody's.
		if refused := refusals(a.server); len(refused) > 0 {
			return method + ": nothing is raised, and Redis refused " + strings.Join(refused, ", ")
		}
	}
	return ""
}

// breaksPubSub: a refused subscription is logged by the layer, and nothing more.
func (a app) breaksPubSub(ctx context.Context, layer *layeroracle.Layer) string {
	message := channellayer.Message{"type": "x"}
	call := func(method string, arguments ...any) string {
		if _, err := layer.Call(ctx, method, arguments...); err != nil {
			return method + ": " + err.Error()
		}
		return ""
	}
	own, err := layer.Call(ctx, "new_channel")
	if err != nil {
		return "new_channel: " + err.Error()
	}
	name, _ := own.(string)
	worker := make(chan string, 1)
	for _, step := range []func() string{
		func() string { return a.listens("new_channel", name) },
		func() string { return call("send", name, message) },
		func() string { return call("receive", name) },
		a.rest,
		func() string { return call("group_add", "room", name) },
		func() string { return a.listens("group_add", a.prefix+"__group__room") },
		func() string { return call("group_send", "room", message) },
		func() string { return call("receive", name) },
		func() string { return call("group_discard", "room", name) },
		func() string { return a.quiet("group_discard") },
		func() string {
			go func() { worker <- call("receive", "worker") }()
			return a.listens("receive", "worker")
		},
		func() string { return call("send", "worker", message) },
		func() string { return <-worker },
	} {
		if broken := step(); broken != "" {
			return broken
		}
	}
	return ""
}

// listens waits until somebody does, or the server has refused it.
func (a app) listens(method, channel string) string {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		if reply, _ := a.server.Do("PUBSUB", "NUMSUB", channel).([]any); len(reply) == 2 && reply[1] == int64(1) {
			return ""
		}
		if refused := refusals(a.server); len(refused) > 0 {
			return method + ": nothing is raised and nothing ever received; Redis refused " + strings.Join(refused, ", ")
		}
		<-time.After(2 * time.Millisecond)
	}
	return method + ": nobody listens to " + channel
}

// quiet waits until the group has nobody, or the server has refused that.
func (a app) quiet(method string) string {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		if reply, _ := a.server.Do("PUBSUB", "NUMSUB", a.prefix+"__group__room").([]any); len(reply) == 2 && reply[1] == int64(0) {
			return ""
		}
		if refused := refusals(a.server); len(refused) > 0 {
			return method + ": it stays in the group; Redis refused " + strings.Join(refused, ", ")
		}
		<-time.After(2 * time.Millisecond)
	}
	return method + ": it stays in the group"
}

// TestUser_NothingOfItsRuleCanBeTakenAway takes each command and each pattern
// away from the rule, and a real app breaks.
func TestUser_NothingOfItsRuleCanBeTakenAway(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	names, stacks := []string{""}, []layeroracle.Stack{layeroracle.Stacks()[len(layeroracle.Stacks())-2]}
	if os.Getenv("CHANNELS_FULL") != "" {
		names, stacks = userServers(), fidelityStacks()
	}
	for _, stack := range stacks {
		for _, name := range names {
			for _, class := range []string{layeroracle.Core, layeroracle.PubSub} {
				t.Run(stack.Environment+" redis "+name+" "+class, func(t *testing.T) {
					t.Parallel()
					a := app{t: t, process: layeroracle.Start(t, stack), server: userServer(t, name), class: class, prefix: "gone"}
					spec := specOf(class, a.prefix)
					spec.Database, spec.Channels = 1, []string{"worker"}
					a.each(spec)
					if class == layeroracle.Core {
						spec.Flush = true
						a.each(spec)
					}
				})
			}
		}
	}
}

func (a app) each(spec redisuser.Spec) {
	a.t.Helper()
	rule := spec.Rule()
	makeUser(a.t, a.server, rule)
	a.idle = true
	if broken := a.breaks(spec.Flush); broken != "" {
		a.t.Fatalf("with the whole rule: %s", broken)
	}
	for _, p := range parts(rule) {
		makeUser(a.t, a.server, p.without)
		a.idle = p.name == "+ping"
		broken := a.breaks(spec.Flush)
		if broken == "" {
			a.t.Errorf("nothing breaks without %s: it has no place in the rule", p.name)
		}
		a.t.Logf("without %-22s %s", p.name, broken)
		a.server.Do("FLUSHALL")
	}
}

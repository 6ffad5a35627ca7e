package redisprobe_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// justBefore is a network on which something happens before a command is
// written for the first time.
type justBefore struct {
	redisprobe.SystemNetwork
	command *regexp.Regexp
	happens func(packet string)
	once    sync.Once
}

// before makes one.
func before(command string, happens func(packet string)) *justBefore {
	name := fmt.Sprintf(`(?i)\$%d\r\n%s\r\n`, len(command), command)
	return &justBefore{command: regexp.MustCompile(name), happens: happens}
}

func (n *justBefore) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := n.SystemNetwork.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &watched{conn, n}, nil
}

type watched struct {
	net.Conn
	n *justBefore
}

func (w *watched) Write(p []byte) (int, error) {
	// The question for the user's rights names all commands.
	if w.n.command.Match(p) && !bytes.Contains(p, []byte("acl_check_cmd")) {
		w.n.once.Do(func() { w.n.happens(string(p)) })
	}
	return w.Conn.Write(p)
}

// astray is a network on which the connections after the first one end at
// another server, as behind a load balancer.
type astray struct {
	redisprobe.SystemNetwork
	other string
	dials atomic.Int64
}

func (n *astray) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if n.dials.Add(1) > 1 {
		address = n.other
	}
	return n.SystemNetwork.Dial(ctx, network, address)
}

// key finds a key in a packet.
func key(t *testing.T, packet, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindString(packet)
	if found == "" {
		t.Errorf("no %s in %q", pattern, packet)
	}
	return found
}

const (
	groupPattern   = `asgi:group:tfcheck-[0-9a-f]{26}`
	channelPattern = `asgispecific\.tfcheck[0-9a-f]{26}!`
)

// tripRow is a fault and what a round trip says of it.
type tripRow struct {
	name    string
	server  []redistest.Option
	shapes  []shape
	network func(t *testing.T, server *redistest.Server) redisprobe.Network
	id      finding.ID
	status  finding.Status
	says    string
	fix     string
	// heals: an apply waits.
	heals bool
	// sooner: what was learned before says it, and nothing is sent.
	sooner bool
	// also is a warning beside it.
	also   finding.ID
	within time.Duration
}

// changing is a network on which commands are run before another one is written.
func changing(at string, commands ...[]any) func(*testing.T, *redistest.Server) redisprobe.Network {
	return func(_ *testing.T, server *redistest.Server) redisprobe.Network {
		return before(at, func(string) {
			for _, command := range commands {
				server.Do(command...)
			}
		})
	}
}

func words(text string) []any {
	var list []any
	for _, word := range strings.Fields(text) {
		list = append(list, word)
	}
	return list
}

func users() []redistest.Option {
	return []redistest.Option{redistest.Password(canary), coreUser(coreRules...), pubUser(pubSubRules...)}
}

func tripRows() []tripRow {
	core := []shape{as("core", canary)}
	pub := []shape{pubSub, as("pub", canary)}
	return slices.Concat(lostRows(), stateRows(core, pub), rightsRows(core, pub))
}

// lostRows are messages that do not arrive, and connections that end.
func lostRows() []tripRow {
	elsewhere := func(t *testing.T, _ *redistest.Server) redisprobe.Network {
		return &astray{other: redistest.Start(t).Addr()}
	}
	return []tripRow{
		{name: "two servers behind one address, core", network: elsewhere, id: "roundtrip/not-delivered", status: failed, says: "did not arrive"},
		{name: "two servers behind one address, pub/sub", shapes: []shape{pubSub}, network: elsewhere, id: "roundtrip/not-delivered", status: failed, says: "did not arrive"},
		{name: "keys vanish", network: func(t *testing.T, server *redistest.Server) redisprobe.Network {
			return before("ZPOPMIN", func(string) {
				// The group is known by then; its members get something else first.
				for _, key := range server.Do("KEYS", "*specific*").([]any) {
					t.Errorf("a message is left at %v", key)
				}
				server.Do("FLUSHALL")
			})
		}, id: "", status: finding.Passed},
		{name: "others write to the channel", network: func(t *testing.T, server *redistest.Server) redisprobe.Network {
			return before("BZPOPMIN", func(packet string) {
				server.Do("ZADD", key(t, packet, channelPattern), 0, "junk of "+canary)
			})
		}, id: "roundtrip/not-delivered", status: failed},
		{name: "the server ends", network: func(_ *testing.T, server *redistest.Server) redisprobe.Network {
			return before("MULTI", func(string) { server.Stop() })
		}, id: "roundtrip/interrupted", status: undetermined, says: "was lost", heals: true},
		{name: "the server ends, pub/sub", shapes: []shape{pubSub}, network: func(_ *testing.T, server *redistest.Server) redisprobe.Network {
			return before("PUBLISH", func(string) { server.Stop() })
		}, id: "roundtrip/interrupted", status: undetermined, says: "was lost", heals: true},
		{name: "the server falls silent", network: changing("MULTI", words("CLIENT PAUSE 1500 ALL")), within: time.Second,
			id: "roundtrip/interrupted", status: undetermined, says: "did not answer in time", heals: true},
		{name: "the server falls silent, pub/sub", shapes: []shape{pubSub}, network: changing("SUBSCRIBE", words("CLIENT PAUSE 1500 ALL")), within: time.Second,
			id: "roundtrip/interrupted", status: undetermined, says: "did not answer in time", heals: true},
		{name: "no second connection", network: func(*testing.T, *redistest.Server) redisprobe.Network { return &onlyOne{} },
			id: "roundtrip/interrupted", status: undetermined, says: "could not be opened", heals: true},
		{name: "no room for more clients", server: []redistest.Option{redistest.MaxClients(1)}, id: "redis/too-many-clients", status: failed, heals: true, also: "redis/clients-nearly-full"},
		{name: "a serializer that does not exist", shapes: []shape{layer(channelconfig.Core, func(o *channellayer.Options) { o.SerializerFormat = "yaml" })},
			id: "roundtrip/not-tried", status: undetermined},
		{name: "a serializer that does not exist, pub/sub", shapes: []shape{layer(channelconfig.PubSub, func(o *channellayer.Options) { o.SerializerFormat = "yaml" })},
			id: "roundtrip/not-tried", status: undetermined},
		{name: "the group is no sorted set", network: func(t *testing.T, server *redistest.Server) redisprobe.Network {
			return before("ZADD", func(packet string) { server.Do("SET", key(t, packet, groupPattern), "x", "EX", 5) })
		}, id: "roundtrip/refused", status: failed, says: "ZADD (in group_add())"},
	}
}

// onlyOne is a network that lets one connection through.
type onlyOne struct {
	redisprobe.SystemNetwork
	dials atomic.Int64
}

func (n *onlyOne) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if n.dials.Add(1) > 1 {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrPermission}
	}
	return n.SystemNetwork.Dial(ctx, network, address)
}

// stateRows are servers that take no writes of this layer.
func stateRows(core, pub []shape) []tripRow {
	oneNode := func(options ...redistest.Option) []redistest.Option {
		return append(append(users(), redistest.Cluster()), options...)
	}
	full := [][]any{words("CONFIG SET maxmemory 1"), words("CONFIG SET maxmemory-policy noeviction")}
	return []tripRow{
		{name: "one-node cluster", server: oneNode(), shapes: core, network: allSlots, id: "redis/cluster", status: failed, sooner: true},
		{name: "one-node cluster, default user", server: oneNode(), shapes: []shape{as("default", canary)}, network: allSlots, id: "redis/cluster", status: failed, sooner: true},
		{name: "one-node cluster that does not say so", server: oneNode(redistest.Without("HELLO")), shapes: core, network: allSlots, id: "redis/cluster", status: failed,
			says: "refused EXEC (in group_send()): it is part of a Cluster"},
		{name: "cluster that is down and does not say so", server: oneNode(redistest.Without("HELLO")), shapes: core, id: "redis/cluster", status: failed,
			says: "in group_add()): it is part of a Cluster"},
		{name: "one-node cluster, pub/sub", server: oneNode(), shapes: pub, network: allSlots, status: finding.Passed},
		{name: "becomes a replica", shapes: core, server: users(), network: changing("MULTI", words("REPLICAOF 127.0.0.1 1")), id: "redis/replica", status: failed,
			says: "ReadOnlyError in group_add()"},
		{name: "memory runs out", shapes: core, server: users(), network: changing("MULTI", full...), id: "redis/memory-full", status: failed, says: "ZADD (in group_add())"},
		{name: "memory runs out before the group message", shapes: core, server: users(), network: changing("ZPOPMIN", full...), id: "redis/memory-full", status: failed},
		{name: "memory runs out, pub/sub", shapes: pub, server: users(), network: changing("PUBLISH", full...), status: finding.Passed},
		{name: "replicas go away", shapes: core, server: users(), network: changing("MULTI", words("CONFIG SET min-replicas-to-write 1")),
			id: "redis/not-enough-replicas", status: failed, heals: true},
		{name: "the disk fails", shapes: core, server: users(), network: diskFails, id: "redis/disk-error", status: failed, heals: true},
	}
}

// allSlots makes a node in cluster mode a whole Cluster.
func allSlots(t *testing.T, server *redistest.Server) redisprobe.Network {
	add := words("CLUSTER ADDSLOTS")
	for slot := range 16384 {
		add = append(add, slot)
	}
	server.Do(add...)
	if !eventually(10*time.Second, func() bool { return strings.Contains(server.Do("CLUSTER", "INFO").(string), "cluster_state:ok") }) {
		t.Error("the Cluster is not complete")
	}
	return redisprobe.SystemNetwork{}
}

// diskFails makes a save fail: the directory to save to is gone.
func diskFails(t *testing.T, server *redistest.Server) redisprobe.Network {
	return before("MULTI", func(string) {
		if err := os.RemoveAll(filepath.Dir(server.Socket())); err != nil {
			t.Error(err)
		}
		server.Do("CONFIG", "SET", "save", "3600 1")
		server.Do("BGSAVE")
		if !eventually(10*time.Second, func() bool {
			return !strings.Contains(server.Do("INFO", "persistence").(string), "rdb_last_bgsave_status:ok")
		}) {
			t.Error("saving does not fail")
		}
	})
}

// rightsRows are users who lack something.
func rightsRows(core, pub []shape) []tripRow {
	lose := func(user, command, at string) tripRow {
		return tripRow{
			name: "the user loses " + command, server: users(), shapes: map[string][]shape{"core": core, "pub": pub}[user],
			network: changing(at, words("ACL SETUSER "+user+" -"+command)), id: "acl/missing-commands", status: failed, fix: "+" + command,
		}
	}
	narrow := func(user string, rules ...string) []redistest.Option {
		kept := without(map[string][]string{"core": coreRules, "pub": pubSubRules}[user], "~asgi*", "&asgi*")
		return []redistest.Option{redistest.Password(canary), redistest.User(user, append(kept, rules...)...)}
	}
	return []tripRow{
		lose("core", "zpopmin", "MULTI"), lose("core", "bzpopmin", "MULTI"), lose("core", "zadd", "MULTI"), lose("core", "eval", "MULTI"),
		lose("core", "multi", "MULTI"), lose("core", "exec", "MULTI"), lose("core", "zrange", "MULTI"), lose("core", "expire", "MULTI"),
		lose("core", "zcount", "MULTI"), lose("core", "zremrangebyscore", "MULTI"), lose("core", "zrem", "ZREM"), lose("core", "del", "MULTI"),
		lose("pub", "publish", "PUBLISH"), lose("pub", "subscribe", "SUBSCRIBE"), lose("pub", "unsubscribe", "UNSUBSCRIBE"),
		{name: "no channels at all", server: narrow("pub"), shapes: pub, id: "acl/missing-channels", status: failed, says: "SUBSCRIBE (in receive())", fix: "&asgi*"},
		{name: "channels of another prefix", server: narrow("pub", "&other*"), shapes: pub, id: "acl/missing-channels", status: failed},
		{name: "channels of the app's alone", server: narrow("pub", "&asgispecific.[0-9a-f]*", "&asgi__group__*"), shapes: pub, id: "roundtrip/not-tried", status: undetermined},
		{name: "groups of the app's alone, pub/sub", server: narrow("pub", "&asgispecific.*", "&asgi__group__chat*"), shapes: pub, id: "roundtrip/not-tried", status: undetermined,
			says: "SUBSCRIBE (in group_add())"},
		{name: "groups of the app's alone", server: narrow("core", "~asgispecific.*", "~asgi:group:chat*"), shapes: core, id: "roundtrip/not-tried", status: undetermined,
			says: "EXPIRE (in group_add())"},
		{name: "channels of the app's alone, core", server: narrow("core", "~asgispecific.[0-9a-f]*", "~asgi:group:*"), shapes: core, id: "roundtrip/not-tried", status: undetermined},
		{name: "the user loses its keys", server: users(), shapes: core, network: changing("MULTI", words("ACL SETUSER core resetkeys ~asgi:group:*")),
			id: "acl/missing-keys", status: failed, says: "keys of the layer"},
		{name: "the two documented patterns", server: narrow("core", "~asgispecific.*", "~asgi:group:*"), shapes: core, status: finding.Passed},
		{name: "the two documented patterns, pub/sub", server: narrow("pub", "&asgispecific.*", "&asgi__group__*"), shapes: pub, status: finding.Passed},
		{name: "DEL is taken away in the end", server: users(), shapes: core, network: changing("DEL", words("ACL SETUSER core -del")),
			id: "roundtrip/cleanup-refused", status: finding.Passed},
	}
}

func TestRoundTrip_FaultsOfOtherServersHaveTheirFinding(t *testing.T) {
	if os.Getenv("CHANNELS_FULL") == "" {
		t.Skip("CHANNELS_FULL is not set")
	}
	for _, name := range []string{"redis-6.2", "redis-7.4", "valkey-9.1"} {
		for _, r := range tripRows() {
			t.Run(name+" "+r.name, func(t *testing.T) {
				t.Parallel()
				r.server = append([]redistest.Option{redistest.Binary(name)}, r.server...)
				r.check(t)
			})
		}
	}
}

func TestRoundTrip_EveryFaultHasItsFinding(t *testing.T) {
	redistest.Slow(t)
	rows := tripRows()
	given := map[finding.ID]bool{"roundtrip/group-not-delivered": true} // a test of its own
	for _, r := range rows {
		given[r.id] = true
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.check(t)
		})
	}
	for _, doc := range redisprobe.Docs() {
		if strings.HasPrefix(string(doc.ID), "roundtrip/") && !given[doc.ID] {
			t.Errorf("no row gives %s", doc.ID)
		}
	}
}

func (r tripRow) check(t *testing.T) {
	server := redistest.Start(t, r.server...)
	var options []redisprobe.Option
	if r.network != nil {
		options = append(options, redisprobe.WithNetwork(r.network(t, server)))
	}
	asked := request(t, server.Addr(), append([]shape{roundTrip}, r.shapes...)...)
	if r.within > 0 {
		asked.Timeout = r.within
	}
	report := redisprobe.New(options...).Look(t.Context(), asked)
	r.judge(t, report)
	shown := fmt.Sprintf("%+v %#v", report, report)
	if strings.Contains(shown, canary) {
		t.Errorf("shows a secret: %s", strings.ReplaceAll(shown, canary, "<HERE>"))
	}
	if strings.Contains(r.name, "the server") || r.id == "roundtrip/cleanup-refused" || r.id == "redis/replica" {
		return
	}
	for _, key := range server.Do("KEYS", "*").([]any) {
		if ttl, _ := server.Do("TTL", key).(int64); ttl < 0 || ttl > 30 {
			t.Errorf("%v is left with a TTL of %d", key, ttl)
		}
	}
}

func (r tripRow) judge(t *testing.T, report redisprobe.Report) {
	t.Helper()
	told := slices.DeleteFunc(slices.Clone(report.Outcome.Findings), func(f finding.Finding) bool {
		return f.Severity == finding.Info && f.ID != r.id || f.ID == r.also
	})
	if report.Outcome.Status != r.status || (r.id == "") != (len(told) == 0) || r.id != "" && (len(told) != 1 || told[0].ID != r.id) {
		t.Fatalf("got %v %+v, want %v %s", report.Outcome.Status, told, r.status, r.id)
	}
	if report.Transient != r.heals || (report.RoundTrip == nil) != r.sooner {
		t.Errorf("transient %v, round trip %+v", report.Transient, report.RoundTrip)
	}
	if r.id == "" {
		return
	}
	f := told[0]
	if !strings.Contains(f.Detail, r.says) || !strings.Contains(f.Fix, r.fix) || !strings.HasSuffix(f.Detail, ".") || f.Setting != "REDIS_URL" {
		t.Errorf("got %+v, want it to say %q and to fix with %q", f, r.says, r.fix)
	}
	if delivered := report.RoundTrip != nil && report.RoundTrip.Delivered(); delivered && r.status == failed && r.fix != "+zrem" && r.fix != "+unsubscribe" {
		t.Errorf("all is delivered: %+v", report.RoundTrip)
	}
}

// Others who write into a member's channel make it get another message.
func TestRoundTrip_GroupMemberThatGetsSomethingElseIsNotServed(t *testing.T) {
	server := redistest.Start(t)
	junk := before("ZPOPMIN", func(packet string) {
		mine := key(t, packet, channelPattern)
		for _, channel := range server.Do("ZRANGE", server.Do("KEYS", "*:group:*").([]any)[0], 0, -1).([]any) {
			if name := "asgi" + strings.SplitAfter(channel.(string), "!")[0]; name != mine {
				server.Do("ZADD", name, 0, "junk")
			}
		}
	})
	report := redisprobe.New(redisprobe.WithNetwork(junk)).Look(t.Context(), request(t, server.Addr(), roundTrip))
	if !report.Outcome.Has("roundtrip/group-not-delivered") || report.RoundTrip == nil || !report.RoundTrip.Direct || report.RoundTrip.GroupMembers != 1 {
		t.Errorf("got %+v %+v", report.Outcome, report.RoundTrip)
	}
	if left := server.Do("DBSIZE"); left != int64(0) {
		t.Errorf("left: %v", server.Do("KEYS", "*"))
	}
}

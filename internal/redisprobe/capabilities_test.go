package redisprobe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// looking asks for the capabilities of a core layer with redis-py 7.4.1.
func looking(r *redisprobe.Request) {
	r.Depth = redisprobe.DepthCapabilities
	r.Timeout = 5 * time.Second
	redisPy(7, 4, 1)(r)
	r.Layer = &redisprobe.Layer{Backend: channelconfig.Core, Options: channellayer.Defaults()}
}

func prefixed(prefix string) shape {
	return func(r *redisprobe.Request) { r.Layer.Options.Prefix = prefix }
}

func unstated(r *redisprobe.Request) { r.Redis = nil }

func inDebug(r *redisprobe.Request) { r.Debug = true }

func socketTimeout(seconds float64) shape {
	return func(r *redisprobe.Request) {
		r.Connection.Options["socket_timeout"] = redisurl.Option{Text: secret.New(fmt.Sprint(seconds)), Float: &seconds}
	}
}

func lookAt(t testing.TB, server *redistest.Server, shapes ...shape) redisprobe.Request {
	t.Helper()
	return request(t, server.Addr(), append([]shape{looking}, shapes...)...)
}

// sight is a server and what the look at it must say, but for the note that it
// has just been started.
type sight struct {
	name    string
	request redisprobe.Request
	network redisprobe.Network
	want    map[finding.ID]finding.Severity
	// says is what the detail of the first finding must hold.
	says string
	// unknown: the rights could not all be learned.
	unknown bool
	// transient: an apply waits for it to heal.
	transient bool
}

func only(id finding.ID, severity finding.Severity) map[finding.ID]finding.Severity {
	return map[finding.ID]finding.Severity{id: severity}
}

func errorOf(id finding.ID) map[finding.ID]finding.Severity   { return only(id, finding.Error) }
func warningOf(id finding.ID) map[finding.ID]finding.Severity { return only(id, finding.Warning) }
func infoOf(id finding.ID) map[finding.ID]finding.Severity    { return only(id, finding.Info) }

func (s sight) check(t *testing.T) {
	t.Helper()
	var options []redisprobe.Option
	if s.network != nil {
		options = append(options, redisprobe.WithNetwork(s.network))
	}
	report := redisprobe.New(options...).Look(t.Context(), s.request)
	got := map[finding.ID]finding.Severity{}
	worst := finding.Severity(0)
	for _, f := range report.Outcome.Findings {
		if f.ID == "redis/restarted" {
			continue
		}
		got[f.ID] = f.Severity
		worst = max(worst, f.Severity)
		if strings.Contains(f.Detail, "  ") || !strings.HasSuffix(f.Detail, ".") || f.Fix == "" || f.Setting != "REDIS_URL" {
			t.Errorf("%+v", f)
		}
	}
	if !maps.Equal(got, s.want) && len(got)+len(s.want) > 0 {
		t.Fatalf("got %v, want %v: %+v", got, s.want, report.Outcome.Findings)
	}
	status := finding.Passed
	switch {
	case worst > finding.Info:
		status = finding.Failed
	case s.unknown:
		status = finding.Undetermined
	}
	if report.Outcome.Status != status {
		t.Errorf("status %v, want %v", report.Outcome.Status, status)
	}
	if want := worst < finding.Error; report.Ready != want {
		t.Errorf("ready %v, want %v", report.Ready, want)
	}
	if report.Transient != s.transient {
		t.Errorf("transient %v, want %v", report.Transient, s.transient)
	}
	if s.says != "" && !strings.Contains(report.Outcome.Findings[0].Detail, s.says) {
		t.Errorf("detail %q, want it to say %q", report.Outcome.Findings[0].Detail, s.says)
	}
	if shown, err := json.Marshal(report); err != nil || strings.Contains(string(shown), canary) {
		t.Errorf("%v, or shows the password: %s", err, strings.ReplaceAll(string(shown), canary, "<HERE>"))
	}
}

func checkSights(t *testing.T, sights []sight) {
	for _, s := range sights {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.check(t)
		})
	}
}

// elsewhere is a server of this machine that has an address beyond it.
type elsewhere struct{ addr string }

func (elsewhere) Resolve(context.Context, string) ([]string, error) {
	return []string{"192.0.2.1"}, nil
}

func (e elsewhere) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", e.addr)
}

func kindSights(t *testing.T) []sight {
	master := redistest.Start(t, redistest.Password(canary), redistest.Config("repl-diskless-sync-delay 0"))
	replica := redistest.Start(t, redistest.ReplicaOf(master), redistest.Password(canary), leastCore())
	replica.AwaitInfo("replication", "master_link_status:up")
	orphan := redistest.Start(t, redistest.Config("replicaof 127.0.0.1 1"))
	stale := redistest.Start(t, redistest.Binary("redis-6.2"), redistest.Config("replicaof 127.0.0.1 1", "replica-serve-stale-data no"))
	sentinel := redistest.Start(t, redistest.Sentinel(master))
	three := redistest.StartCluster(t, 3)
	one := redistest.StartCluster(t, 1, redistest.Password(canary), leastCore())[0]
	empty := redistest.Start(t, redistest.Cluster())
	return []sight{
		{name: "Sentinel", request: lookAt(t, sentinel), want: errorOf("redis/sentinel")},
		{name: "Sentinel, pub/sub", request: lookAt(t, sentinel, pubSub), want: errorOf("redis/sentinel")},
		{name: "Sentinel, database 1", request: lookAt(t, sentinel, onDB(1)), want: errorOf("redis/sentinel")},
		{name: "Cluster of three", request: lookAt(t, three[0]), want: errorOf("redis/cluster")},
		{name: "Cluster of three, last node", request: lookAt(t, three[2]), want: errorOf("redis/cluster")},
		{name: "Cluster of three, pub/sub", request: lookAt(t, three[1], pubSub)},
		{name: "Cluster of one", request: lookAt(t, one, as("", canary)), want: errorOf("redis/cluster")},
		{name: "Cluster of one, few rights", request: lookAt(t, one, as("core", canary)), want: errorOf("redis/cluster")},
		{name: "Cluster of one, pub/sub", request: lookAt(t, one, as("", canary), pubSub)},
		{name: "Cluster of one, database 1", request: lookAt(t, one, as("", canary), onDB(1)), want: errorOf("redis/cluster")},
		{name: "Cluster of one, database 1, pub/sub", request: lookAt(t, one, as("", canary), onDB(1), pubSub), want: errorOf("redis/database-out-of-range")},
		{name: "Cluster without slots", request: lookAt(t, empty), want: errorOf("redis/cluster")},
		{name: "replica", request: lookAt(t, replica, as("", canary)), want: errorOf("redis/replica")},
		{name: "replica, few rights", request: lookAt(t, replica, as("core", canary)), want: errorOf("redis/replica")},
		{name: "replica, pub/sub", request: lookAt(t, replica, as("", canary), pubSub), want: errorOf("redis/replica"), says: "does not reach"},
		{name: "replica without its master", request: lookAt(t, orphan), want: errorOf("redis/replica"), says: "lost the connection to its master"},
		{name: "replica that serves nothing stale", request: lookAt(t, stale), want: errorOf("redis/replica")},
	}
}

// oldRedis answers as a Redis before 6 does, to a core layer.
func oldRedis(version string) faults.Behaviour {
	said := "# Server\r\nredis_version:" + version + "\r\nredis_mode:standalone\r\n# Replication\r\nrole:master\r\n"
	unknown := "-ERR unknown command `HELLO`, with args beginning with: \r\n"
	text := func(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
	lacks := "+"
	if strings.HasPrefix(version, "4") {
		lacks = "?"
	}
	return faults.Answer(unknown, unknown+text("old"+lacks+"+"), text(said))
}

func commandSights(t *testing.T) []sight {
	without := redistest.Start(t, redistest.Without("BZPOPMIN"))
	without62 := redistest.Start(t, redistest.Binary("redis-6.2"), redistest.Without("BZPOPMIN"))
	noEval := redistest.Start(t, redistest.Without("EVAL"))
	noExpire := redistest.Start(t, redistest.Without("EXPIRE", "ZREM"))
	noHello := redistest.Start(t, redistest.Without("HELLO"))
	neither := redistest.Start(t, redistest.Without("HELLO", "BZPOPMIN"))
	seen := redistest.Start(t, redistest.Binary("redis-7.4"), redistest.Without("HELLO"))
	client(t, seen, "8.1.0", "PING")
	four := request(t, faults.Serve(t, oldRedis("4.0.14")).Addr(), looking)
	five := request(t, faults.Serve(t, oldRedis("5.0.14")).Addr(), looking)
	five8 := request(t, faults.Serve(t, oldRedis("5.0.14")).Addr(), looking, redisPy(8, 1, 0), socketTimeout(10))
	return []sight{
		{name: "Redis 4", request: four, want: errorOf("redis/too-old"), says: "version 4.0.14"},
		{name: "Redis 5", request: five},
		{name: "Redis 5 and redis-py 8", request: five8, want: errorOf("redis/no-hello")},
		{name: "no BZPOPMIN", request: lookAt(t, without), want: errorOf("redis/too-old")},
		{name: "no BZPOPMIN, 6.2", request: lookAt(t, without62), want: errorOf("redis/too-old")},
		{name: "no BZPOPMIN, pub/sub", request: lookAt(t, without, pubSub)},
		{name: "no EVAL", request: lookAt(t, noEval), want: errorOf("redis/command-missing"), says: "EVAL"},
		{name: "no EVAL, pub/sub", request: lookAt(t, noEval, pubSub)},
		{name: "no EXPIRE and no ZREM", request: lookAt(t, noExpire), want: errorOf("redis/command-missing"), says: "EXPIRE and ZREM"},
		{name: "no HELLO, redis-py 8", request: lookAt(t, noHello, redisPy(8, 0, 0), socketTimeout(10)), want: errorOf("redis/no-hello")},
		{name: "no HELLO, redis-py 8, pub/sub", request: lookAt(t, noHello, redisPy(8, 0, 0), pubSub), want: errorOf("redis/no-hello")},
		{name: "no HELLO, redis-py 7", request: lookAt(t, noHello)},
		{name: "no HELLO, redis-py 8 told otherwise", request: lookAt(t, noHello, redisPy(8, 0, 0), socketTimeout(10), option("protocol", "2"))},
		{name: "no HELLO, redis-py unstated", request: lookAt(t, noHello, unstated, socketTimeout(10)), want: infoOf("redis/no-hello")},
		{name: "no HELLO, redis-py 8 seen", request: lookAt(t, seen, unstated, socketTimeout(10)), want: warningOf("redis/no-hello"), says: "8.1.0"},
		{name: "neither HELLO nor BZPOPMIN", request: lookAt(t, neither, redisPy(8, 0, 0), socketTimeout(10)), want: errorOf("redis/too-old"), says: "HELLO"},
	}
}

// client is another client of a server, which does something and stays.
func client(t testing.TB, server *redistest.Server, version string, command ...any) {
	t.Helper()
	var over net.Conn
	c := redis.NewClient(&redis.Options{
		Dialer: func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
			var dialer net.Dialer
			over, err = dialer.DialContext(ctx, "tcp", server.Addr())
			return over, err
		},
		Protocol: 2, PoolSize: 1, DisableIdentity: true, MaxRetries: -1, ReadTimeout: -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	ctx := context.Background()
	conn := c.Conn()
	for _, setting := range [][]any{{"CLIENT", "SETINFO", "LIB-NAME", "redis-py"}, {"CLIENT", "SETINFO", "LIB-VER", version}} {
		if err := conn.Do(ctx, setting...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = conn.Do(ctx, command...).Err()
	}()
	t.Cleanup(func() {
		_ = over.Close()
		<-done
		_ = conn.Close()
		_ = c.Close()
	})
	if command[0] == "BZPOPMIN" {
		server.AwaitInfo("clients", "blocked_clients:1")
		return
	}
	<-done
}

func timeoutSights(t *testing.T) []sight {
	plain := redistest.Start(t)
	said := func(version string, command ...any) *redistest.Server {
		server := redistest.Start(t, redistest.Binary("redis-7.4"), redistest.User("other", "on", ">"+canary, "~*", "&*", "+@all"))
		client(t, server, version, command...)
		return server
	}
	valkey := redistest.Start(t, redistest.Binary("valkey-9.1"))
	client(t, valkey, "8.0.1", "PING")
	eight, seven := said("8.1.0", "PING"), said("7.4.1", "PING")
	waiting := said("8.1.0", "BZPOPMIN", "asgispecific.x!", 0)
	warning := warningOf("layer/socket-timeout")
	return []sight{
		{name: "redis-py 8", request: lookAt(t, plain, redisPy(8, 0, 0))},
		{name: "redis-py 8 with 10 s", request: lookAt(t, plain, redisPy(8, 0, 0), socketTimeout(10))},
		{name: "redis-py 8 with 5 s", request: lookAt(t, plain, redisPy(8, 0, 0), socketTimeout(5))},
		{name: "redis-py 8, pub/sub", request: lookAt(t, plain, redisPy(8, 0, 0), pubSub)},
		{name: "redis-py 7", request: lookAt(t, plain)},
		{name: "redis-py 7 with 5 s", request: lookAt(t, plain, socketTimeout(5))},
		{name: "redis-py 7 with 0", request: lookAt(t, plain, socketTimeout(0))},
		{name: "redis-py 7 with 5.5 s", request: lookAt(t, plain, socketTimeout(5.5))},
		{name: "unstated with 4.9 s", request: lookAt(t, plain, unstated, socketTimeout(4.9))},
		{name: "unstated", request: lookAt(t, plain, unstated)},
		{name: "unstated, 8 seen", request: lookAt(t, eight, unstated), want: warning, says: "redis-py 8.1.0"},
		{name: "unstated, 8 seen in Valkey", request: lookAt(t, valkey, unstated), want: warning, says: "redis-py 8.0.1"},
		{name: "unstated, 7 seen", request: lookAt(t, seven, unstated)},
		{name: "unstated, 8 seen in another database", request: lookAt(t, eight, unstated, onDB(1))},
		{name: "unstated, 8 seen of another user", request: lookAt(t, eight, unstated, as("other", canary))},
		{name: "7 stated, 8 seen", request: lookAt(t, eight)},
		{name: "7 stated, 8 waits for messages", request: lookAt(t, waiting), want: warning},
	}
}

// fill stores so much that what a connection takes does not count.
func fill(server *redistest.Server) int {
	server.Do("SETRANGE", "big", 20<<20, "x")
	return used(server)
}

func used(server *redistest.Server) int {
	text, _ := server.Do("INFO", "memory").(string)
	n := 0
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "used_memory:"); ok {
			_, _ = fmt.Sscan(value, &n)
		}
	}
	return n
}

func memorySights(t *testing.T) []sight {
	with := func(policy string, share float64, options ...redistest.Option) *redistest.Server {
		server := redistest.Start(t, append(options, redistest.Config("maxmemory-policy "+policy))...)
		server.Do("CONFIG", "SET", "maxmemory", int(float64(fill(server))/share))
		return server
	}
	full := with("noeviction", 1.05, leastCore())
	unlimited := redistest.Start(t, redistest.Config("maxmemory-policy allkeys-lru"))
	fill(unlimited)
	evicting := redistest.Start(t, redistest.Config("maxmemory-policy allkeys-lru"))
	limit := fill(evicting) + (4 << 20)
	evicting.Do("CONFIG", "SET", "maxmemory", limit)
	evicting.Do("SETRANGE", "more", 8<<20, "x")
	evicting.Do("SETRANGE", "again", 1<<20, "x")
	return []sight{
		{name: "full", request: lookAt(t, full), want: errorOf("redis/memory-full"), says: "of maxmemory"},
		{name: "full, few rights", request: lookAt(t, full, as("core", canary)), want: errorOf("redis/memory-full")},
		{name: "full, pub/sub", request: lookAt(t, full, pubSub)},
		{name: "full, 6.2", request: lookAt(t, with("noeviction", 1.05, redistest.Binary("redis-6.2"))), want: errorOf("redis/memory-full")},
		{name: "full, and nothing may be deleted", request: lookAt(t, with("volatile-lru", 1.05)), want: errorOf("redis/memory-full")},
		{name: "nearly full", request: lookAt(t, with("noeviction", 0.95)), want: warningOf("redis/memory-nearly-full"), says: "of maxmemory"},
		{name: "half full", request: lookAt(t, with("noeviction", 0.5))},
		{name: "may evict, no limit", request: lookAt(t, unlimited)},
		{name: "may evict", request: lookAt(t, with("volatile-lru", 0.5)), want: infoOf("redis/eviction"), says: "volatile-lru"},
		{name: "may evict, pub/sub", request: lookAt(t, with("volatile-lru", 0.5), pubSub)},
		{name: "will evict", request: lookAt(t, with("allkeys-lru", 0.85)), want: warningOf("redis/eviction"), says: "of which it has used 8"},
		{name: "has evicted", request: lookAt(t, evicting), want: warningOf("redis/eviction"), says: "has deleted"},
	}
}

// unwritable makes a server fail to save.
func unwritable(t *testing.T, options ...redistest.Option) *redistest.Server {
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	server := redistest.Start(t, append(options, redistest.Config("dir "+dir, "save 3600 1000"))...)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	server.Do("BGSAVE")
	server.AwaitInfo("persistence", "rdb_last_bgsave_status:err")
	return server
}

func writeSights(t *testing.T) []sight {
	lonely := redistest.Start(t, redistest.Config("min-replicas-to-write 1"), leastCore())
	lonely62 := redistest.Start(t, redistest.Binary("redis-6.2"), redistest.Config("min-replicas-to-write 1"))
	broken := unwritable(t, leastCore())
	careless := unwritable(t, redistest.Config("stop-writes-on-bgsave-error no"))
	broken62 := unwritable(t, redistest.Binary("redis-6.2"))
	return []sight{
		{name: "too few replicas", request: lookAt(t, lonely), want: errorOf("redis/not-enough-replicas"), transient: true},
		{name: "too few replicas, few rights", request: lookAt(t, lonely, as("core", canary)), want: errorOf("redis/not-enough-replicas"), transient: true},
		{name: "too few replicas, 6.2", request: lookAt(t, lonely62), want: errorOf("redis/not-enough-replicas"), transient: true},
		{name: "too few replicas, pub/sub", request: lookAt(t, lonely, pubSub)},
		{name: "cannot save", request: lookAt(t, broken), want: errorOf("redis/disk-error"), transient: true},
		{name: "cannot save, few rights", request: lookAt(t, broken, as("core", canary)), want: errorOf("redis/disk-error"), transient: true},
		{name: "cannot save, pub/sub", request: lookAt(t, broken, pubSub)},
		{name: "cannot save and goes on", request: lookAt(t, careless)},
		{name: "cannot save, 6.2", request: lookAt(t, broken62), want: warningOf("redis/disk-error")},
	}
}

func useSights(t *testing.T) []sight {
	crowded := redistest.Start(t, redistest.MaxClients(19))
	for range 16 {
		conn, err := net.Dial("tcp", crowded.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	crowded.AwaitInfo("clients", "connected_clients:17")
	open := redistest.Start(t, leastCore())
	locked := redistest.Start(t, redistest.Password(canary), leastCore())
	from := func(server *redistest.Server, s sight) sight { s.network = elsewhere{server.Addr()}; return s }
	named := host("redis.example.com")
	return []sight{
		{name: "crowded", request: lookAt(t, crowded), want: warningOf("redis/clients-nearly-full"), says: "clients of at most 20"},
		{name: "crowded, pub/sub", request: lookAt(t, crowded, pubSub), want: warningOf("redis/clients-nearly-full")},
		{name: "open on this machine", request: lookAt(t, open)},
		{name: "open on this machine, a user", request: lookAt(t, open, as("core", canary))},
		{name: "open over a Unix socket", request: lookAt(t, open, socket(open.Socket()))},
		from(open, sight{name: "open", request: lookAt(t, open, named), want: warningOf("auth/open")}),
		from(open, sight{name: "open, pub/sub", request: lookAt(t, open, named, pubSub), want: warningOf("auth/open")}),
		from(open, sight{name: "open in debug", request: lookAt(t, open, named, inDebug), want: infoOf("auth/open")}),
		from(open, sight{name: "open to others", request: lookAt(t, open, named, as("core", canary)), want: warningOf("auth/open"), says: "default user"}),
		from(open, sight{name: "open, and a password", request: lookAt(t, open, named, as("default", canary)), want: warningOf("auth/password-not-set")}),
		from(locked, sight{name: "password", request: lookAt(t, locked, named, as("default", canary))}),
		from(locked, sight{name: "password, a user", request: lookAt(t, locked, named, as("core", canary))}),
	}
}

func TestLook_CapabilitiesHaveTheirFinding(t *testing.T) {
	redistest.Slow(t)
	sights := slices.Concat(kindSights(t), commandSights(t), timeoutSights(t), memorySights(t), writeSights(t), useSights(t))
	checkSights(t, sights)
	// The tests of rights have the last.
	given := []finding.ID{"redis/restarted", "acl/missing-commands", "acl/missing-keys", "acl/missing-channels", "acl/rights-unknown"}
	for _, s := range sights {
		given = slices.AppendSeq(given, maps.Keys(s.want))
	}
	for _, id := range redisprobe.CapabilityIDs() {
		if !slices.Contains(given, id) {
			t.Errorf("no sight gives %s", id)
		}
	}
}

func TestLook_RestartIsANoteForCoreLayers(t *testing.T) {
	server := redistest.Start(t)
	report := redisprobe.New().Look(t.Context(), lookAt(t, server))
	if !report.Outcome.Has("redis/restarted") || !report.Passed() || !report.Ready {
		t.Errorf("got %+v", report.Outcome)
	}
	report = redisprobe.New().Look(t.Context(), lookAt(t, server, pubSub))
	if len(report.Outcome.Findings) > 0 || !report.Ready {
		t.Errorf("pub/sub: got %+v", report.Outcome)
	}
}

package redisprobe_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/big"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// recorder is a network that keeps what is written to each connection.
type recorder struct {
	redisprobe.SystemNetwork
	mu      sync.Mutex
	written []*bytes.Buffer
}

func (n *recorder) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := n.SystemNetwork.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.written = append(n.written, &bytes.Buffer{})
	return &recorded{conn, n, n.written[len(n.written)-1]}, nil
}

type recorded struct {
	net.Conn
	n    *recorder
	into *bytes.Buffer
}

func (c *recorded) Write(p []byte) (int, error) {
	c.n.mu.Lock()
	_, _ = c.into.Write(p)
	c.n.mu.Unlock()
	return c.Conn.Write(p)
}

// sent are the commands written to each connection, names in lower case.
func (n *recorder) sent(t *testing.T) [][][]string {
	t.Helper()
	var all [][][]string
	for _, written := range n.written {
		reader, commands := bufio.NewReader(written), [][]string{}
		number := func(sigil byte) int {
			line, err := reader.ReadString('\n')
			if err != nil || line[0] != sigil {
				t.Fatalf("not RESP: %q %v", line, err)
			}
			value, _ := strconv.Atoi(strings.TrimSpace(line[1:]))
			return value
		}
		for {
			if _, err := reader.Peek(1); err != nil {
				break
			}
			var command []string
			for range number('*') {
				text := make([]byte, number('$')+2)
				if _, err := io.ReadFull(reader, text); err != nil {
					t.Fatal(err)
				}
				command = append(command, string(text[:len(text)-2]))
			}
			command[0] = strings.ToLower(command[0])
			commands = append(commands, command)
		}
		all = append(all, commands)
	}
	return all
}

// kinds are layers with every kind of message.
var kinds = map[string]shape{
	"core":                     layer(channelconfig.Core),
	"core, encrypted":          layer(channelconfig.Core, encrypted),
	"core, JSON, encrypted":    layer(channelconfig.Core, asJSON, encrypted),
	"pub/sub":                  layer(channelconfig.PubSub),
	"pub/sub, JSON, encrypted": layer(channelconfig.PubSub, asJSON, encrypted),
}

func TestRoundTrip_WritesItsOwnNamesAloneEachWithAnExpiry(t *testing.T) {
	server := redistest.Start(t)
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			network := &recorder{}
			report := redisprobe.New(redisprobe.WithNetwork(network)).Look(t.Context(), request(t, server.Addr(), roundTrip, kind))
			if !report.Passed() {
				t.Fatalf("got %+v", report)
			}
			messages := 0
			for _, commands := range network.sent(t) {
				messages += checkCommands(t, commands)
			}
			// To one, and to the group: for each member a copy of its own on the core
			// layer, which keeps one more of what was received.
			if want := map[bool]int{true: 2, false: 6}[strings.HasPrefix(name, "pub")]; messages != want {
				t.Errorf("%d messages were written, want %d", messages, want)
			}
		})
	}
}

// checkCommands checks what was written to one connection and returns how many
// messages there were.
func checkCommands(t *testing.T, commands [][]string) (messages int) {
	t.Helper()
	message := func(text string) {
		messages++
		if len(text) >= 200 {
			t.Errorf("a message has %d bytes", len(text))
		}
	}
	own := func(names ...string) {
		for _, name := range names {
			if !strings.Contains(name, "specific.tfcheck") && !strings.Contains(name, "group:tfcheck-") && !strings.Contains(name, "__group__tfcheck-") {
				t.Errorf("%q is no name of the check's", name)
			}
		}
	}
	unexpiring, queued := map[string]bool{}, false
	for _, command := range commands {
		switch name := command[0]; name {
		case "multi":
			queued = true
		case "exec":
			if queued = false; len(unexpiring) > 0 {
				t.Errorf("a transaction leaves %v without an expiry", slices.Collect(maps.Keys(unexpiring)))
			}
		case "zadd":
			own(command[1])
			unexpiring[command[1]] = true
			if !queued {
				t.Error("ZADD outside of a transaction")
			}
			if !strings.Contains(command[1], "group:") {
				message(command[3])
			}
		case "expire":
			own(command[1])
			delete(unexpiring, command[1])
			if command[2] != "30" {
				t.Errorf("an expiry of %s", command[2])
			}
		case "publish":
			own(command[1])
			message(command[2])
		case "bzpopmin":
			own(command[1])
			if command[2] != "1" || queued {
				t.Errorf("BZPOPMIN blocks for %s", command[2])
			}
		case "del", "zpopmin", "zcount", "zrange", "zrem", "zremrangebyscore":
			own(command[1])
			if name == "del" && len(command) != 2 {
				t.Errorf("DEL of %v", command[1:])
			}
		case "subscribe", "unsubscribe":
			own(command[1:]...)
		case "eval":
			messages += checkScript(t, command, own, message)
		case "hello", "auth", "select", "info", "client", "pubsub", "acl":
		default:
			t.Errorf("%s is sent", name)
		}
	}
	return messages
}

func checkScript(t *testing.T, command []string, own func(...string), message func(string)) int {
	t.Helper()
	switch keys, _ := strconv.Atoi(command[2]); {
	case strings.Contains(command[1], "backed_up"):
		own(command[3:]...)
	case strings.Contains(command[1], "over_capacity"):
		own(command[3 : 3+keys]...)
		for _, text := range command[3+keys : 3+2*keys] {
			message(text)
		}
		if last := command[len(command)-1]; last != "30" {
			t.Errorf("an expiry of %s", last)
		}
	case strings.Contains(command[1], "redis.call("):
		t.Errorf("an unknown script: %s", command[1])
	}
	return 0
}

// seed gives a server data of an app, with the check's own prefix.
func seed(server *redistest.Server) {
	for i := range 50 {
		process := fmt.Sprintf("asgispecific.%032x!", i)
		server.Do("ZADD", process, 1, "message of "+process, 2, "another")
		server.Do("ZADD", process+"$inflight", 1, "in flight")
		server.Do("ZADD", fmt.Sprintf("asgi:group:chat-%d", i), 1, "specific."+process)
		server.Do("SET", fmt.Sprintf(":1:cache-%d", i), "cached")
	}
	server.Do("EXPIRE", "asgi:group:chat-1", 86400)
}

// dump is everything in a database, with what has an expiry marked.
func dump(server *redistest.Server) map[string]string {
	all := map[string]string{}
	for _, key := range server.Do("KEYS", "*").([]any) {
		all[key.(string)] = fmt.Sprint(server.Do("DUMP", key), server.Do("TTL", key).(int64) > 0)
	}
	return all
}

func TestRoundTrip_ThousandLeaveNothingAndTouchNothing(t *testing.T) {
	redistest.Slow(t)
	server := redistest.Start(t, users()...)
	seed(server)
	before := dump(server)
	shapes := []shape{as("core", canary), func(r *redisprobe.Request) { pubSub(r); as("pub", canary)(r) }}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 250 {
				report := redisprobe.New().Look(t.Context(), request(t, server.Addr(), roundTrip, within(20*time.Second), shapes[(worker+i/50)%2]))
				if !report.Passed() || !report.RoundTrip.Delivered() {
					t.Errorf("got %+v", report)
					return
				}
			}
		})
	}
	all.Wait()
	if after := dump(server); !maps.Equal(before, after) {
		t.Errorf("%d keys before and %d after, or changed ones: %v", len(before), len(after), slices.Collect(maps.Keys(after)))
	}
	if scripts := server.Do("INFO", "memory").(string); !strings.Contains(scripts, "number_of_cached_scripts:4") {
		t.Errorf("scripts are left: %s", scripts[strings.Index(scripts, "number_of_cached"):])
	}
}

// victimAddress names, in a process that is to be killed, its server.
const victimAddress = "CHANNELS_ROUND_TRIP_VICTIM"

// tripUntilKilled is all that such a process does: round trips.
func tripUntilKilled(address string) {
	host, port, _ := net.SplitHostPort(address)
	number, _ := strconv.ParseInt(port, 10, 64)
	r := redisprobe.Request{
		Connection: redisurl.HostPort(host, big.NewInt(number)),
		Depth:      redisprobe.DepthRoundTrip, Timeout: 20 * time.Second,
	}
	shapes := []shape{layer(channelconfig.Core), layer(channelconfig.Core), layer(channelconfig.PubSub)}
	for i := 0; ; i++ {
		shapes[i%len(shapes)](&r)
		report := redisprobe.New().Look(context.Background(), r)
		if !report.Passed() {
			fmt.Printf("failed: %+v\n", report)
			return
		}
		fmt.Println("made a round trip")
	}
}

func TestRoundTrip_KilledAtRandomLeavesNothingForLong(t *testing.T) {
	redistest.Slow(t)
	t.Parallel()
	kills := 20
	if os.Getenv("CHANNELS_FULL") != "" {
		kills = 200
	}
	server := redistest.Start(t)
	seed(server)
	before := dump(server)
	// A little latency makes the moments at which keys are there longer.
	proxy := faults.Delay(t, server.Addr(), 2*time.Millisecond)
	random := rand.New(rand.NewPCG(20261123, 3))
	left := 0
	for range kills {
		kill(t, proxy.Addr(), time.Duration(random.Int64N(int64(60*time.Millisecond))))
		for _, key := range server.Do("KEYS", "*tfcheck*").([]any) {
			left++
			ttl, _ := server.Do("PTTL", key).(int64)
			if ttl < 0 && ttl != -2 || ttl > 60_000 { // -2: it is gone by now
				t.Errorf("%v is left with a TTL of %d ms", key, ttl)
			}
		}
	}
	t.Logf("%d kills; keys were left to expire %d times", kills, left)
	if left == 0 {
		t.Error("no kill left anything: this test proves nothing")
	}
	if os.Getenv("CHANNELS_FULL") == "" {
		return
	}
	eventually(60*time.Second, func() bool { return len(server.Do("KEYS", "*tfcheck*").([]any)) == 0 })
	if after := dump(server); !maps.Equal(before, after) {
		t.Errorf("after 60 s: %v", slices.Collect(maps.Keys(after)))
	}
}

// kill starts a process that makes round trips and kills it that long after its
// first one.
func kill(t *testing.T, address string, after time.Duration) {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0])
	victim.Env = append(os.Environ(), victimAddress+"="+address)
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil || !strings.Contains(line, "made a round trip") {
		t.Errorf("the process says %q, %v", line, err)
	}
	timer := time.NewTimer(after)
	<-timer.C
	_ = victim.Process.Kill()
	_, _ = io.Copy(io.Discard, output)
	_ = victim.Wait()
}

func TestRoundTrip_CancelEndsItAtOnceAndTidies(t *testing.T) {
	for name, c := range map[string]struct {
		shapes []shape
		at     string
	}{
		"core, before the first write":         {nil, "MULTI"},
		"core, before the group message":       {nil, "ZPOPMIN"},
		"core, before it cleans up":            {nil, "ZREM"},
		"pub/sub, before it subscribes":        {[]shape{pubSub}, "SUBSCRIBE"},
		"pub/sub, before the message":          {[]shape{pubSub}, "PUBLISH"},
		"core, TLS, before it cleans up":       {[]shape{overTLS, option("ssl_cert_reqs", "none")}, ""},
		"core, least privilege, before a read": {[]shape{as("core", canary)}, "BZPOPMIN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := users()
			if c.at == "" {
				options = append(options, redistest.TLS(redistest.NewAuthority(t)))
			}
			server := redistest.Start(t, options...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var canceled time.Time
			stop := func(string) { canceled = time.Now(); cancel() }
			var network redisprobe.Network = before(c.at, stop)
			if c.at == "" {
				network = &nthWrite{n: 12, happens: stop}
			}
			report := redisprobe.New(redisprobe.WithNetwork(network)).
				Look(ctx, request(t, server.Addr(), append([]shape{roundTrip, as("default", canary)}, c.shapes...)...))
			if !report.Canceled || canceled.IsZero() || time.Since(canceled) > time.Second {
				t.Errorf("got %+v, %s after", report, time.Since(canceled))
			}
			// Look returns at once; the check ends behind it.
			if !eventually(5*time.Second, func() bool { return server.Do("DBSIZE") == int64(0) }) {
				t.Errorf("%v are left", server.Do("KEYS", "*"))
			}
		})
	}
}

// nthWrite is a network on which something happens before the nth write.
type nthWrite struct {
	redisprobe.SystemNetwork
	mu      sync.Mutex
	n       int
	happens func(string)
}

func (n *nthWrite) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := n.SystemNetwork.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &counted{conn, n}, nil
}

type counted struct {
	net.Conn
	n *nthWrite
}

func (c *counted) Write(p []byte) (int, error) {
	c.n.mu.Lock()
	c.n.n--
	now := c.n.n == 0
	c.n.mu.Unlock()
	if now {
		c.n.happens("")
	}
	return c.Conn.Write(p)
}

// A layer of Python's, with the same prefix on the same Redis, gets all of its
// messages and none of ours.
func TestRoundTrip_DoesNotDisturbTheApp(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	process := layeroracle.Start(t, layeroracle.Newest())
	for _, class := range []string{layeroracle.Core, layeroracle.PubSub} {
		t.Run(class, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			app, err := process.NewLayer(ctx, class, layeroracle.Config(class, channellayer.Defaults(), []string{server.URL() + "?socket_timeout=10"}), "")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = app.Close(context.Background()) }()
			call := func(method string, arguments ...any) any {
				got, err := app.Call(ctx, method, arguments...)
				if err != nil {
					t.Errorf("%s: %v", method, err)
				}
				return got
			}
			channel, _ := call("new_channel").(string)
			call("group_add", "chat", channel)
			ended := make(chan struct{})
			var trips int
			go func() {
				defer close(ended)
				kind := map[string]channelconfig.Backend{layeroracle.Core: channelconfig.Core, layeroracle.PubSub: channelconfig.PubSub}[class]
				for ; ctx.Err() == nil && trips < 100; trips++ {
					if report := redisprobe.New().Look(ctx, request(t, server.Addr(), roundTrip, layer(kind))); !report.Passed() {
						t.Errorf("got %+v", report)
					}
				}
			}()
			for n := int64(0); ; n++ {
				call("group_send", "chat", channellayer.Message{"type": "chat", "n": 2 * n})
				call("send", channel, channellayer.Message{"type": "chat", "n": 2*n + 1})
				for i := range int64(2) {
					if got, _ := call("receive", channel).(channellayer.Message); got["type"] != "chat" || got["n"] != 2*n+i {
						t.Fatalf("the app received %v, want its message %d", got, 2*n+i)
					}
				}
				select {
				case <-ended:
					t.Logf("%d round trips beside %d messages", trips, 2*n+2)
					return
				default:
				}
			}
		})
	}
}

// eventually reports whether something becomes true in time.
func eventually(within time.Duration, is func() bool) bool {
	ticker, end := time.NewTicker(5*time.Millisecond), time.NewTimer(within)
	defer ticker.Stop()
	defer end.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-end.C:
			return is()
		}
	}
	return true
}

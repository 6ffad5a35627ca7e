package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// stoppable is a way to a Redis that stops in the middle: behind it nothing is
// passed on any more.
type stoppable struct {
	*faults.Server
	reached chan struct{}
}

// stopsAfter passes on what both sides say until the client has sent something
// n times; then the server is silent, and reached is closed. Negative: from the
// connection of that number on, at once.
func stopsAfter(t *testing.T, upstream string, n int) stoppable {
	t.Helper()
	s := stoppable{reached: make(chan struct{})}
	var once sync.Once
	stop := func() { once.Do(func() { close(s.reached) }) }
	var mu sync.Mutex
	connections := 0
	s.Server = faults.Serve(t, func(conn net.Conn) {
		mu.Lock()
		connections++
		silent := n < 0 && connections >= -n
		mu.Unlock()
		if silent {
			stop()
			faults.Silent(conn)
			return
		}
		var dialer net.Dialer
		server, err := dialer.DialContext(context.Background(), "tcp", upstream)
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		var answers sync.WaitGroup
		answers.Go(func() { _, _ = io.Copy(conn, server) })
		buffer := make([]byte, 64<<10)
		for turn := 1; ; turn++ {
			read, err := conn.Read(buffer)
			if err != nil {
				break
			}
			if n >= 0 && turn > n {
				stop()
				faults.Silent(conn)
				break
			}
			if _, err := server.Write(buffer[:read]); err != nil {
				break
			}
		}
		_ = server.Close()
		answers.Wait()
	})
	return s
}

// interruption is a check in the middle of which Ctrl-C comes.
type interruption struct {
	command, config string
	// reached is closed when the check is there; nil: as soon as core says that
	// it works on the layer.
	reached <-chan struct{}
	server  *redistest.Server // nil where there is none
}

const unhurried = `timeout = "1m"`

// interruptions are checks that stop at every stage.
func interruptions(t *testing.T) map[string]func(*testing.T) interruption {
	t.Helper()
	at := func(command, check, scheme, depth string, after int) func(*testing.T) interruption {
		return func(t *testing.T) interruption {
			server := redistest.Start(t, redistest.Password(password))
			way := stopsAfter(t, server.Addr(), after)
			link := url.URL{Scheme: scheme, User: url.UserPassword("default", password), Host: way.Addr(), Path: "/1"}
			config := fmt.Sprintf("resource \"channels_layer\" \"this\" {\n  redis_url = %q\n  check = { %s, plan_depth = %q }\n}\n", link.String(), check, depth)
			if command == "data source" {
				command = "plan"
				config = fmt.Sprintf("data \"channels_redis\" \"this\" {\n  redis_url = %q\n  %s\n  depth = %q\n}\n", link.String(), check, depth)
			}
			return interruption{command, config, way.reached, server}
		}
	}
	apply := unhurried + `, on_plan = "off"`
	return map[string]func(*testing.T) interruption{
		"plan, first answer":         at("plan", unhurried, "redis", "capabilities", 0),
		"plan, TLS":                  at("plan", unhurried, "rediss", "capabilities", 0),
		"plan, login":                at("plan", unhurried, "redis", "ping", 1),
		"plan, rights and server":    at("plan", unhurried, "redis", "capabilities", 2),
		"plan, round trip":           at("plan", unhurried, "redis", "round_trip", -2),
		"plan, round trip, messages": at("plan", unhurried, "redis", "round_trip", 3),
		"apply, first answer":        at("apply", apply, "redis", "ping", 0),
		"apply, round trip":          at("apply", apply, "redis", "ping", -2),
		"apply, messages":            at("apply", apply, "redis", "ping", 3),
		"data source":                at("data source", unhurried, "redis", "capabilities", 0),
		"data source, round trip":    at("data source", unhurried, "redis", "round_trip", 3),
		"plan, connect": func(t *testing.T) interruption {
			return interruption{"plan", layer("redis://"+faults.FullBacklog(t), "check = { "+unhurried+" }"), nil, nil}
		},
		"apply, between attempts": func(t *testing.T) interruption {
			return interruption{"apply", layer("redis://"+faults.ClosedPort(t), `check = { timeout = "1s", wait = "1h", on_plan = "off" }`), nil, nil}
		},
	}
}

// Ctrl-C at any stage of a check ends the command within a second and leaves
// nothing behind: no process, no connection, no key that stays.
func TestInterrupt_EndsCheckAtOnceAtEveryStage(t *testing.T) {
	for name, prepare := range interruptions(t) {
		t.Run(name, func(t *testing.T) {
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				c := prepare(t)
				w := tfcli.New(t, cli)
				w.Main(c.config)
				var log func() string
				if c.reached == nil {
					log = w.Log("TRACE")
				}
				process := w.Start(c.command)
				reach(t, process, c.reached, log)
				process.Interrupt()
				result := process.Wait()
				if result.ExitCode != 1 {
					t.Errorf("exit %d, want 1:\n%s", result.ExitCode, result.Combined)
				}
				t.Logf("%s after the signal", result.Duration.Round(time.Millisecond))
				if limit := time.Second; result.Duration > limit {
					if limit += 2 * idle(t, cli); result.Duration > limit {
						t.Errorf("it took %s after the signal, more than %s:\n%s", result.Duration, limit, result.Combined)
					}
				}
				if !eventually(5*time.Second, func() bool { return len(w.Processes()) == 0 }) {
					t.Errorf("processes %v are left", w.Processes())
				}
				expectHidden(t, result.Combined, password)
				if c.server == nil {
					return
				}
				if !eventually(5*time.Second, func() bool { return alone(c.server) }) {
					t.Errorf("connections are left: %v", c.server.Do("CLIENT", "LIST"))
				}
				if !eventually(5*time.Second, func() bool { return lasting(c.server) == 0 }) {
					t.Errorf("%d keys would stay for good", lasting(c.server))
				}
			})
		})
	}
}

// reach waits until a check is where it is to be interrupted.
func reach(t *testing.T, process *tfcli.Process, reached <-chan struct{}, log func() string) {
	t.Helper()
	if reached == nil {
		if !eventually(60*time.Second, func() bool { return workedOn.MatchString(log()) }) {
			t.Fatal("the provider was not asked")
		}
		return
	}
	select {
	case <-reached:
	case <-time.After(60 * time.Second):
		process.Interrupt()
		t.Fatalf("the check did not come there:\n%s", process.Wait().Combined)
	}
}

// idle is how long a command without a provider takes here and now: what the
// machine itself needs to start and end one.
func idle(t *testing.T, cli tfcli.CLI) time.Duration {
	t.Helper()
	w := tfcli.New(t, cli)
	return w.OK("version").Duration
}

var (
	keysOfDatabase = regexp.MustCompile(`db\d+:keys=(\d+),expires=(\d+)`)
	onlyOneClient  = regexp.MustCompile(`connected_clients:1\D`)
)

// lasting counts the keys that no expiry removes.
func lasting(server *redistest.Server) int {
	left := 0
	for _, found := range keysOfDatabase.FindAllStringSubmatch(fmt.Sprint(server.Do("INFO", "keyspace")), -1) {
		keys, _ := strconv.Atoi(found[1])
		expires, _ := strconv.Atoi(found[2])
		left += keys - expires
	}
	return left
}

// alone reports whether nobody but the one who asks is connected.
func alone(server *redistest.Server) bool {
	return onlyOneClient.MatchString(fmt.Sprint(server.Do("INFO", "clients")))
}

var workedOn = regexp.MustCompile(`PlanResourceChange|ApplyResourceChange`)

package tunnel_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
)

// atOnce is as many as core runs at a time.
const atOnce = 10

// all runs n of them, ten at a time, as core does.
func all(n int, do func(i int)) {
	var wait sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i := range n {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			do(i)
		})
	}
	wait.Wait()
}

// A private network is reached over the one machine in it that can be reached,
// by names that only it knows, with one login for a hundred layers.
func TestSSH_PrivateNetworkCostsOneLogin(t *testing.T) {
	network := tunneltest.NewNetwork(t)
	redis := network.Redis(t, redistest.Password(canary))
	hosts := make([]string, 100)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("%s redis-%d.internal.example.com", tunneltest.Inside, i)
	}
	server := tunneltest.Start(t, tunneltest.In(network), tunneltest.Hosts(hosts...))
	address := func(i int) string { return fmt.Sprintf("redis-%d.internal.example.com:%d", i, redis.Port()) }
	prober := redisprobe.New(redisprobe.WithNetwork(over(t, settings(server))))
	all(100, func(i int) {
		judge(t, prober.Look(t.Context(), request(t, address(i), within(time.Minute))), verdict{})
	})
	if got := server.Logins(1); got != 1 {
		t.Errorf("%d logins for 100 layers, want 1", got)
	}
	if got := redis.Connections(); got != 100 {
		t.Errorf("Redis saw %d connections, want 100", got)
	}
	deadline := time.Now().Add(10 * time.Second)
	for len(redis.Clients()) != 0 {
		if <-time.After(10 * time.Millisecond); time.Now().After(deadline) {
			t.Fatalf("%d connections are left", len(redis.Clients()))
		}
	}
}

// The same network through a SOCKS5 proxy in it.
func TestSOCKS5_PrivateNetworkIsReachedByItsNames(t *testing.T) {
	network := tunneltest.NewNetwork(t)
	redis := network.Redis(t, redistest.Password(canary))
	proxy := tunneltest.Microsocks(t, tunneltest.In(network), tunneltest.Hosts(tunneltest.Inside+" redis.internal.example.com"))
	way := tunnel.NewSOCKS5(tunnel.SOCKS5Settings{Host: proxy.Host, Port: proxy.Port}, netprobe.System{})
	judge(t, look(t, way, request(t, fmt.Sprintf("redis.internal.example.com:%d", redis.Port()), deep)), verdict{})
	// From here there is no way to it, nor its name.
	if report := look(t, &faults.Names{}, request(t, "redis.internal.example.com:6379")); !report.Outcome.Has("network/name-not-resolved") {
		t.Errorf("got %+v", report.Outcome)
	}
}

// However many layers there are, and wherever their Redis is, a way that does
// not answer costs one time-out, and one that refuses one try.
func TestWay_ThatLeadsNowhereCostsOneTimeout(t *testing.T) {
	server := tunneltest.Start(t)
	silent := faults.Serve(t, faults.Silent)
	for name, row := range map[string]struct {
		settings tunnel.SSHSettings
		want     verdict
		most     time.Duration
		count    func(least int) int
	}{
		"silent": {settings(server, hostOf(t, silent.Addr())), open("tunnel/silent"), 3 * time.Second, func(int) int { return silent.Connections() }},
		"login refused": {
			settings(server, key(tunneltest.NewKey(t, tunneltest.Ed25519, "").Private)), answered("tunnel/authentication-refused"), 20 * time.Second,
			func(least int) int { return server.Count("Connection closed by authenticating user", least) },
		},
	} {
		for _, kind := range []string{"look", "join", "prove"} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				prober := redisprobe.New(redisprobe.WithNetwork(over(t, row.settings)))
				before := row.count(0)
				limit := 2 * time.Second
				if name != "silent" {
					limit = 20 * time.Second
				}
				started := time.Now()
				all(100, func(i int) {
					r := request(t, fmt.Sprintf("redis-%d.example.com:6379", i), within(limit))
					var report redisprobe.Report
					switch kind {
					case "look":
						report = prober.Look(t.Context(), r)
					case "join":
						report = prober.Join(t.Context(), r)
					default:
						report = prober.Prove(t.Context(), r, time.Second, nil)
					}
					judge(t, report, row.want)
					if report.Way == "" {
						t.Error("the report does not blame the way")
					}
				})
				if took := time.Since(started); took > row.most {
					t.Errorf("100 took %s, more than %s", took, row.most)
				}
				if tries := row.count(before+1) - before; tries < 1 || tries > 2 {
					t.Errorf("%d tries, want 1 or 2", tries)
				}
			})
		}
	}
}

// An sshd that is killed under a check and comes back is reached anew; one that
// stays away is what is at fault, and not Redis.
func TestSSH_ServerThatDiesUnderACheck(t *testing.T) {
	server := tunneltest.Start(t)
	redis := redistest.Start(t, redistest.Password(canary))
	way := over(t, settings(server))
	prober := redisprobe.New(redisprobe.WithNetwork(way))
	judge(t, prober.Look(t.Context(), request(t, redis.Addr())), verdict{})

	// The Redis of this one is silent, so that the check waits while sshd dies.
	silent := faults.Serve(t, faults.Silent)
	reports := make(chan redisprobe.Report, 1)
	go func() { reports <- prober.Look(t.Context(), request(t, silent.Addr())) }()
	for silent.Open() == 0 {
		<-time.After(5 * time.Millisecond)
	}
	server.Kill()
	judge(t, <-reports, open("tunnel/refused"))

	again := tunneltest.Start(t, tunneltest.On(server.Port), tunneltest.Authorize(server.Key))
	fresh := settings(again, key(server.Key.Private))
	judge(t, look(t, over(t, fresh), request(t, redis.Addr())), verdict{})
}

// A connection that died while nobody used it is opened again, without a word.
func TestSSH_ConnectionThatDiedIsOpenedAgain(t *testing.T) {
	server := tunneltest.Start(t)
	redis := redistest.Start(t, redistest.Password(canary))
	way := over(t, settings(server, func(s *tunnel.SSHSettings) { s.HostKey, s.AnyHostKey = "", true }))
	for range 2 {
		judge(t, look(t, way, request(t, redis.Addr())), verdict{})
		server.Kill()
		server = tunneltest.Start(t, tunneltest.On(server.Port), tunneltest.Authorize(server.Key))
	}
	judge(t, look(t, way, request(t, redis.Addr())), verdict{})
}

// An sshd that freezes is told from a Redis that is silent.
func TestSSH_ServerThatFreezesIsAtFault(t *testing.T) {
	server := tunneltest.Start(t)
	redis := redistest.Start(t, redistest.Password(canary))
	way := over(t, settings(server))
	judge(t, look(t, way, request(t, redis.Addr())), verdict{})
	server.Suspend()
	defer server.Resume()
	judge(t, look(t, way, request(t, redis.Addr(), within(3*time.Second))), open("tunnel/silent"))
}

// Whoever leaves disturbs nobody else, and is gone at once.
func TestSSH_ContextsEndEachStageAtOnce(t *testing.T) {
	server := tunneltest.Start(t)
	for name, row := range map[string]struct {
		settings tunnel.SSHSettings
		target   string
	}{
		"connecting":  {settings(server, hostOf(t, faults.FullBacklog(t))), "127.0.0.1:1"},
		"handshake":   {settings(server, hostOf(t, faults.Serve(t, faults.Silent).Addr())), "127.0.0.1:1"},
		"to a server": {settings(server), faults.FullBacklog(t)},
	} {
		t.Run(name, func(t *testing.T) {
			way := over(t, row.settings)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			started := time.Now()
			if conn, err := way.Dial(ctx, "tcp", row.target); err == nil {
				_ = conn.Close()
				t.Error("it connected")
			}
			if took := time.Since(started); took > 3*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	t.Run("others go on", func(t *testing.T) {
		redis := redistest.Start(t)
		way := over(t, settings(server))
		ended, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { _, err := way.Dial(ended, "tcp", redis.Addr()); first <- err }()
		cancel()
		conn, err := way.Dial(t.Context(), "tcp", redis.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		if err := <-first; err == nil {
			t.Log("the first was faster than its end") // its connection ends with the way
		}
	})
}

// A Unix socket is one of the SSH server's machine.
func TestSSH_UnixSocketIsReached(t *testing.T) {
	redis := redistest.Start(t, redistest.Password(canary), redistest.Config("unixsocketperm 777"))
	redis.Share()
	way := over(t, settings(tunneltest.Start(t)))
	judge(t, look(t, way, request(t, redis.Addr(), socket(redis.Socket()))), verdict{})
}

// The connections of a way know deadlines, as sockets do.
func TestSSH_ConnectionsKnowDeadlines(t *testing.T) {
	way := over(t, settings(tunneltest.Start(t)))
	conn, err := way.Dial(t.Context(), "tcp", faults.Serve(t, faults.Silent).Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := conn.Read(make([]byte, 1)); !netprobe.IsTimeout(err) {
		t.Errorf("got %v, want a time-out", err)
	}
	_ = conn.Close()
	if _, err := conn.Write([]byte("x")); !netprobe.IsHangUp(err) {
		t.Errorf("got %v after the end", err)
	}
	gone, err := way.Dial(t.Context(), "tcp", faults.Serve(t, faults.HangUp).Addr())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Read(make([]byte, 1)); !netprobe.IsHangUp(err) {
		t.Errorf("got %v from a server that hung up", err)
	}
	_ = gone.Close()
}

// What the far end says of a server has the words of a tunnel.
func TestWay_FindingsSayFromWhere(t *testing.T) {
	server := tunneltest.Start(t)
	way := over(t, settings(server))
	for _, target := range []string{faults.ClosedPort(t), "chat-redis-k3x9:6379"} {
		report := look(t, way, request(t, target))
		var text strings.Builder
		for _, f := range report.Outcome.Findings {
			text.WriteString(f.Detail)
		}
		if !strings.Contains(text.String(), "the SSH server 127.0.0.1") || strings.Contains(text.String(), " here") {
			t.Errorf("got %s", text.String())
		}
	}
}

// Docs and settings of findings agree with their id.
func TestDocs_AreAllOfTheTunnel(t *testing.T) {
	for _, doc := range tunnel.Docs() {
		if !strings.HasPrefix(string(doc.ID), "tunnel/") || !doc.Live || doc.Severity == finding.Info {
			t.Errorf("%s: %+v", doc.ID, doc)
		}
	}
}

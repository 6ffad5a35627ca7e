package faults

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// state makes places of a server with the canary as its password, in a state.
func state(into func(t *testing.T, s *redistest.Server), options ...redistest.Option) func(t *testing.T) place {
	return func(t *testing.T) place {
		server := locked(t, options...)
		if into != nil {
			into(t, server)
		}
		p := of(server)
		p.expire = true
		return p
	}
}

// serverRows are states of a Redis that is there and lets the user in.
func serverRows() []row {
	config := func(pairs ...any) func(t *testing.T, s *redistest.Server) {
		return func(_ *testing.T, s *redistest.Server) { s.Do(append([]any{"CONFIG", "SET"}, pairs...)...) }
	}
	return append(append(roleRows(), useRows()...), []row{
		{name: "loading", place: loading, says: unknown("redis/loading"), golden: planning},
		{name: "a script that does not end", place: busy, says: unknown("redis/not-ready"), golden: planning},
		{name: "memory full", place: state(config("maxmemory", 1, "maxmemory-policy", "noeviction")), says: failed("redis/memory-full"), golden: planning},
		{name: "memory nearly full", place: state(memory("noeviction", 0.95)), says: warns("redis/memory-nearly-full"), golden: planning},
		{name: "groups are about to be evicted", place: state(memory("allkeys-lru", 0.85)), says: warns("redis/eviction"), golden: planning},
		{name: "too few replicas", place: state(config("min-replicas-to-write", 1)), says: failed("redis/not-enough-replicas"), golden: planning},
		{name: "disk full, snapshots", place: diskFull("save 3600 1"), says: failed("redis/disk-error"), golden: planning},
		{name: "disk full, append-only file", place: diskFull("appendonly yes", "appendfsync everysec"), says: failed("redis/disk-error")},
		{name: "no BZPOPMIN", place: state(nil, redistest.Without("BZPOPMIN")), says: failed("redis/too-old"), golden: planning},
		{name: "no EVAL", place: state(nil, redistest.Without("EVAL")), says: failed("redis/command-missing"), golden: planning},
		{name: "no HELLO, redis-py 8", place: func(t *testing.T) place {
			server := locked(t, redistest.Without("HELLO"))
			p := of(server).with(redisPy8)
			p.url += "?socket_timeout=10"
			return p
		}, says: failed("redis/no-hello"), golden: planning},
	}...)
}

func roleRows() []row {
	cluster := func(t *testing.T) place {
		return of(redistest.StartCluster(t, 1, redistest.Password(planted().Text))[0])
	}
	return []row{
		{name: "a Sentinel", place: func(t *testing.T) place {
			sentinel := locked(t, redistest.Sentinel(redistest.Start(t)))
			return place{url: at(sentinel.Addr())}
		}, says: failed("redis/sentinel"), golden: planning},
		{name: "a Cluster", place: cluster, says: failed("redis/cluster"), golden: planning},
		{name: "a Cluster, pub/sub", place: func(t *testing.T) place { return cluster(t).with(pubSub) }},
		{name: "a replica", place: func(t *testing.T) place {
			master := locked(t, redistest.Config("repl-diskless-sync-delay 0"))
			replica := locked(t, redistest.ReplicaOf(master))
			replica.AwaitInfo("replication", "master_link_status:up")
			return of(replica)
		}, says: failed("redis/replica"), golden: planning},
		{name: "a replica without its master", place: state(nil, redistest.Config("replicaof 127.0.0.1 1")), says: failed("redis/replica")},
		{name: "a replica that serves nothing stale", place: func(t *testing.T) place {
			return place{url: at(locked(t, redistest.Config("replicaof 127.0.0.1 1", "replica-serve-stale-data no")).Addr())}
		}, says: failed("redis/replica")},
	}
}

func useRows() []row {
	return []row{
		{name: "no room for a client", place: state(nil, redistest.MaxClients(0)), says: failed("redis/too-many-clients"), golden: planning},
		{name: "10,000 clients", place: crowd(10_000, 10_000), says: failed("redis/too-many-clients"), only: []command{planning}},
		{name: "nearly as many clients as it allows", place: crowd(40, 37), says: warns("redis/clients-nearly-full"), golden: planning},
		{name: "two servers behind one address", place: func(t *testing.T) place {
			one, other := locked(t), locked(t)
			p := through(t, one, faults.Relay{To: func(conn int) string {
				if conn > 1 {
					return other.Addr()
				}
				return one.Addr()
			}})
			p.servers, p.expire = append(p.servers, other), true
			return p
		}, says: failed("roundtrip/not-delivered"), timeout: 5 * time.Second, only: []command{applying, reading}, golden: applying},
		{name: "others write into a channel", place: junk, says: failed("roundtrip/group-not-delivered"), only: []command{applying, reading}, golden: applying},
		{name: "the group is something else", place: notGroup, says: failed("roundtrip/refused"), only: []command{applying, reading}, golden: applying},
		{name: "protected mode", place: beyond(""), commandLine: true, says: failed("redis/protected-mode"), golden: planning},
		{name: "open to everybody", place: beyond("protected-mode no\nuser app on nopass ~* &* +@all"), commandLine: true, says: warns("auth/open"), golden: planning},
	}
}

// loading is a Redis that reads its data, a key every 2 ms.
func loading(t *testing.T) place {
	server := locked(t, redistest.Config("enable-debug-command yes", "key-load-delay 2000", "loading-process-events-interval-bytes 1024"))
	server.Do("DEBUG", "POPULATE", 20000)
	server.Begin("DEBUG", "RELOAD")
	if !eventually(10*time.Second, func() bool {
		err := server.Try("DBSIZE")
		return err != nil && strings.HasPrefix(err.Error(), "LOADING")
	}) {
		t.Fatal("it does not load")
	}
	return place{url: at(server.Addr())}
}

func busy(t *testing.T) place {
	server := locked(t, redistest.Config("busy-reply-threshold 1"))
	server.Begin("EVAL", "while true do end", 0)
	if !eventually(10*time.Second, func() bool {
		err := server.Try("DBSIZE")
		return err != nil && strings.HasPrefix(err.Error(), "BUSY")
	}) {
		t.Fatal("it is not busy")
	}
	return place{url: at(server.Addr())}
}

// memory fills a share of the memory that is allowed.
func memory(policy string, share float64) func(t *testing.T, s *redistest.Server) {
	return func(t *testing.T, s *redistest.Server) {
		s.Do("SETRANGE", "big", 20<<20, "x")
		text, _ := s.Do("INFO", "memory").(string)
		used := 0
		for line := range strings.Lines(text) {
			if value, ok := strings.CutPrefix(line, "used_memory:"); ok {
				_, _ = fmt.Sscan(value, &used)
			}
		}
		s.Do("CONFIG", "SET", "maxmemory-policy", policy, "maxmemory", int(float64(used)/share))
	}
}

// diskFull makes places of a Redis on a small file system that is full.
func diskFull(lines ...string) func(t *testing.T) place {
	return func(t *testing.T) place {
		dir := t.TempDir()
		if output, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir).CombinedOutput(); err != nil {
			faults.Unpermitted(t, fmt.Errorf("mount: %w: %s", err, output))
		}
		t.Cleanup(func() {
			if output, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
				t.Errorf("umount: %v: %s", err, output)
			}
		})
		server := locked(t, redistest.Config(append([]string{"dir " + dir}, lines...)...))
		full := make([]byte, 8<<20)
		if err := os.WriteFile(filepath.Join(dir, "full"), full, 0o600); err == nil {
			t.Fatal("the disk does not fill up")
		}
		// The log may not be writable by then, and what is written is refused.
		_ = server.Try("SET", "of-the-app", strings.Repeat("x", 1<<20))
		if err := server.Try("BGSAVE"); err != nil {
			t.Logf("BGSAVE: %v", err)
		}
		if !eventually(10*time.Second, func() bool {
			err := server.Try("SET", "of-the-app", "y")
			return err != nil && strings.HasPrefix(err.Error(), "MISCONF")
		}) {
			t.Fatal("it goes on writing")
		}
		return of(server)
	}
}

// crowd makes places of a Redis with that many clients of at most so many.
func crowd(most, clients int) func(t *testing.T) place {
	return func(t *testing.T) place {
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err == nil && limit.Cur < uint64(clients+1000) {
			fewer := int(limit.Cur) - 1000
			t.Logf("this machine allows %d open files: %d clients in place of %d", limit.Cur, fewer, clients)
			most, clients = most-(clients-fewer), fewer
		}
		server := locked(t, redistest.MaxClients(most))
		for range clients {
			conn, err := net.Dial("tcp", server.Addr())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
		if !eventually(20*time.Second, func() bool {
			info, _ := server.Do("INFO", "clients").(string)
			return strings.Contains(info, fmt.Sprintf("connected_clients:%d\r", clients+1))
		}) {
			t.Fatal("not all clients are let in")
		}
		return of(server)
	}
}

// Names of a round trip in a packet.
var (
	groupName   = regexp.MustCompile(`asgi:group:tfcheck-[0-9a-f]{26}`)
	channelName = regexp.MustCompile(`asgispecific\.tfcheck[0-9a-f]{26}!`)
)

// once makes a relay that does something before a command is passed on for the
// first time. The question for rights names all commands.
func once(t *testing.T, server *redistest.Server, command string, do func(packet string)) place {
	t.Helper()
	name := regexp.MustCompile(fmt.Sprintf(`(?i)\$%d\r\n%s\r\n`, len(command), command))
	return onceSeen(t, server, func(packet string) bool {
		return name.MatchString(packet) && (command == "AUTH" || !strings.Contains(packet, "acl_check_cmd"))
	}, do)
}

// onceSeen is once for a packet of any kind.
func onceSeen(t *testing.T, server *redistest.Server, seen func(packet string) bool, do func(packet string)) place {
	t.Helper()
	done := make(chan struct{}, 1)
	var doing sync.Mutex
	p := through(t, server, faults.Relay{Packet: func(_ int, packet []byte) {
		if !seen(string(packet)) {
			return
		}
		select {
		case done <- struct{}{}:
			doing.Lock()
			defer doing.Unlock()
			do(string(packet))
		default:
		}
	}})
	// A check may end before what happens has.
	p.after = func() {
		doing.Lock()
		defer doing.Unlock()
	}
	return p
}

// junk has others write into the channel of the group's other member.
func junk(t *testing.T) place {
	server := locked(t)
	p := once(t, server, "ZCOUNT", func(packet string) {
		mine := channelName.FindString(packet)
		groups, _ := server.Do("KEYS", "*:group:*").([]any)
		for _, group := range groups {
			members, _ := server.Do("ZRANGE", group, 0, -1).([]any)
			for _, channel := range members {
				if name := "asgi" + strings.SplitAfter(fmt.Sprint(channel), "!")[0]; name != mine {
					server.Do("ZADD", name, 0, "junk")
				}
			}
		}
	})
	p.expire = true
	return p
}

func notGroup(t *testing.T) place {
	server := locked(t)
	joins := func(packet string) bool {
		return groupName.MatchString(packet) && !strings.Contains(packet, "acl_check_cmd")
	}
	p := onceSeen(t, server, joins, func(packet string) {
		server.Do("SET", groupName.FindString(packet), "x", "EX", 20)
	})
	p.expire = true
	return p
}

// beyond makes places of a Redis without a password that is reached at an
// address that is not loopback, in a network namespace of Terraform's own: the
// address of RFC 5737 is on the loopback device there.
func beyond(lines string) func(t *testing.T) place {
	return func(t *testing.T) place {
		dir := t.TempDir()
		file := filepath.Join(dir, "redis.conf")
		text := "port 6379\nsave \"\"\ndir " + dir + "\nlogfile " + filepath.Join(dir, "log") + "\n" + lines + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		script := ownNetwork + ` && ip addr add 198.51.100.9/32 dev lo && { ` + redistest.Path(t) + ` ` + file + ` >/dev/null & } && redis=$! && ` +
			`until [ "$(ss -ltnH 2>/dev/null | grep -c :6379)" -gt 0 ] || grep -q "Ready to accept" ` + filepath.Join(dir, "log") + `; do sleep 0.05; done; ` +
			`"$@"; code=$?; kill $redis; exit $code; true`
		p := place{url: as("app", "198.51.100.9:6379"), within: inNamespaces(t, "--mount --net", script)}
		if lines == "" {
			p.url = at("198.51.100.9:6379")
		}
		return p
	}
}

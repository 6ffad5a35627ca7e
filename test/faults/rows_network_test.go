package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// networkRows are faults of the way to a server: nothing of Redis is at fault.
func networkRows() []row {
	// Addresses of RFC 5737, in a namespace that nothing leaves.
	apart := func(address, prepare string) func(t *testing.T) place {
		return func(t *testing.T) place {
			return place{url: at(address), within: inNamespaces(t, "--mount --net", ownNetwork+prepare)}
		}
	}
	toxic := func(kind string, attributes map[string]any) func(t *testing.T) place {
		return func(t *testing.T) place {
			server := locked(t)
			p := of(server)
			p.url = at(faults.Toxic(t, server.Addr(), kind, attributes))
			return p
		}
	}
	return []row{
		{name: "nothing listens", place: closed, says: unknown("network/refused"), golden: planning},
		{name: "backlog full", place: func(t *testing.T) place { return place{url: at(faults.FullBacklog(t))} },
			says: unknown("network/connect-timeout"), golden: planning},
		// What is routed to the loopback device and is no address of this
		// machine is dropped by the kernel without a word.
		{name: "packets dropped", place: apart("198.51.100.7:6379", " && ip route add 198.51.100.0/24 dev lo"),
			says: unknown("network/connect-timeout"), commandLine: true},
		{name: "no route", place: apart("198.51.100.7:6379", ""), says: unknown("network/no-route"), commandLine: true, golden: planning},
		{name: "host unreachable", place: apart("198.51.100.7:6379", " && ip route add unreachable 198.51.100.0/24"),
			says: unknown("network/no-route"), commandLine: true},
		{name: "silent", place: fake(faults.Silent), says: unknown("network/silent"), golden: planning},
		{name: "hangs up at once", place: fake(faults.HangUp), says: unknown("network/closed"), golden: planning},
		{name: "hangs up within a command", place: fake(faults.HangUpAfter(10)), says: unknown("network/closed")},
		{name: "hangs up within the first answer", place: fake(faults.AnswerAndHangUp("*14\r\n$6\r\nser")), says: unknown("network/closed")},
		{name: "one byte now and then", place: fake(faults.Slowly(strings.Repeat("+", 1000), 50*time.Millisecond)), says: unknown("network/silent")},
		{name: "far away", place: toxic("latency", map[string]any{"latency": 100}), timeout: 10 * time.Second},
		{name: "too far away", place: toxic("latency", map[string]any{"latency": 1200}), says: unknown("network/silent")},
		{name: "a byte at a time", place: toxic("slicer", map[string]any{"average_size": 1, "size_variation": 0, "delay": 20}), timeout: 10 * time.Second},
		{name: "a thin line", place: toxic("bandwidth", map[string]any{"rate": 1}), says: unknown("network/silent")},
		{name: "cut after 100 bytes", place: toxic("limit_data", map[string]any{"bytes": 100}), says: unknown("network/closed")},
		{name: "cut after 2000 bytes", place: toxic("limit_data", map[string]any{"bytes": 2000}), says: unknown("network/closed")},
		{name: "reset by the peer", place: toxic("reset_peer", map[string]any{"timeout": 0}), says: unknown("network/closed")},
		{name: "a hole behind the proxy", place: toxic("timeout", map[string]any{"timeout": 0}), says: unknown("network/silent")},
	}
}

// unixRows are faults of a Unix socket.
func unixRows() []row {
	socket := func(path func(t *testing.T) string) func(t *testing.T) place {
		return func(t *testing.T) place { return place{url: "unix://:" + planted().Text + "@" + path(t)} }
	}
	file := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return []row{
		{name: "socket missing", place: socket(func(*testing.T) string { return "/nowhere/redis.sock" }), says: unknown("unix/socket-missing"), golden: planning},
		{name: "a file in place of the socket", place: socket(file), says: unknown("unix/not-a-socket"), golden: planning},
		{name: "a path too long for a socket", place: socket(func(*testing.T) string { return "/nowhere/" + strings.Repeat("y", 200) }),
			says: unknown("network/connect-failed"), golden: planning},
	}
}

func closed(t *testing.T) place { return place{url: at(faults.ClosedPort(t))} }

package faults

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// redisHost is the name that the name servers of the rows are asked about.
const redisHost = "redis.example.com"

// named makes places of a name that a real name server is asked for: at the
// command line it stands in /etc/resolv.conf of a mount namespace, so that the
// resolver of the built provider is the one that asks.
func named(says faults.Name, of func(t *testing.T) place) func(t *testing.T) place {
	return func(t *testing.T) place {
		p := of(t)
		server := faults.ServeNames(t, says)
		port := "6379"
		if len(p.servers) > 0 {
			port = strconv.Itoa(p.servers[0].Port())
		}
		p.url = at(net.JoinHostPort(redisHost, port))
		file := filepath.Join(t.TempDir(), "resolv.conf")
		if err := os.WriteFile(file, []byte("nameserver "+server.IP()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.within = inNamespaces(t, "--mount", "mount --bind "+file+" /etc/resolv.conf")
		p.network = redisprobe.SystemNetwork{Resolver: resolverAt(server.IP())}
		return p
	}
}

func dnsRows() []row {
	nowhere := func(*testing.T) place { return place{} }
	healthy := func(t *testing.T) place { return of(locked(t)) }
	// besides makes another address of the same port drop what comes.
	besides := func(t *testing.T) place {
		server := locked(t)
		faults.FullBacklogOn(t, [4]byte{127, 0, 0, 3}, server.Port())
		return of(server)
	}
	return []row{
		{name: "no such name", place: named(faults.Name{Code: dnsmessage.RCodeNameError}, nowhere), says: unknown("network/name-not-resolved"), golden: planning},
		{name: "no address", place: named(faults.Name{}, nowhere), says: unknown("network/name-not-resolved")},
		{name: "server in trouble", place: named(faults.Name{Code: dnsmessage.RCodeServerFailure}, nowhere), says: unknown("network/name-not-resolved")},
		{name: "server refuses", place: named(faults.Name{Code: dnsmessage.RCodeRefused}, nowhere), says: unknown("network/name-not-resolved")},
		{name: "server silent", place: named(faults.Name{Never: true}, nowhere), says: unknown("network/name-not-resolved")},
		{name: "answers what is none", place: named(faults.Name{Garbage: true}, nowhere), says: unknown("network/name-not-resolved")},
		{name: "answers too late", place: named(faults.Name{Addresses: []string{"127.0.0.1"}, After: 1500 * time.Millisecond}, healthy),
			says: unknown("network/name-not-resolved")},
		{name: "answers slowly", place: named(faults.Name{Addresses: []string{"127.0.0.1"}, After: 700 * time.Millisecond}, healthy), timeout: 3 * time.Second},
		{name: "healthy", place: named(faults.Name{Addresses: []string{"127.0.0.1"}}, healthy), timeout: 3 * time.Second},
		{name: "an address that refuses, and a live one", place: named(faults.Name{Addresses: []string{"127.0.0.2", "127.0.0.1"}}, healthy), timeout: 3 * time.Second},
		{name: "an address that drops, and a live one", place: named(faults.Name{Addresses: []string{"127.0.0.3", "127.0.0.1"}}, besides), timeout: 4 * time.Second},
		{name: "addresses that refuse, all", place: named(faults.Name{Addresses: []string{"127.0.0.2", "127.0.0.4"}}, healthy), says: unknown("network/refused")},
		{name: "an address that refuses, and one that drops", place: named(faults.Name{Addresses: []string{"127.0.0.3", "127.0.0.2"}}, besides),
			says: unknown("network/refused"), timeout: 3 * time.Second},
	}
}

// resolverAt asks one name server, in process.
func resolverAt(ip string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return netprobe.Question(ctx, network, net.JoinHostPort(ip, "53"))
	}}
}

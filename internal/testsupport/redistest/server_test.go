package redistest_test

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func TestStart_PasswordIsAskedForAndURLCarriesIt(t *testing.T) {
	server := redistest.Start(t, redistest.Password("a b#c/d"))
	where, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := where.User.Password()
	options := &redis.Options{Addr: where.Host, Username: where.User.Username(), Password: password}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	options.Password = "another"
	other := redis.NewClient(options)
	defer func() { _ = other.Close() }()
	if err := other.Ping(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "WRONGPASS") {
		t.Errorf("a wrong password: got %v", err)
	}
}

func TestServer_CountsConnectionsAndRecordsCommands(t *testing.T) {
	server := redistest.Start(t)
	if got := server.Connections(); got != 0 {
		t.Fatalf("a fresh server has seen %d connections, want 0", got)
	}
	stop := server.Monitor()
	for range 3 {
		conn, err := net.Dial("tcp", server.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("PING\r\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	if got := server.Connections(); got != 3 {
		t.Errorf("got %d connections, want 3", got)
	}
	if lines := stop(); len(lines) != 3 || !strings.Contains(lines[0], `"PING"`) {
		t.Errorf("MONITOR saw %q, want three PINGs", lines)
	}
}

func TestServer_RestartKeepsTheAddressAndNothingElse(t *testing.T) {
	server := redistest.Start(t, redistest.Password("kept"))
	server.Do("SET", "left", "behind")
	where := server.URL()
	for range 2 {
		server.Restart()
		if got := server.Do("EXISTS", "left"); got != int64(0) || server.URL() != where {
			t.Errorf("%v keys are left, and it is at another place: %v", got, server.URL() != where)
		}
	}
	server.Stop()
	server.Restart()
	if got := server.Do("PING"); got != "PONG" {
		t.Errorf("PING after an end: %v", got)
	}
}

func TestStart_TLSServesCertificateOfItsAuthority(t *testing.T) {
	authority := redistest.NewAuthority(t)
	server := redistest.Start(t, redistest.TLS(authority), redistest.ClientCertificates())
	if !strings.HasPrefix(server.URL(), "rediss://") {
		t.Errorf("URL %s", server.URL())
	}
	if got := server.Do("PING"); got != "PONG" {
		t.Errorf("PING over the socket: %v", got)
	}
}

func TestStart_SentinelWatchesItsMaster(t *testing.T) {
	master := redistest.Start(t, redistest.Password("watched"))
	sentinel := redistest.Start(t, redistest.Sentinel(master))
	address, _ := sentinel.Do("SENTINEL", "get-master-addr-by-name", "mymaster").([]any)
	if len(address) != 2 || net.JoinHostPort(address[0].(string), address[1].(string)) != master.Addr() {
		t.Errorf("it watches %v, want %s", address, master.Addr())
	}
}

func TestStartCluster_NodesShareTheSlots(t *testing.T) {
	nodes := redistest.StartCluster(t, 3)
	// The key's slot is 12182, which is the last node's.
	if got := nodes[2].Do("SET", "foo", "bar"); got != "OK" {
		t.Errorf("got %v", got)
	}
	if known, _ := nodes[0].Do("CLUSTER", "SLOTS").([]any); len(known) != 3 {
		t.Errorf("the first node knows %d ranges, want 3", len(known))
	}
}

package tunnel_test

import (
	"math/big"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
)

// canary is the password of every server and proxy; nothing may show it.
const canary = "canary-5up3r-s3cr3t"

// limit is the timeout of a check: sshd needs its time on a busy machine.
const limit = 10 * time.Second

// change changes settings that work.
type change func(*tunnel.SSHSettings)

// settings are those with which a login works.
func settings(server *tunneltest.Server, changes ...change) tunnel.SSHSettings {
	s := tunnel.SSHSettings{
		Host: server.Host, Port: server.Port, User: tunneltest.User,
		PrivateKey: secret.New(server.Key.Private), HostKey: server.HostKey.Fingerprint,
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// over is a way that is closed in the end.
func over(t testing.TB, s tunnel.SSHSettings) *tunnel.SSH {
	t.Helper()
	way := tunnel.NewSSH(s, netprobe.System{})
	t.Cleanup(way.Close)
	return way
}

// shape changes a request.
type shape func(*redisprobe.Request)

func within(d time.Duration) shape { return func(r *redisprobe.Request) { r.Timeout = d } }

func deep(r *redisprobe.Request) { r.Depth = redisprobe.DepthRoundTrip }

func socket(path string) shape {
	return func(r *redisprobe.Request) {
		r.Connection.Transport, r.Connection.Path, r.Connection.Host, r.Connection.Port = redisurl.Unix, path, "", nil
	}
}

// request is one for an address.
func request(t testing.TB, address string, shapes ...shape) redisprobe.Request {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseInt(port, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	r := redisprobe.Request{
		Connection: redisurl.Connection{
			Transport: redisurl.TCP, Host: host, Port: big.NewInt(n), DB: new(big.Int), Password: secret.New(canary),
			Options: map[string]redisurl.Option{},
		},
		Setting: "REDIS_URL", Timeout: limit, Depth: redisprobe.DepthPing,
	}
	for _, change := range shapes {
		change(&r)
	}
	return r
}

// look is a look over a way.
func look(t testing.TB, way netprobe.Network, r redisprobe.Request) redisprobe.Report {
	t.Helper()
	return redisprobe.New(redisprobe.WithNetwork(way)).Look(t.Context(), r)
}

// verdict is what is said, "" for nothing.
type verdict struct {
	id           finding.ID
	undetermined bool
}

func answered(id finding.ID) verdict { return verdict{id: id} }

func open(id finding.ID) verdict { return verdict{id: id, undetermined: true} }

// judge holds a report to a verdict.
func judge(t *testing.T, report redisprobe.Report, want verdict) {
	t.Helper()
	ids := report.Outcome.IDs()
	if want.id == "" {
		if !report.Ready || !report.Passed() {
			t.Errorf("got %+v, want a pass", report.Outcome)
		}
		return
	}
	if len(ids) != 1 || ids[0] != want.id {
		t.Errorf("got %v, want %s: %+v", ids, want.id, report.Outcome)
	}
	if got := report.Outcome.Status == finding.Undetermined; got != want.undetermined || report.Ready {
		t.Errorf("%s: status %v, ready %v", want.id, report.Outcome.Status, report.Ready)
	}
}

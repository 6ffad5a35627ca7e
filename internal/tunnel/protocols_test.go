package tunnel_test

import (
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

// What is spoken over a way does not notice it: TLS, and the questions to
// Sentinels, whose master is reached from the far end, too.
func TestSSH_CarriesTLSAndSentinels(t *testing.T) {
	server := tunneltest.Start(t)
	way := over(t, settings(server))

	authority := redistest.NewAuthority(t)
	secured := redistest.Start(t, redistest.TLS(authority), redistest.Password(canary))
	overTLS := func(r *redisprobe.Request) {
		r.Connection.Transport = redisurl.TLS
		r.Connection.Options["ssl_ca_certs"] = redisurl.Option{Text: secret.New(authority.File(t))}
	}
	judge(t, look(t, way, request(t, secured.Addr(), overTLS, deep)), verdict{})
	judge(t, look(t, way, request(t, secured.Addr())), answered("tls/required"))

	watched := redistest.StartWatched(t, redistest.Watch{Servers: []redistest.Option{redistest.Password(canary)}})
	named := redisprobe.Request{
		Connection: redisurl.HostPort("", nil), Setting: "CONFIG.hosts[0]", Timeout: limit, Depth: redisprobe.DepthPing,
		Sentinel: &redisprobe.Sentinel{MasterName: watched.Name},
	}
	named.Connection.Password = secret.New(canary)
	for _, address := range watched.Addresses() {
		c := request(t, address).Connection
		c.Password = secret.String{}
		named.Sentinel.Sentinels = append(named.Sentinel.Sentinels, c)
	}
	judge(t, look(t, way, named), verdict{})
	if got := server.Logins(1); got != 1 {
		// One for each look would be three: the way is one.
		t.Errorf("%d logins, want 1", got)
	}

	server.Kill()
	started := time.Now()
	judge(t, look(t, way, named), open("tunnel/refused"))
	if took := time.Since(started); took > limit {
		t.Errorf("it took %s", took)
	}
}

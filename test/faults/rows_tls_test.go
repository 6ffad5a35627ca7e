package faults

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// secure is the URL of an address that speaks TLS, with query arguments.
func secure(address string, arguments ...string) string {
	return strings.Replace(at(address), "redis://", "rediss://", 1) + "?" + strings.Join(arguments, "&")
}

// trusting is the query argument that trusts an authority.
func trusting(t *testing.T, authority *redistest.Authority) string {
	return "ssl_ca_certs=" + authority.File(t)
}

// tlsRows are certificates, versions and the lack of either. redis-py checks the
// name in a certificate from 6 on, so that the rows state 7.4.
func tlsRows() []row {
	// with makes places of a server whose certificate is made so.
	with := func(change func(a *redistest.Authority) *redistest.Authority, arguments func(t *testing.T, a *redistest.Authority) []string, options ...redistest.Option) func(t *testing.T) place {
		return func(t *testing.T) place {
			authority := redistest.NewAuthority(t)
			server := locked(t, append([]redistest.Option{redistest.TLS(change(authority))}, options...)...)
			p := of(server).with(redisPy7)
			var extra []string
			if arguments != nil {
				extra = arguments(t, authority)
			}
			p.url = secure(server.Addr(), append(extra, trusting(t, authority))...)
			return p
		}
	}
	same := func(a *redistest.Authority) *redistest.Authority { return a }
	valid := func(from, to time.Duration) func(*redistest.Authority) *redistest.Authority {
		return func(a *redistest.Authority) *redistest.Authority {
			return a.Valid(time.Now().Add(from), time.Now().Add(to))
		}
	}
	client := func(own bool) func(t *testing.T, a *redistest.Authority) []string {
		return func(t *testing.T, a *redistest.Authority) []string {
			if !own {
				a = redistest.NewAuthority(t)
			}
			certificate, key := a.Client(t)
			return []string{"ssl_certfile=" + certificate, "ssl_keyfile=" + key}
		}
	}
	mutual := redistest.ClientCertificates()
	return append(tlsCutRows(), []row{
		{name: "all well", place: with(same, nil)},
		{name: "expired", place: with(valid(-48*time.Hour, -time.Hour), nil), says: failed("tls/expired"), golden: planning},
		{name: "not yet valid", place: with(valid(time.Hour, 2*time.Hour), nil), says: failed("tls/expired")},
		{name: "wrong name", place: with(func(a *redistest.Authority) *redistest.Authority {
			return a.Names("redis.example.com", "redis.example.com")
		}, nil), says: failed("tls/wrong-name"), golden: planning},
		{name: "unknown authority", place: func(t *testing.T) place {
			server := locked(t, redistest.TLS(redistest.NewAuthority(t)))
			p := of(server).with(redisPy7)
			p.url = secure(server.Addr(), trusting(t, redistest.NewAuthority(t)))
			return p
		}, says: failed("tls/unknown-authority"), golden: planning},
		{name: "intermediate missing", place: func(t *testing.T) place {
			root := redistest.NewAuthority(t)
			// Redis itself would add what it trusts to what it shows.
			return shaking(t, root.Intermediate(t), root, &tls.Config{MinVersion: tls.VersionTLS12})
		}, says: failed("tls/unknown-authority")},
		{name: "client certificate missing", place: with(same, nil, mutual), says: failed("tls/client-certificate-required"), golden: planning},
		{name: "client certificate missing, TLS 1.2", place: with(same, nil, mutual, redistest.TLSProtocols("TLSv1.2")), says: failed("tls/client-certificate-required")},
		{name: "client certificate of a stranger", place: with(same, client(false), mutual), says: failed("tls/handshake")},
		{name: "client certificate given", place: with(same, client(true), mutual)},
		{name: "TLS 1.0 and 1.1 only", place: oldTLS, says: failed("tls/handshake"), golden: planning},
		{name: "short key", place: func(t *testing.T) place {
			authority := redistest.NewAuthority(t).RSA(1024)
			return shaking(t, authority, authority, &tls.Config{MinVersion: tls.VersionTLS12})
		}, says: failed("tls/short-key"), golden: planning},
		{name: "authority that another one signed", place: func(t *testing.T) place {
			below := redistest.NewAuthority(t).Intermediate(t)
			server := locked(t, redistest.TLS(below))
			p := of(server).with(redisPy7)
			p.url = secure(server.Addr(), trusting(t, below))
			return p
		}, says: warns("tls/incomplete-authority"), golden: planning},
		{name: "rules that the check does not know", place: with(same, func(*testing.T, *redistest.Authority) []string {
			return []string{"ssl_include_verify_flags=VERIFY_X509_STRICT"}
		}), says: unknown("tls/verify-flags"), golden: planning},
		{name: "file of the authority missing", place: func(t *testing.T) place {
			server := locked(t, redistest.TLS(redistest.NewAuthority(t)))
			p := of(server)
			p.url = secure(server.Addr(), "ssl_ca_certs=/nowhere/ca.pem")
			return p
		}, says: unknown("tls/missing-file"), golden: planning},
		{name: "TLS to a plaintext port", place: func(t *testing.T) place {
			server := locked(t)
			p := of(server)
			p.url = secure(server.Addr(), "ssl_cert_reqs=required")
			return p
		}, says: failed("tls/plaintext-server"), golden: planning},
		{name: "plaintext to a TLS port", place: func(t *testing.T) place { return of(locked(t, redistest.TLS(redistest.NewAuthority(t)))) },
			says: failed("tls/required"), golden: planning},
		{name: "silent to TLS", place: func(t *testing.T) place {
			server := faults.Serve(t, faults.Silent)
			return place{url: secure(server.Addr(), "ssl_cert_reqs=required"), fakes: []*faults.Server{server}}
		}, says: unknown("network/silent")},
		{name: "HTTP to TLS", place: func(t *testing.T) place {
			server := faults.Serve(t, faults.Answer("HTTP/1.1 400 Bad Request\r\n\r\n"))
			return place{url: secure(server.Addr(), "ssl_cert_reqs=required"), fakes: []*faults.Server{server}}
		}, says: failed("redis/not-redis")},
	}...)
}

// oldTLS is a server that stopped with the times.
func oldTLS(t *testing.T) place {
	authority := redistest.NewAuthority(t)
	return shaking(t, authority, authority, &tls.Config{
		MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
	})
}

// shaking is the place of a server that shakes hands, no more, with a
// certificate of one authority, where another one is trusted.
func shaking(t *testing.T, signed, trusted *redistest.Authority, config *tls.Config) place {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(signed.Server(t))
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{pair}
	server := faults.Serve(t, func(conn net.Conn) { _ = tls.Server(conn, config).Handshake() })
	p := place{url: secure(server.Addr(), trusting(t, trusted)), fakes: []*faults.Server{server}}
	return p.with(redisPy7)
}

// tlsCutRows end the connection after, or within, a record of the handshake.
func tlsCutRows() []row {
	var rows []row
	for _, c := range []struct {
		name string
		n    int
		half bool
	}{{"within the first record", 1, true}, {"after the first record", 1, false}, {"after the second record", 2, false}, {"within the third record", 3, true}} {
		rows = append(rows, row{name: "cut " + c.name + " of TLS", says: unknown("network/closed"), place: func(t *testing.T) place {
			authority := redistest.NewAuthority(t)
			p := through(t, locked(t, redistest.TLS(authority)), faults.Relay{TLS: true, Message: cut(1, c.n, c.half)})
			p.url = secure(p.fakes[0].Addr(), trusting(t, authority))
			return p.with(redisPy7)
		}})
	}
	return rows
}

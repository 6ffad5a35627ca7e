package tunneltest

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Proxy is a SOCKS5 proxy.
type Proxy struct {
	*Process
	Host string
	Port int
}

func newProxy(t testing.TB, opts []Option) (*Proxy, options) {
	t.Helper()
	root(t)
	redistest.Slow(t)
	var o options
	for _, option := range opts {
		option(&o)
	}
	p := &Proxy{Host: "127.0.0.1", Port: launch.FreePort(t)}
	if o.network != nil {
		p.Host = o.network.gate
	}
	return p, o
}

func (p *Proxy) start(t testing.TB, o options, words ...string) *Proxy {
	t.Helper()
	p.Process = start(t, o.place, net.JoinHostPort(p.Host, strconv.Itoa(p.Port)), words...)
	return p
}

// Microsocks starts a microsocks, which wants User and the password if there is
// one. Of the options it knows In, Hosts and Password.
func Microsocks(t testing.TB, opts ...Option) *Proxy {
	t.Helper()
	p, o := newProxy(t, opts)
	words := []string{binary(t, "microsocks"), "-i", p.Host, "-p", strconv.Itoa(p.Port)}
	if o.password != "" {
		words = append(words, "-u", User, "-P", o.password)
	}
	return p.start(t, o, words...)
}

// Dante starts a dante whose rules allow no server.
func Dante(t testing.TB, opts ...Option) *Proxy {
	t.Helper()
	p, o := newProxy(t, opts)
	config := filepath.Join(t.TempDir(), "danted.conf")
	write(t, config, fmt.Sprintf(`logoutput: stderr
internal: %[1]s port = %[2]d
external: %[1]s
clientmethod: none
socksmethod: none
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`, p.Host, p.Port), 0o644)
	return p.start(t, o, binary(t, "danted"), "-f", config, "-p", filepath.Join(t.TempDir(), "pid"))
}

// Dynamic starts an "ssh -D" over a server.
func Dynamic(t testing.TB, server *Server) *Proxy {
	t.Helper()
	p, o := newProxy(t, nil)
	key := filepath.Join(t.TempDir(), "key")
	write(t, key, server.Key.Private, 0o600)
	return p.start(t, o, binary(t, "ssh"), "-N", "-D", net.JoinHostPort(p.Host, strconv.Itoa(p.Port)), "-i", key,
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "-p", strconv.Itoa(server.Port),
		User+"@"+server.Host)
}

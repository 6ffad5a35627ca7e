package redisprobe

import (
	"context"
	"net"
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// resolve is asyncio's getaddrinfo.
func (a *attempt) resolve(ctx context.Context) ([]string, *problem) {
	addresses, err := a.network.Resolve(ctx, a.request.Connection.Host)
	if err == nil && len(addresses) == 0 {
		err = &net.DNSError{Err: "no addresses", IsNotFound: true}
	}
	if err != nil {
		return nil, a.dead(func(b *attempt) *problem { return b.notResolved(err) })
	}
	return addresses, nil
}

// connect tries the addresses in order, one after the other, as CPython's
// asyncio does (base_events.py, create_connection, without happy eyeballs).
func (a *attempt) connect(ctx context.Context, addresses []string) *problem {
	conn, dialed, err := netprobe.Connect(ctx, a.network, addresses, a.request.Connection.Port.String())
	if fault := netprobe.FaultOf(err); fault != nil {
		return a.faulty(fault)
	}
	if err != nil {
		return a.dead(func(b *attempt) *problem { return b.notConnected(err, len(addresses)) })
	}
	a.raw, a.dialed = &wire{Conn: conn, pulse: a.heard}, dialed
	return nil
}

// connectUnix is asyncio.open_unix_connection.
func (a *attempt) connectUnix(ctx context.Context) *problem {
	path := a.request.Connection.Path
	conn, err := a.network.Dial(ctx, "unix", path)
	if err == nil {
		a.raw = &wire{Conn: conn, pulse: a.heard}
		return nil
	}
	if fault := netprobe.FaultOf(err); fault != nil {
		return a.faulty(fault)
	}
	return a.dead(func(b *attempt) *problem {
		return b.socketFailed(err, func() (os.FileInfo, error) { return os.Stat(path) })
	})
}

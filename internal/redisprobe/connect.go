package redisprobe

import (
	"context"
	"errors"
	"net"
	"os"
	"time"
)

// resolve is asyncio's getaddrinfo.
func (a *attempt) resolve(ctx context.Context) ([]string, *problem) {
	addresses, err := a.network.Resolve(ctx, a.request.Connection.Host)
	if err == nil && len(addresses) == 0 {
		err = &net.DNSError{Err: "no addresses", IsNotFound: true}
	}
	if err != nil {
		return nil, a.notResolved(err)
	}
	return addresses, nil
}

// connect tries the addresses in order, one after the other, as CPython's
// asyncio does (base_events.py, create_connection, without happy eyeballs).
func (a *attempt) connect(ctx context.Context, addresses []string) *problem {
	port := a.request.Connection.Port.String()
	var worst error
	for i, address := range addresses {
		target := net.JoinHostPort(address, port)
		conn, err := a.dialOne(ctx, target, len(addresses)-i)
		if err == nil {
			a.raw, a.dialed = &wire{Conn: conn}, target
			return nil
		}
		if worst == nil || telling(err) > telling(worst) {
			worst = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return a.notConnected(worst, len(addresses))
}

// minimumShare is the least time an address gets, as in Go's own dialer.
const minimumShare = 2 * time.Second

// dialOne gives an address its share of the time that is left.
func (a *attempt) dialOne(ctx context.Context, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		share := max(time.Until(deadline)/time.Duration(left), minimumShare)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return a.network.Dial(ctx, "tcp", address)
}

// telling ranks dial errors by how much they say about the server: that it is
// there and refuses, more than silence, and silence more than the rest.
func telling(err error) int {
	switch {
	case isRefused(err):
		return 3
	case isTimeout(err):
		return 2
	case isNoRoute(err):
		return 1
	default:
		return 0
	}
}

// connectUnix is asyncio.open_unix_connection.
func (a *attempt) connectUnix(ctx context.Context) *problem {
	path := a.request.Connection.Path
	conn, err := a.network.Dial(ctx, "unix", path)
	if err == nil {
		a.raw = &wire{Conn: conn}
		return nil
	}
	return a.socketFailed(err, func() (os.FileInfo, error) { return os.Stat(path) })
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		(errors.As(err, &timeout) && timeout.Timeout())
}

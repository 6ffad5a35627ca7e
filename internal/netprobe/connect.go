package netprobe

import (
	"context"
	"net"
	"time"
)

// minimumShare is the least time an address gets, as in Go's own dialer.
const minimumShare = 2 * time.Second

// Connect tries the addresses of a host in order, one after the other, each
// with its share of the time that is left, so that a live one behind a dead one
// is found. It returns the connection and the address that it leads to; the
// error is that of the address that told most.
func Connect(ctx context.Context, network Network, addresses []string, port string) (conn net.Conn, address string, err error) {
	var worst error
	for i, address := range addresses {
		target := net.JoinHostPort(address, port)
		conn, err := dialOne(ctx, network, target, len(addresses)-i)
		if err == nil {
			return conn, target, nil
		}
		if worst == nil || telling(err) > telling(worst) {
			worst = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, "", worst
}

// dialOne gives an address its share of the time that is left.
func dialOne(ctx context.Context, network Network, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		share := max(time.Until(deadline)/time.Duration(left), minimumShare)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return network.Dial(ctx, "tcp", address)
}

// telling ranks dial errors by how much they say about the server: that it is
// there and refuses, more than silence, and silence more than the rest.
func telling(err error) int {
	switch {
	case IsRefused(err):
		return 3
	case IsTimeout(err):
		return 2
	case IsNoRoute(err):
		return 1
	default:
		return 0
	}
}

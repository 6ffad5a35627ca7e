package cli

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

var errNoAddress = errors.New("cli: the name has no address")

// connect opens a connection to a Redis that the probe has just been let in by,
// for the questions that were asked by name. It says less about failures than
// the probe does, and is at most as trusting: see secure.
func connect(ctx context.Context, network redisprobe.Network, request redisprobe.Request, line redisurl.Line) (*transport.Single, error) {
	c := request.Connection
	conn, err := dial(ctx, network, c)
	if err != nil {
		return nil, err
	}
	if c.Transport == redisurl.TLS {
		secured, err := secure(ctx, conn, c, line)
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		conn = secured
	}
	return transport.Open(conn, login(c)...), nil
}

// dial tries the addresses of a host in order, each with a share of the time.
func dial(ctx context.Context, network redisprobe.Network, c redisurl.Connection) (net.Conn, error) {
	if c.Transport == redisurl.Unix {
		return network.Dial(ctx, "unix", c.Path)
	}
	addresses, err := network.Resolve(ctx, c.Host)
	if err != nil {
		return nil, err
	}
	err = errNoAddress
	for i, address := range addresses {
		conn, failure := dialOne(ctx, network, net.JoinHostPort(address, c.Port.String()), len(addresses)-i)
		if failure == nil {
			return conn, nil
		}
		err = failure
	}
	return nil, err
}

func dialOne(ctx context.Context, network redisprobe.Network, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return network.Dial(ctx, "tcp", address)
}

// login is what redis-py sends first: AUTH, with an empty password for a user
// that has none, and SELECT (connection.py, on_connect).
func login(c redisurl.Connection) []channellayer.Command {
	var commands []channellayer.Command
	switch {
	case !c.Username.IsEmpty():
		commands = append(commands, channellayer.Command{"AUTH", c.Username.Reveal(), c.Password.Reveal()})
	case !c.Password.IsEmpty():
		commands = append(commands, channellayer.Command{"AUTH", c.Password.Reveal()})
	}
	if c.DB != nil && c.DB.Sign() != 0 {
		commands = append(commands, channellayer.Command{"SELECT", c.DB.String()})
	}
	return commands
}

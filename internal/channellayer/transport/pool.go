package transport

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
)

var _ channellayer.Conn = (*Pool)(nil)

// Dial opens a connection to a Redis, TLS included.
type Dial func(ctx context.Context) (net.Conn, error)

// ErrClosed is returned by a pool that has been closed.
var ErrClosed = errors.New("transport: the pool is closed")

// Pool is a Redis with as many connections as exchanges are under way at once.
// What is idle is used again, the last first.
type Pool struct {
	dial   Dial
	login  []channellayer.Command
	mu     sync.Mutex
	idle   []*Single
	closed bool
}

// NewPool makes a pool; nothing is dialled before it is used. login is what
// every connection begins with.
func NewPool(dial Dial, login ...channellayer.Command) *Pool {
	return &Pool{dial: dial, login: login}
}

// Exchange is [channellayer.Conn]'s.
func (p *Pool) Exchange(ctx context.Context, commands ...channellayer.Command) ([]channellayer.Reply, error) {
	conn, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	replies, err := conn.Exchange(ctx, commands...)
	if err != nil || ctx.Err() != nil {
		_ = conn.Close()
		return replies, err
	}
	p.put(conn)
	return replies, nil
}

func (p *Pool) take(ctx context.Context) (*Single, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	if last := len(p.idle) - 1; last >= 0 {
		conn := p.idle[last]
		p.idle = p.idle[:last]
		p.mu.Unlock()
		return conn, nil
	}
	p.mu.Unlock()
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	return Open(conn, p.login...), nil
}

func (p *Pool) put(conn *Single) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = conn.Close()
		return
	}
	p.idle = append(p.idle, conn)
}

// Subscribe opens a connection of its own that listens. Nothing is said on it
// before something is subscribed to.
func (p *Pool) Subscribe(ctx context.Context) (channellayer.Subscription, error) {
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	return Listen(conn, p.login...), nil
}

// Close closes what is idle, and what is not when it becomes so. Subscriptions
// are closed by whom they were opened for.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, conn := range p.idle {
		_ = conn.Close()
	}
	p.idle = nil
	return nil
}

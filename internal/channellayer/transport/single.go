package transport

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

var _ channellayer.Conn = (*Single)(nil)

// ErrOneConnection is what go-redis gets when it wants to connect again.
var ErrOneConnection = errors.New("transport: the connection has ended")

// Single is one connection to one Redis. One exchange is under way at a time;
// others wait for it.
type Single struct {
	conn   *redis.Conn
	wire   *Wire
	client *redis.Client // nil if somebody else closes it
	mu     sync.Mutex
}

// Open makes a Single of a connection on which nothing has been said yet. Before
// the first exchange comes the login, if any, in one packet: AUTH and SELECT,
// say. Close closes the connection too.
func Open(over net.Conn, login ...channellayer.Command) *Single {
	wire := Watch(over)
	client := clientOver(wire, login)
	return &Single{client: client, conn: client.Conn(), wire: wire}
}

// Over makes a Single of a conversation that somebody else has begun and will
// close. wire is the connection under it.
func Over(conn *redis.Conn, wire *Wire) *Single { return &Single{conn: conn, wire: wire} }

// clientOver gives go-redis one connection, once.
func clientOver(wire *Wire, login []channellayer.Command) *redis.Client {
	var handed atomic.Bool
	client := redis.NewClient(&redis.Options{
		Network: "tcp",
		Addr:    "redis", // for go-redis' errors; nothing dials it
		// The pool has one place and no retries, so that this runs once at a time.
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			if handed.Swap(true) {
				return nil, ErrOneConnection
			}
			return Bound(wire), nil
		},
		OnConnect: func(ctx context.Context, conn *redis.Conn) error {
			if len(login) == 0 {
				return nil
			}
			replies, err := pipeline(ctx, conn, login)
			for _, reply := range replies {
				err = errors.Join(err, reply.Err)
			}
			return err
		},
		Protocol:      2,
		MaxRetries:    -1,
		DialerRetries: 1,
		// Only contexts bound an exchange: a blocking read may take long.
		ReadTimeout:              -1,
		WriteTimeout:             -1,
		ContextTimeoutEnabled:    true,
		PoolSize:                 1,
		MaxConcurrentDials:       1,
		PipelinePoolSize:         -1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	client.AddHook(noHello{})
	return client
}

// noHello keeps back the HELLO that go-redis begins every connection with: it
// would cost a round trip, and says nothing that a layer needs.
type noHello struct{}

// DialHook leaves dialling alone.
func (noHello) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook leaves pipelines alone.
func (noHello) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook counts a HELLO as done.
func (noHello) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "hello" {
			return nil
		}
		return next(ctx, cmd)
	}
}

// Exchange is [channellayer.Conn]'s. After an error the connection is closed.
func (s *Single) Exchange(ctx context.Context, commands ...channellayer.Command) ([]channellayer.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exchange(ctx, commands)
}

func (s *Single) exchange(ctx context.Context, commands []channellayer.Command) ([]channellayer.Reply, error) {
	stop := context.AfterFunc(ctx, crash.Contained(func() { _ = s.wire.Close() }))
	replies, err := pipeline(ctx, s.conn, commands)
	stop()
	if err == nil {
		// If the context has ended since, the connection has too.
		return replies, nil
	}
	_ = s.wire.Close()
	return nil, ended(ctx, err)
}

// ended is the context's error where it is what broke the connection off. Its
// deadline is the connection's too, and may strike there first.
func ended(ctx context.Context, err error) error {
	_, bounded := ctx.Deadline()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case bounded && errors.Is(err, os.ErrDeadlineExceeded):
		return context.DeadlineExceeded
	default:
		return err
	}
}

// Close closes the connection, unless somebody else will.
func (s *Single) Close() error {
	if s.client == nil {
		return nil
	}
	_ = s.wire.Close()
	return errors.Join(s.conn.Close(), s.client.Close())
}

// Pending is an exchange whose packet has been written.
type Pending struct {
	done    chan struct{}
	replies []channellayer.Reply
	err     error
}

// Begin begins an exchange and returns when its last command has been written:
// what is sent over other connections from then on comes after it. The packet
// must be small enough for one write (4 KiB). The exchange goes on until its
// replies are there or the context ends; Wait must be called.
func (s *Single) Begin(ctx context.Context, commands ...channellayer.Command) *Pending {
	s.mu.Lock()
	last := channellayer.Command{}
	if len(commands) > 0 {
		last = commands[len(commands)-1]
	}
	written := s.wire.await(last.Name())
	p := &Pending{done: make(chan struct{})}
	go func() {
		defer close(p.done)
		defer s.mu.Unlock()
		if bug := crash.Guard(func() { p.replies, p.err = s.exchange(ctx, commands) }); bug != nil {
			p.replies, p.err = nil, bug
		}
	}()
	select {
	case <-written:
	case <-p.done:
	}
	return p
}

// Wait waits for the replies, as [channellayer.Conn]'s Exchange returns them.
func (p *Pending) Wait() ([]channellayer.Reply, error) {
	<-p.done
	return p.replies, p.err
}

// Done is closed when the replies are there, or the exchange has failed.
func (p *Pending) Done() <-chan struct{} { return p.done }

// Arrived reports whether the replies are there, or the exchange has failed.
func (p *Pending) Arrived() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// pipeline runs commands in one packet.
func pipeline(ctx context.Context, conn *redis.Conn, commands []channellayer.Command) ([]channellayer.Reply, error) {
	cmds := make([]*redis.Cmd, 0, len(commands))
	_, _ = conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, command := range commands {
			cmds = append(cmds, pipe.Do(ctx, command...))
		}
		return nil
	})
	replies := make([]channellayer.Reply, 0, len(commands))
	for _, cmd := range cmds {
		value, err := cmd.Result()
		refused := refusal(err)
		switch {
		case refused != nil:
			replies = append(replies, channellayer.Reply{Err: refused})
		case err != nil && !errors.Is(err, redis.Nil):
			return nil, err
		default:
			replies = append(replies, channellayer.Reply{Value: plain(value)})
		}
	}
	return replies, nil
}

// refusal is the error reply in an error, nil if it is none.
func refusal(err error) *channellayer.ReplyError {
	var refused redis.Error
	if err == nil || errors.Is(err, redis.Nil) || !errors.As(err, &refused) {
		return nil
	}
	return &channellayer.ReplyError{Text: refused.Error()}
}

// plain turns the errors within an array into ours.
func plain(value any) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case error:
		if refused := refusal(v); refused != nil {
			return refused
		}
		return nil
	}
	return value
}

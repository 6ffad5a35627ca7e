package redisprobe

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// noLog takes the place of go-redis's own log, of which there is one for the
// whole process: it quotes replies, and servers quote what they were sent,
// passwords included ("unknown command 'AUTH', with args beginning with: ...").
type noLog struct{}

// Printf drops it.
func (noLog) Printf(context.Context, string, ...any) {}

// session is one conversation with a server over one connection that is
// already open. Deeper checks continue on its conn.
type session struct {
	client *redis.Client
	conn   *redis.Conn
	hello  *helloHook
}

var errOneConnection = errors.New("redisprobe: one connection a check")

// open prepares a conversation; nothing is sent before the first command.
//
// go-redis gets no user, password or database: it would send HELLO with the
// password and, refused, AUTH with it again, and then SELECT in a round trip
// of its own. The check sends them itself, once and together.
func open(over net.Conn, address string, timeout time.Duration) *session {
	redis.SetLogger(noLog{})
	handed := false
	client := redis.NewClient(&redis.Options{
		Network: "tcp",
		Addr:    address,
		// The pool has one place and no retries, so that this runs once.
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			if handed {
				return nil, errOneConnection
			}
			handed = true
			return transport.Bound(over), nil
		},
		Protocol:                 2,
		MaxRetries:               -1,
		DialerRetries:            1,
		DialTimeout:              timeout,
		ReadTimeout:              timeout,
		WriteTimeout:             timeout,
		ContextTimeoutEnabled:    true,
		PoolSize:                 1,
		MaxConcurrentDials:       1,
		PipelinePoolSize:         -1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	hello := &helloHook{started: time.Now()}
	client.AddHook(hello)
	return &session{client: client, conn: client.Conn(), hello: hello}
}

func (s *session) close() {
	_ = s.conn.Close()
	_ = s.client.Close()
}

// helloHook sees the HELLO that go-redis begins every connection with, and
// what was answered: go-redis itself drops it.
type helloHook struct {
	started time.Time
	seen    bool
	err     error
	took    time.Duration
}

// DialHook leaves dialling alone.
func (h *helloHook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook leaves pipelines alone.
func (h *helloHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook notes the reply to HELLO.
func (h *helloHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if strings.EqualFold(cmd.Name(), "hello") {
			h.seen, h.err, h.took = true, err, time.Since(h.started)
		}
		return err
	}
}

// reply is how a server answered a command: accepted, an error reply, or not
// at all.
type reply struct {
	// refusal is the text of an error reply, "" if there was none. It is the
	// server's and not to be trusted or quoted.
	refusal string
	// broken is why there was no reply that RESP allows.
	broken error
}

func (r reply) accepted() bool { return r.refusal == "" && r.broken == nil }

func replyOf(err error) reply {
	if err == nil || errors.Is(err, redis.Nil) {
		return reply{}
	}
	var refused redis.Error
	if errors.As(err, &refused) {
		return reply{refusal: refused.Error()}
	}
	return reply{broken: err}
}

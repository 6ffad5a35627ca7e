package transport_test

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

type command = channellayer.Command

func dialer(server *redistest.Server) transport.Dial {
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Addr())
	}
}

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, server *redistest.Server, login ...command) *transport.Single {
	t.Helper()
	conn, err := dialer(server)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	single := transport.Open(conn, login...)
	t.Cleanup(func() { _ = single.Close() })
	return single
}

func TestExchange_RepliesAreInOrderAndErrorsAmongThem(t *testing.T) {
	t.Parallel()
	single := open(t, redistest.Start(t))
	replies, err := single.Exchange(patience(t), command{"SET", "a", []byte("\x00\xff")}, command{"GET", "a"}, command{"GET", "b"},
		command{"INCR", "a"}, command{"MULTI"}, command{"INCR", "n"}, command{"INCR", "a"}, command{"EXEC"}, command{"STRLEN", "a"})
	if err != nil {
		t.Fatal(err)
	}
	var values []any
	for _, reply := range replies {
		if reply.Err != nil {
			values = append(values, reply.Err.Error())
			continue
		}
		values = append(values, reply.Value)
	}
	refused := &channellayer.ReplyError{Text: "ERR value is not an integer or out of range"}
	want := []any{"OK", "\x00\xff", nil, refused.Error(), "OK", "QUEUED", "QUEUED", []any{int64(1), refused}, int64(2)}
	if !reflect.DeepEqual(values, want) {
		t.Errorf("replies\n%v\nwant\n%v", values, want)
	}
}

func TestExchange_EndsAtOnceWithItsContext(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for name, makeContext := range map[string]func() (context.Context, context.CancelFunc){
		"deadline": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(t.Context(), 50*time.Millisecond)
		},
		"canceled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		single := open(t, server)
		ctx, cancel := makeContext()
		started := time.Now()
		_, err := single.Exchange(ctx, command{"BZPOPMIN", "nothing", 30})
		<-ctx.Done()
		if !errors.Is(err, ctx.Err()) {
			t.Errorf("%s: error %v, want %v", name, err, ctx.Err())
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
		cancel()
		if _, err := single.Exchange(patience(t), command{"PING"}); err == nil {
			t.Errorf("%s: the connection goes on", name)
		}
	}
}

func TestBegin_ReturnsWhenTheReadIsUnderWay(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	reader, writer := open(t, server), open(t, server)
	for _, warm := range []bool{false, true} { // on a fresh connection the login comes first
		pending := reader.Begin(ctx, command{"GET", "x"}, command{"BZPOPMIN", "key", 5})
		if pending.Arrived() {
			t.Error("the read did not block")
		}
		if _, err := writer.Exchange(ctx, command{"ZADD", "key", "1", "member"}); err != nil {
			t.Fatal(err)
		}
		replies, err := pending.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if want := []any{"key", "member", "1"}; !reflect.DeepEqual(replies[1].Value, want) {
			t.Errorf("warm %v: %v, want %v", warm, replies[1].Value, want)
		}
	}
	if replies, err := reader.Begin(ctx).Wait(); err != nil || len(replies) != 0 {
		t.Errorf("no commands: %v (%v)", replies, err)
	}
	canceled, cancel := context.WithCancel(ctx)
	pending := reader.Begin(canceled, command{"BZPOPMIN", "key", 5})
	cancel()
	if _, err := pending.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if _, err := reader.Begin(ctx, command{"PING"}).Wait(); err == nil {
		t.Error("a closed connection answers")
	}
}

func TestPool_HasAsManyConnectionsAsAreInUse(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	pool := transport.NewPool(dialer(server))
	for range 10 {
		if _, err := pool.Exchange(ctx, command{"PING"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections for one exchange after the other, want 1", n)
	}
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if _, err := pool.Exchange(ctx, command{"BZPOPMIN", "nothing", "0.2"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := server.Connections(); n > 3 {
		t.Errorf("%d connections for three at once, want 3 at most", n)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exchange(ctx, command{"PING"}); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
}

func TestPool_GivesUpBrokenConnections(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	pool := transport.NewPool(dialer(server))
	t.Cleanup(func() { _ = pool.Close() })
	if _, err := pool.Exchange(ctx, command{"PING"}); err != nil {
		t.Fatal(err)
	}
	server.Do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	if _, err := pool.Exchange(ctx, command{"PING"}); err == nil {
		t.Error("a killed connection answers")
	}
	if _, err := pool.Exchange(ctx, command{"PING"}); err != nil {
		t.Errorf("the next one does not: %v", err)
	}
}

func TestLogin_ComesFirstAndItsRefusalIsTold(t *testing.T) {
	t.Parallel()
	const password = "made-up-4711"
	server, ctx := redistest.Start(t, redistest.Password(password)), patience(t)
	replies, err := open(t, server, command{"AUTH", password}, command{"SELECT", 3}).Exchange(ctx, command{"CLIENT", "INFO"})
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := replies[0].Value.(string); !strings.Contains(info, " db=3 ") {
		t.Errorf("not in database 3: %s", info)
	}
	_, err = open(t, server, command{"AUTH", "wrong" + password}).Exchange(ctx, command{"PING"})
	replyErr := (*channellayer.ReplyError)(nil)
	if !errors.As(err, &replyErr) || replyErr.Code() != "WRONGPASS" {
		t.Errorf("error %v, want WRONGPASS", err)
	}
	if err != nil && strings.Contains(err.Error(), password) {
		t.Errorf("the password stands in %q", err)
	}
}

func TestPool_DialErrorsAreTold(t *testing.T) {
	broken := errors.New("no way")
	pool := transport.NewPool(func(context.Context) (net.Conn, error) { return nil, broken })
	if _, err := pool.Exchange(t.Context(), command{"PING"}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if _, err := pool.Subscribe(t.Context()); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestListener_TellsWhatComes(t *testing.T) {
	t.Parallel()
	server, ctx := redistest.Start(t), patience(t)
	pool := transport.NewPool(dialer(server))
	t.Cleanup(func() { _ = pool.Close() })
	listener, err := pool.Subscribe(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if err := listener.Subscribe(ctx, "a", "b"); err != nil {
		t.Fatal(err)
	}
	var got []channellayer.Event
	next := func() {
		t.Helper()
		event, err := listener.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, event)
	}
	next()
	next()
	server.Do("PUBLISH", "b", "\x00\xff")
	next()
	if err := listener.Unsubscribe(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	next()
	want := []channellayer.Event{
		{Kind: channellayer.Subscribed, Channel: "a"}, {Kind: channellayer.Subscribed, Channel: "b"},
		{Kind: channellayer.Published, Channel: "b", Payload: []byte("\x00\xff")}, {Kind: channellayer.Unsubscribed, Channel: "a"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := listener.Receive(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want context.DeadlineExceeded", err)
	}
	if _, err := listener.Receive(ctx); err == nil {
		t.Error("it listens after the end of its context")
	}
}

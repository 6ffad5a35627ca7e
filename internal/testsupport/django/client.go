package django

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Socket is an open WebSocket of a client.
type Socket struct {
	conn     *websocket.Conn
	received chan string
	closed   chan struct{}
	code     websocket.StatusCode
}

// Dial opens a WebSocket as a browser does on a page of the app.
func (a *App) Dial(t testing.TB, path string) *Socket {
	t.Helper()
	socket, status := a.TryDial(t, path)
	if socket == nil {
		t.Fatalf("the WebSocket %s is refused with status %d; the app says:\n%s", path, status, a.Log())
	}
	return socket
}

// TryDial is Dial for what may be refused: the socket is nil then, and status
// what the server answered; 0 where it did not.
func (a *App) TryDial(t testing.TB, path string) (socket *Socket, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, a.WebSocketURL(path), &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPHeader: http.Header{"Origin": {a.Origin()}},
	})
	if response != nil {
		status = response.StatusCode
	}
	if err != nil {
		return nil, status
	}
	s := &Socket{conn: conn, received: make(chan string, 100), closed: make(chan struct{})}
	reading, stop := context.WithCancel(context.Background())
	go s.read(reading)
	t.Cleanup(func() {
		stop()
		<-s.closed
	})
	return s, status
}

func (s *Socket) read(ctx context.Context) {
	defer close(s.closed)
	defer func() { _ = s.conn.CloseNow() }()
	for {
		_, text, err := s.conn.Read(ctx)
		if err != nil {
			s.code = websocket.CloseStatus(err)
			return
		}
		s.received <- string(text)
	}
}

// Send sends a text.
func (s *Socket) Send(t testing.TB, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		t.Fatalf("the WebSocket takes no text: %v", err)
	}
}

// TrySend is Send for a socket that may be closed.
func (s *Socket) TrySend(text string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = s.conn.Write(ctx, websocket.MessageText, []byte(text))
}

// Receive waits for the next text.
func (s *Socket) Receive(t testing.TB) string {
	t.Helper()
	text, ok := s.ReceiveWithin(patience)
	if !ok {
		t.Fatal("the WebSocket brings nothing, or is closed")
	}
	return text
}

// ReceiveWithin is the next text; not ok where none comes in time, or the
// socket is closed.
func (s *Socket) ReceiveWithin(limit time.Duration) (text string, ok bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case text := <-s.received:
		return text, true
	default:
	}
	select {
	case text := <-s.received:
		return text, true
	case <-s.closed:
		select {
		case text := <-s.received: // it came before the end
			return text, true
		default:
			return "", false
		}
	case <-timer.C:
		return "", false
	}
}

// Pending is how many texts have come and were not received yet.
func (s *Socket) Pending() int { return len(s.received) }

// Closed waits for the end of the socket and returns its code: that of a close
// frame, or -1 where the connection ended without one.
func (s *Socket) Closed(t testing.TB) int {
	t.Helper()
	code, ok := s.ClosedWithin(patience)
	if !ok {
		t.Fatalf("the WebSocket is still open after %s", patience)
	}
	return code
}

// ClosedWithin is Closed with a limit; not ok where the socket is still open.
func (s *Socket) ClosedWithin(limit time.Duration) (code int, ok bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.closed:
		return int(s.code), true
	case <-timer.C:
		return 0, false
	}
}

// Ping waits until the server has answered a ping. Texts that it had sent before
// are then here.
func (s *Socket) Ping(t testing.TB) {
	t.Helper()
	if !s.Answers(t) {
		t.Fatal("the WebSocket answers no ping")
	}
}

// Answers reports whether the server answers a ping: false where the socket is
// closed, or is closed meanwhile.
func (s *Socket) Answers(t testing.TB) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return s.conn.Ping(ctx) == nil
}

// Close closes the socket as a browser does that leaves the page.
func (s *Socket) Close() {
	_ = s.conn.Close(websocket.StatusNormalClosure, "")
	<-s.closed
}

// Get asks for a page and returns the status; 0 where there is no answer.
func (a *App) Get(t testing.TB, path string) (status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL(path), strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("no answer to %s within %s; the app says:\n%s", path, patience, a.Log())
		}
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

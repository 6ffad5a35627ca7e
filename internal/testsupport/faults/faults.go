// Package faults has servers that do what no real one can be made to do:
// accept and stay silent, hang up at once, greet in another protocol, stop in
// the middle of an answer. All listen on a port of their own on 127.0.0.1 and
// are gone, their goroutines too, when the test ends.
package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
)

// Behaviour is what a server does with a connection. It returns when it is
// done with it, or when reading or writing fails because the test ended.
type Behaviour func(conn net.Conn)

// Server is a TCP server with one behaviour.
type Server struct {
	listener net.Listener
	count    atomic.Int64
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	running  sync.WaitGroup
}

// Serve starts a server that ends with the test.
func Serve(t testing.TB, behave Behaviour) *Server {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{listener: listener, open: map[net.Conn]struct{}{}}
	s.running.Go(func() { s.accept(behave) })
	t.Cleanup(s.stop)
	return s
}

// Addr is "127.0.0.1:port".
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Connections is how many were accepted.
func (s *Server) Connections() int { return int(s.count.Load()) }

// Open is how many connections are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *Server) accept(behave Behaviour) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.count.Add(1)
		s.mu.Lock()
		s.open[conn] = struct{}{}
		s.mu.Unlock()
		s.running.Go(func() {
			behave(conn)
			_ = conn.Close()
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
		})
	}
}

func (s *Server) stop() {
	_ = s.listener.Close()
	s.mu.Lock()
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Silent reads and never answers.
func Silent(conn net.Conn) { drain(conn) }

// HangUp closes at once, without reading.
func HangUp(net.Conn) {}

// HangUpAfter reads n bytes and closes.
func HangUpAfter(n int64) Behaviour {
	return func(conn net.Conn) { _, _ = io.CopyN(io.Discard, conn, n) }
}

// Greet sends a greeting before it has read anything, and then stays silent.
func Greet(greeting string) Behaviour {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, greeting)
		drain(conn)
	}
}

// GreetAndHangUp sends a greeting and closes, as Redis does with clients that
// it does not let in.
func GreetAndHangUp(greeting string) Behaviour {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, greeting) }
}

// Answer answers what it reads with the texts, one for each read, and then
// stays silent.
func Answer(texts ...string) Behaviour {
	return func(conn net.Conn) {
		answer(conn, texts)
		drain(conn)
	}
}

// AnswerAndHangUp is Answer that closes in the end.
func AnswerAndHangUp(texts ...string) Behaviour {
	return func(conn net.Conn) { answer(conn, texts) }
}

func answer(conn net.Conn, texts []string) {
	buffer := make([]byte, 64<<10)
	for _, text := range texts {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

// Garbage sends n bytes that mean nothing, the same for the same seed, and
// closes.
func Garbage(seed uint64, n int) Behaviour {
	return func(conn net.Conn) {
		source := rand.New(rand.NewPCG(seed, seed))
		bytes := make([]byte, n)
		for i := range bytes {
			bytes[i] = byte(source.UintN(256))
		}
		_, _ = conn.Write(bytes)
		drainFor(conn, time.Second)
	}
}

// Slowly answers the first read with one byte of the text at a time.
func Slowly(text string, pause time.Duration) Behaviour {
	return func(conn net.Conn) {
		if _, err := conn.Read(make([]byte, 64<<10)); err != nil {
			return
		}
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		for i := range len(text) {
			<-ticker.C
			if _, err := conn.Write([]byte{text[i]}); err != nil {
				return
			}
		}
		drain(conn)
	}
}

func drain(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func drainFor(conn net.Conn, d time.Duration) {
	_ = conn.SetReadDeadline(time.Now().Add(d))
	drain(conn)
}

// FreePort is an address on which nothing listens, for a server that is about to.
func FreePort(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", launch.FreePort(t))
}

// Names is a way to servers on this machine whose host names are made up. It
// fits where a redisprobe.Network does.
type Names struct {
	// Hosts are the addresses of each name, in order; another name does not
	// exist.
	Hosts map[string][]string
	// Err, if set, is what every name resolves to.
	Err error
	// Hang makes names resolve never.
	Hang bool
	// Refuse are dial errors by address ("10.0.0.1:6379"), instead of dialling.
	Refuse map[string]error
	// Lookups counts the calls of Resolve, Dials those of Dial.
	Lookups, Dials atomic.Int64
}

// Resolve looks the name up.
func (n *Names) Resolve(ctx context.Context, host string) ([]string, error) {
	n.Lookups.Add(1)
	if n.Hang {
		<-ctx.Done()
		return nil, &net.DNSError{Err: ctx.Err().Error(), Name: host, IsTimeout: errors.Is(ctx.Err(), context.DeadlineExceeded)}
	}
	if n.Err != nil {
		return nil, n.Err
	}
	if addresses, ok := n.Hosts[host]; ok {
		return addresses, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// Dial connects, to this machine.
func (n *Names) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.Dials.Add(1)
	if err, ok := n.Refuse[address]; ok {
		return nil, err
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

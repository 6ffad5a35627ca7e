// Package launch has what the launchers of servers for tests share.
package launch

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"
)

// FreePort is a port of 127.0.0.1 on which nothing listens, for a server that is
// about to. Somebody else may take it first: try again then.
func FreePort(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("the listener has no TCP address")
	}
	return address.Port
}

// Output keeps what a process prints, which others may read meanwhile.
type Output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write keeps it.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

// String is all so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

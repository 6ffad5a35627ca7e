package transport

import (
	"bytes"
	"net"
	"strconv"
	"sync"
)

// Wire is a connection that tells when a command has been written to it. It
// must be the one that go-redis writes to: above TLS.
type Wire struct {
	net.Conn
	mu      sync.Mutex
	awaited []byte
	written chan struct{}
}

// Watch makes a Wire of a connection.
func Watch(conn net.Conn) *Wire { return &Wire{Conn: conn} }

// Write writes to the connection.
func (w *Wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.written != nil && err == nil && bytes.Contains(p, w.awaited) {
		close(w.written)
		w.written = nil
	}
	return n, err
}

// await returns a channel that is closed when a command of that name has been
// written.
func (w *Wire) await(name string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.awaited = []byte("$" + strconv.Itoa(len(name)) + "\r\n" + name + "\r\n")
	w.written = make(chan struct{})
	return w.written
}

package redisprobe

import (
	"bytes"
	"net"
	"sync"
	"time"
)

// remembered is how many of the first bytes a wire keeps: enough to tell
// protocols apart by their greeting.
const remembered = 64

// wire is a connection that remembers how the other end began to answer, so
// that what it speaks is judged by its bytes and not by an error's text.
type wire struct {
	net.Conn
	mu       sync.Mutex
	first    []byte
	received int64
	heard    chan struct{} // closed by the first read, nil if nobody asked
	pulse    *pulse        // felt from the first byte on, nil if nobody asked
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 || err != nil {
		w.mu.Lock()
		if w.heard != nil {
			close(w.heard)
			w.heard = nil
		}
		w.received += int64(n)
		if n > 0 && w.pulse != nil {
			w.pulse.felt.Store(true)
		}
		if room := remembered - len(w.first); room > 0 {
			w.first = append(w.first, p[:min(n, room)]...)
		}
		w.mu.Unlock()
	}
	return n, err
}

// greeting are the first bytes received.
func (w *wire) greeting() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.first)
}

func (w *wire) answered() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.received > 0
}

// listen returns a channel that is closed when the next bytes have been read, or
// none can be any more.
func (w *wire) listen() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heard == nil {
		w.heard = make(chan struct{})
	}
	return w.heard
}

// salvage reads what the other end sent before a write to it failed: a server
// that refuses a client says why and closes, at times before the first write.
// It returns the error of that read.
func (w *wire) salvage(within time.Duration) error {
	if err := w.SetReadDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	_, err := w.Read(make([]byte, remembered))
	return err
}

package wsprobe

import (
	"bytes"
	"net"
	"sync"
)

// remembered is how many of the first bytes a wire keeps: enough to tell
// protocols apart by their greeting.
const remembered = 64

// wire is a connection that remembers how the other end began to answer, so
// that what it speaks is judged by its bytes and not by an error's text.
type wire struct {
	net.Conn
	mu    sync.Mutex
	first []byte
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.mu.Lock()
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

// speaksTLS reports an alert or a handshake record of TLS.
func speaksTLS(greeting []byte) bool {
	return len(greeting) >= 2 && (greeting[0] == 0x15 || greeting[0] == 0x16) && greeting[1] == 0x03
}

func speaksHTTP(greeting []byte) bool { return bytes.HasPrefix(greeting, []byte("HTTP/")) }

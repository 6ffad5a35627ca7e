package transport

import (
	"errors"
	"net"
)

// Bounds of one reply. go-redis makes room for what a reply announces before any
// of it has come, and reads nested replies by recursion: one that announces a
// thousand million elements, or nests without end, would end the process. The
// longest honest reply is CLIENT LIST, some 400 bytes a client.
const (
	maxReplyBytes    = 64 << 20
	maxReplyElements = 1 << 20
	maxReplyDepth    = 64
	maxReplyLine     = 64 << 10
)

// ErrReplyTooLarge is the error of a connection on which a reply announced or
// sent more than any honest one has, or nested deeper.
var ErrReplyTooLarge = errors.New("transport: a reply beyond all bounds")

// Bound is a connection whose reads fail with [ErrReplyTooLarge] where go-redis
// would take a reply that is too large. It must be what go-redis reads from:
// above TLS. What is not RESP passes, a line at a time.
func Bound(conn net.Conn) net.Conn { return &bound{Conn: conn} }

type bound struct {
	net.Conn
	frames frames
}

// Read reads and looks at what it read. Nothing of a reply that is too large
// reaches the reader from its announcement on.
func (b *bound) Read(p []byte) (int, error) {
	if b.frames.broken {
		return 0, ErrReplyTooLarge
	}
	n, err := b.Conn.Read(p)
	if good := b.frames.take(p[:n]); good < n {
		return good, ErrReplyTooLarge
	}
	return n, err
}

// frames follows replies (RESP3 specification, "RESP3 types") without keeping
// them.
type frames struct {
	broken bool
	// kind is the first byte of the line that is being read, 0 before it; length
	// is its number so far, and line how many bytes it has.
	kind     byte
	length   int
	negative bool
	line     int
	// skip are the bytes of a text that are still to come, its end included.
	skip int
	// open are the elements that are still to come, of each reply around.
	open []int
	// bytes and elements are what the outermost reply has come to.
	bytes, elements int
}

// take looks at bytes and returns how many of them may pass.
func (f *frames) take(p []byte) int {
	for i := 0; i < len(p); i++ {
		if f.skip > 0 {
			n := min(f.skip, len(p)-i)
			f.skip -= n
			i += n - 1
			if f.skip == 0 {
				f.ended()
			}
			continue
		}
		if f.next(p[i]); f.broken {
			return i
		}
	}
	return len(p)
}

// next looks at a byte of a line.
func (f *frames) next(c byte) {
	f.line++
	f.bytes++
	switch {
	case f.kind == 0:
		f.kind, f.length, f.negative = c, 0, false
	case c == '\n':
		f.lineEnded()
	case c == '-':
		f.negative = true
	case c >= '0' && c <= '9':
		f.length = min(f.length*10+int(c-'0'), 2*maxReplyBytes)
	}
	if f.line > maxReplyLine || f.bytes > maxReplyBytes {
		f.broken = true
	}
}

// lineEnded is the end of a line: of a reply, or of an announcement.
func (f *frames) lineEnded() {
	kind, n := f.kind, f.length
	f.kind, f.line = 0, 0
	null := f.negative && n > 0 // go-redis reads "$-0" as a text of no bytes
	if null {
		n = 0
	}
	switch kind {
	case '$', '=', '!':
		if null {
			f.ended()
			return
		}
		f.bytes += n
		f.skip = n + len("\r\n")
		f.broken = f.bytes > maxReplyBytes
	case '*', '~', '>':
		f.opened(n)
	case '%':
		f.opened(2 * n)
	case '|':
		// An attribute comes before the reply that it is about.
		f.opened(2*n + 1)
	default:
		f.ended()
	}
}

// opened is the announcement of that many elements.
func (f *frames) opened(n int) {
	f.elements += n
	if f.elements > maxReplyElements || len(f.open) >= maxReplyDepth {
		f.broken = true
		return
	}
	if n == 0 {
		f.ended()
		return
	}
	f.open = append(f.open, n)
}

// ended is the end of an element, and of the replies that it is the last of.
func (f *frames) ended() {
	for len(f.open) > 0 {
		last := len(f.open) - 1
		if f.open[last]--; f.open[last] > 0 {
			return
		}
		f.open = f.open[:last]
	}
	f.bytes, f.elements = 0, 0
}

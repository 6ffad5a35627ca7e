package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

// conn is a connection to a server behind an SSH server. SSH channels know no
// deadlines, so that what is read and written goes through a pipe, which does.
type conn struct {
	net.Conn
	link *link
	// hungUp: what was open ended at the other end, or on the way there.
	hungUp atomic.Bool
}

// join connects a channel with a pipe until either ends.
func join(channel net.Conn, l *link) *conn {
	near, far := net.Pipe()
	var pumps sync.WaitGroup
	pump := func(to, from net.Conn) {
		pumps.Go(func() {
			_ = crash.Guard(func() { _, _ = io.Copy(to, from) })
			_ = far.Close()
			_ = channel.Close()
		})
	}
	pump(far, channel)
	pump(channel, far)
	l.use()
	go func() {
		pumps.Wait()
		l.release()
	}()
	return &conn{Conn: near, link: l}
}

// Read reads as from a socket: what is closed at this end is net.ErrClosed.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, c.asSocket(err)
}

// Write writes as to a socket.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, c.asSocket(err)
}

// SetDeadline never fails, as that of a socket whose other end is closed.
func (c *conn) SetDeadline(at time.Time) error {
	_ = c.Conn.SetDeadline(at)
	return nil
}

// SetReadDeadline is SetDeadline for reading.
func (c *conn) SetReadDeadline(at time.Time) error {
	_ = c.Conn.SetReadDeadline(at)
	return nil
}

// SetWriteDeadline is SetDeadline for writing.
func (c *conn) SetWriteDeadline(at time.Time) error {
	_ = c.Conn.SetWriteDeadline(at)
	return nil
}

func (c *conn) asSocket(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
		c.hungUp.Store(true)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrClosedPipe):
		return net.ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded // bare, as from a socket
	default:
		return err
	}
}

// Lost is the fault of the way where it broke off, or answers no more; nil where
// it carries what is sent over it.
func (c *conn) Lost() error {
	if c.hungUp.Load() {
		// All that was open over a way ends a moment before the way itself.
		c.link.settle()
	}
	if fault := c.link.lost(); fault != nil {
		return fault
	}
	return nil
}

package tunnel

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

const (
	// lingers is how long a connection that nobody uses stays open: below what
	// routers remember of one, so that none dies unseen.
	lingers = time.Minute
	// quiet is how long the server may say nothing before it is asked whether it
	// is there, and unanswered how long that may take until it is not.
	quiet      = 300 * time.Millisecond
	unanswered = 500 * time.Millisecond
	// certainty is how long it may take to find out whether a way has ended.
	certainty = 900 * time.Millisecond
	// asks is how often it is asked at most.
	asks = time.Second
)

// link is a connection to an SSH server that is logged in.
type link struct {
	end    end
	client *ssh.Client
	heard  *heard
	done   chan struct{} // closed when it has ended

	mu     sync.Mutex
	users  int
	idle   *time.Timer
	asked  time.Time // when a question was sent that is not answered yet
	last   time.Time // when one was sent
	closed bool      // by this end
	broken *netprobe.Fault
}

// newLink takes a client over, and watches it until it ends.
func newLink(e end, client *ssh.Client, h *heard) *link {
	l := &link{end: e, client: client, heard: h, done: make(chan struct{})}
	l.idle = time.AfterFunc(lingers, l.close)
	go func() {
		defer close(l.done)
		_ = client.Wait()
		_ = client.Close()
		l.idle.Stop()
	}()
	go func() { _ = crash.Guard(l.watch) }()
	return l
}

func (l *link) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	_ = l.client.Close()
}

func (l *link) ended() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// over reports a link that carries nothing any more.
func (l *link) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed || l.broken != nil || l.ended()
}

// use keeps the link open until release is called as often.
func (l *link) use() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users++
	l.idle.Stop()
}

func (l *link) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users--; l.users == 0 {
		l.idle.Reset(lingers)
	}
}

// watch asks a server that says nothing whether it is there, while somebody
// waits for it: a server behind it may be silent, too.
func (l *link) watch() {
	ticker := time.NewTicker(quiet / 3)
	defer ticker.Stop()
	for {
		select {
		case <-l.done:
			return
		case now := <-ticker.C:
			if l.asksAt(now) {
				go func() { _ = crash.Guard(l.ask) }()
			}
		}
	}
}

func (l *link) asksAt(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users == 0 || !l.asked.IsZero() || now.Sub(l.last) < asks || now.Sub(l.heard.last()) < quiet {
		return false
	}
	l.asked, l.last = now, now
	return true
}

// ask sends what OpenSSH sends for ServerAliveInterval. Any answer will do, and
// the end of the connection is one.
func (l *link) ask() {
	_, _, _ = l.client.SendRequest("keepalive@openssh.com", true, nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = time.Time{}
}

// settle waits until it is certain whether the link has ended: one that has not
// answers a question.
func (l *link) settle() {
	answered := make(chan error, 1)
	go func() {
		err := error(l.end.crashed())
		_ = crash.Guard(func() { _, _, err = l.client.SendRequest("keepalive@openssh.com", true, nil) })
		answered <- err
	}()
	timer := time.NewTimer(certainty)
	defer timer.Stop()
	select {
	case err := <-answered:
		if err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.breakOff()
		}
	case <-l.done:
	case <-timer.C:
	}
}

// breakOff keeps that the other end has ended the link. The lock is held.
func (l *link) breakOff() {
	if l.broken == nil && !l.closed {
		l.broken = l.end.hungUp("ended the connection while a check was under way")
	}
}

// silent reports a server that was asked and says nothing.
func (l *link) silent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.asked.IsZero() && time.Since(l.asked) >= unanswered && l.heard.last().Before(l.asked)
}

// lost is why the link carries nothing any more, nil if it does, or if this end
// has closed it.
func (l *link) lost() *netprobe.Fault {
	silent := l.silent()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed || l.broken != nil:
	case l.ended():
		l.breakOff()
	case silent:
		l.broken = l.end.silent("answers no more over a connection that was open")
		go func() { _ = l.client.Close() }() // the next one opens another
	}
	if l.broken == nil {
		return nil
	}
	fault := *l.broken
	fault.Lost = true
	return &fault
}

// opened is what came of opening a channel.
type opened struct {
	conn net.Conn
	err  error
}

// open connects to a server behind the SSH server.
func (l *link) open(ctx context.Context, network, address string) (net.Conn, error) {
	l.use()
	defer l.release()
	answers := make(chan opened, 1)
	go func() {
		o := opened{err: l.end.crashed()}
		_ = crash.Guard(func() { o.conn, o.err = l.client.Dial(network, address) })
		answers <- o
	}()
	select {
	case o := <-answers:
		if o.err != nil {
			return nil, l.notOpened(o.err, network)
		}
		return join(o.conn, l), nil
	case <-ctx.Done():
		go func() { // it ends with the link at the latest
			if o := <-answers; o.err == nil {
				_ = o.conn.Close()
			}
		}()
		if fault := l.lost(); fault != nil {
			return nil, fault
		}
		return nil, ctx.Err()
	}
}

// reasons are what OpenSSH says of a server that it cannot reach: strerror and
// gai_strerror of glibc, musl, the BSDs and macOS (channels.c, connect_to_helper
// and channel_post_connecting, 9.2). They are compared and never shown.
var reasons = map[string]error{
	"Connection refused":     netprobe.BeyondRefused,
	"Connection timed out":   netprobe.BeyondTimeout,
	"Operation timed out":    netprobe.BeyondTimeout,
	"No route to host":       netprobe.BeyondNoRoute,
	"Host is unreachable":    netprobe.BeyondNoRoute,
	"Network is unreachable": netprobe.BeyondNoRoute,
	"Network unreachable":    netprobe.BeyondNoRoute,
	"Permission denied":      netprobe.BeyondNoRoute,

	"Name or service not known":                    unknownThere(),
	"No address associated with hostname":          unknownThere(),
	"Name does not resolve":                        unknownThere(),
	"nodename nor servname provided, or not known": unknownThere(),
	"no address associated with name":              unknownThere(),
	"Temporary failure in name resolution":         inTroubleThere(),
	"Non-recoverable failure in name resolution":   inTroubleThere(),
	"Try again":           inTroubleThere(),
	"Unrecoverable error": inTroubleThere(),
}

func unknownThere() error { return &net.DNSError{Err: "no such host", IsNotFound: true} }

func inTroubleThere() error { return &net.DNSError{Err: "server misbehaving", IsTemporary: true} }

// notOpened says why a channel was not opened.
func (l *link) notOpened(err error, network string) error {
	var refused *ssh.OpenChannelError
	if !errors.As(err, &refused) {
		if fault := l.lost(); fault != nil {
			return fault
		}
		// Whoever else waits on it learns it, too.
		l.mu.Lock()
		defer l.mu.Unlock()
		l.breakOff()
		fault := l.end.hungUp("ended the connection when it was asked to forward")
		fault.Lost = true
		return fault
	}
	switch refused.Reason {
	case ssh.Prohibited:
		return l.end.beyond(docForwardingRefused, upper(l.end.name())+" lets this user log in and forbids to forward to this address.", true)
	case ssh.UnknownChannelType:
		return l.end.beyond(docForwardingRefused, upper(l.end.name())+" does not know how to forward to such an address.", true)
	case ssh.ResourceShortage:
		return l.end.open(docClosed, upper(l.end.name())+" has no room for another connection.")
	}
	if known := reasons[refused.Message]; known != nil {
		return known
	}
	return l.end.unreachable(network)
}

// unreachable is a server that the end cannot reach, without a reason.
func (e end) unreachable(network string) *netprobe.Fault {
	if network == "unix" {
		return fix(e.beyond(docTargetUnreachable, upper(e.name())+" cannot connect to that socket on its machine: there is none, or this user may not use it.", false),
			"Look at the socket on that machine, as the user that the provider logs in as: ls -l, and redis-cli -s PATH ping.")
	}
	return e.beyond(docTargetUnreachable, upper(e.name())+" cannot connect to this address and does not say why.", false)
}

// heard is a connection that remembers when it last received something, and
// how that began.
type heard struct {
	net.Conn
	// foreign ends the connection for what it begins with; nil is for nothing.
	foreign func([]byte) bool

	at    atomic.Int64 // nanoseconds of the Unix time
	mu    sync.Mutex
	first []byte
}

// remembered is how many of the first bytes are kept.
const remembered = 512

func (h *heard) Read(p []byte) (int, error) {
	if h.foreign != nil && h.foreign(h.greeting()) {
		return 0, errForeign
	}
	n, err := h.Conn.Read(p)
	if n > 0 {
		h.at.Store(time.Now().UnixNano())
		h.mu.Lock()
		if room := remembered - len(h.first); room > 0 {
			h.first = append(h.first, p[:min(n, room)]...)
		}
		h.mu.Unlock()
	}
	return n, err
}

func (h *heard) last() time.Time { return time.Unix(0, h.at.Load()) }

// greeting are the first bytes received.
func (h *heard) greeting() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]byte(nil), h.first...)
}

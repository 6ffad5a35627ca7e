package tunnel

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var _ netprobe.Way = (*SSH)(nil)

// SSHSettings say which SSH server leads to the servers, and as whom.
type SSHSettings struct {
	// Host is a name or an address; Port is 22 where 0.
	Host string
	Port int
	User string
	// PrivateKey is the text of a private key, PrivateKeyPassphrase what it is
	// encrypted with, if it is.
	PrivateKey, PrivateKeyPassphrase secret.String
	Password                         secret.String
	// Agent takes the keys of the agent at the socket AgentSocket, too.
	Agent       bool
	AgentSocket string
	// HostKey is the one key that the server may show: a line of a public key
	// file, or its fingerprint, "SHA256:...".
	HostKey string
	// KnownHosts is a text of the format of known_hosts, nil for none;
	// KnownHostsFiles are files of that format, of which those that are missing
	// count as empty.
	KnownHosts      *string
	KnownHostsFiles []string
	// AnyHostKey takes whatever key the server shows.
	AnyHostKey bool
}

// SSH is the way over an SSH server. One connection to it serves everything that
// is under way at a time: it is opened when it is first needed, opened again if
// it broke off, and closed when nobody used it for a minute.
type SSH struct {
	settings SSHSettings
	here     netprobe.Network
	end      end

	// key reads the private key, once.
	key func() (ssh.Signer, *netprobe.Fault)

	mu      sync.Mutex
	link    *link
	opening *opening
}

// NewSSH makes the way; here leads to the SSH server. Nothing is opened yet.
func NewSSH(settings SSHSettings, here netprobe.Network) *SSH {
	if settings.Port == 0 {
		settings.Port = 22
	}
	s := &SSH{
		settings: settings, here: here,
		end: end{setting: SettingSSH, noun: "SSH server", host: settings.Host, port: strconv.Itoa(settings.Port)},
	}
	s.key = sync.OnceValues(s.privateKey)
	return s
}

// Name is the SSH server.
func (s *SSH) Name() string { return s.end.name() }

// Close ends the connection to the server. The next Dial opens another.
func (s *SSH) Close() {
	s.mu.Lock()
	l := s.link
	s.link = nil
	s.mu.Unlock()
	if l != nil {
		l.close()
		<-l.done
	}
}

// Resolve returns the name: it is resolved at the far end.
func (s *SSH) Resolve(_ context.Context, host string) ([]string, error) { return far(host) }

// longestName is the longest name that DNS knows.
const longestName = 253

// far is a host for the far end of a way.
func far(host string) ([]string, error) {
	if address, ok := netprobe.ParseAddress(host); ok {
		return []string{address.String()}, nil
	}
	if host == "" || len(host) > longestName || strings.ContainsRune(host, 0) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	return []string{host}, nil
}

// Dial connects to a server behind the SSH server: network is "tcp" with a host
// and a port, or "unix" with a path on the SSH server's machine.
func (s *SSH) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	for try := 1; ; try++ {
		l, fresh, err := s.connected(ctx)
		if err != nil {
			return nil, err
		}
		conn, err := l.open(ctx, network, address)
		// One that broke off while nobody looked says nothing of the server.
		if fault := netprobe.FaultOf(err); fault == nil || !fault.Lost || fresh || try > 1 || ctx.Err() != nil {
			return conn, err
		}
		_ = l.client.Close()
		<-l.done
	}
}

// enough is the least time in which it is worth to try again.
const enough = 500 * time.Millisecond

// connected is the connection to the server: the one that is open, or one that
// is being opened, by whomever.
func (s *SSH) connected(ctx context.Context) (l *link, fresh bool, err error) {
	for {
		s.mu.Lock()
		if s.link != nil && !s.link.over() {
			l = s.link
			s.mu.Unlock()
			return l, false, nil
		}
		o := s.opening
		if o == nil {
			o = s.start(ctx)
		}
		o.waiters++
		s.mu.Unlock()
		select {
		case <-o.done:
			if o.link == nil && o.late && o.err != nil && worthIt(ctx) {
				continue // its time was up, and there is more of this one's
			}
			return o.link, true, o.err
		case <-ctx.Done():
			s.leave(o)
			return nil, false, o.fault(s.end)
		}
	}
}

func worthIt(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > enough)
}

// opening is a connection that is being opened, and those who wait for it.
type opening struct {
	cancel  context.CancelFunc
	waiters int
	stage   atomic.Int32
	done    chan struct{} // closed when the rest is final
	link    *link
	err     error
	late    bool // its own time was up
}

// Stages of an opening, in their order.
const (
	stagePrepare int32 = iota // the key is decrypted, which takes its time
	stageConnect
	stageGreeting
	stageKeys
	stageLogin
	stageAgent // the login, with keys that the agent has to sign with
)

// start begins an opening, with the time of who needs it first. It goes on for
// as long as anybody waits for it. The lock is held.
func (s *SSH) start(ctx context.Context) *opening {
	opens, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if deadline, ok := ctx.Deadline(); ok {
		cancel()
		opens, cancel = context.WithDeadline(context.WithoutCancel(ctx), deadline)
	}
	o := &opening{cancel: cancel, done: make(chan struct{})}
	s.opening = o
	go func() {
		defer cancel()
		var l *link
		var err error = s.end.crashed()
		_ = crash.Guard(func() { l, err = s.dial(opens, o) })
		s.mu.Lock()
		defer s.mu.Unlock()
		o.link, o.err, o.late = l, err, opens.Err() != nil
		if s.opening == o {
			s.opening = nil
		}
		if l != nil {
			s.link = l
		}
		close(o.done)
	}()
	return o
}

// leave ends an opening that nobody waits for any more.
func (s *SSH) leave(o *opening) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.waiters--; o.waiters > 0 {
		return
	}
	o.cancel()
	if s.opening == o {
		s.opening = nil
	}
}

// fault is why an opening is not done in time.
func (o *opening) fault(e end) *netprobe.Fault {
	switch o.stage.Load() {
	case stagePrepare:
		return e.open(docUnreachable, "Time was up before a connection to "+e.full()+" was begun: this machine is busy, or the check's timeout is short.")
	case stageConnect:
		return e.notReached(context.DeadlineExceeded)
	case stageGreeting:
		return e.silent("accepted the connection and did not say a word of SSH in time")
	case stageKeys:
		return e.silent("began to speak SSH and stopped before the connection was encrypted")
	case stageAgent:
		return e.silent("did not answer to the login in time, or the SSH agent waits for somebody to confirm the use of a key")
	default:
		return e.silent("did not answer to the login in time")
	}
}

// dial opens a connection to the server and logs in. What this machine lacks is
// found before anything is sent.
func (s *SSH) dial(ctx context.Context, o *opening) (*link, error) {
	keys, fault := s.hostKeys()
	if fault != nil {
		return nil, fault
	}
	login, fault := s.login(ctx)
	if fault != nil {
		return nil, fault
	}
	defer login.close()
	for {
		o.stage.Store(stageConnect)
		conn, err := s.end.reach(ctx, s.here)
		if err != nil {
			return nil, err
		}
		l, err := s.handshake(ctx, o, conn, keys, login)
		if err == nil {
			return l, nil
		}
		_ = conn.Close()
		// A pinned fingerprint does not say of which kind its key is.
		if !keys.tryOthers() || ctx.Err() != nil {
			return nil, err
		}
	}
}

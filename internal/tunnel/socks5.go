package tunnel

import (
	"context"
	"errors"
	"net"
	"strconv"

	"golang.org/x/net/proxy"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var _ netprobe.Way = (*SOCKS5)(nil)

// SOCKS5Settings say which proxy leads to the servers, and as whom.
type SOCKS5Settings struct {
	Host string
	// Port is 1080 where 0.
	Port int
	// Username and Password are those of RFC 1929; none are sent where both are
	// empty.
	Username string
	Password secret.String
}

// SOCKS5 is the way through a SOCKS5 proxy, a connection to it for each to a
// server. It holds nothing open itself.
type SOCKS5 struct {
	settings SOCKS5Settings
	here     netprobe.Network
	end      end
}

// NewSOCKS5 makes the way; here leads to the proxy.
func NewSOCKS5(settings SOCKS5Settings, here netprobe.Network) *SOCKS5 {
	if settings.Port == 0 {
		settings.Port = 1080
	}
	return &SOCKS5{
		settings: settings, here: here,
		end: end{setting: SettingSOCKS5, noun: "SOCKS5 proxy", host: settings.Host, port: strconv.Itoa(settings.Port)},
	}
}

// Name is the proxy.
func (s *SOCKS5) Name() string { return s.end.name() }

// Resolve returns the name: it is resolved at the far end.
func (s *SOCKS5) Resolve(_ context.Context, host string) ([]string, error) { return far(host) }

// Dial connects to a server behind the proxy: network is "tcp".
func (s *SOCKS5) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, s.end.beyond(docUnixUnsupported, "The layer's Redis is a Unix socket, and the way to it is "+s.end.name()+".", true)
	}
	to := &toProxy{end: s.end, here: s.here}
	dialer, err := proxy.SOCKS5("tcp", s.end.address(), s.auth(), to)
	if err != nil {
		return nil, s.end.crashed()
	}
	contextual, ok := dialer.(proxy.ContextDialer)
	if !ok {
		return nil, s.end.crashed()
	}
	conn, err := contextual.DialContext(ctx, "tcp", address)
	switch {
	case err == nil:
		return conn, nil
	case to.fault != nil:
		return nil, to.fault
	default:
		return nil, s.notConnected(ctx, to.conn, err)
	}
}

func (s *SOCKS5) auth() *proxy.Auth {
	if s.settings.Username == "" && s.settings.Password.IsEmpty() {
		return nil
	}
	return &proxy.Auth{User: s.settings.Username, Password: s.settings.Password.Reveal()}
}

// toProxy opens the connection to the proxy and remembers what comes back.
type toProxy struct {
	end   end
	here  netprobe.Network
	conn  *heard
	fault *netprobe.Fault
}

// Dial is never called: there is DialContext.
func (t *toProxy) Dial(string, string) (net.Conn, error) { return nil, t.end.crashed() }

// DialContext connects to the proxy, whatever the address.
func (t *toProxy) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	conn, err := t.end.reach(ctx, t.here)
	if err != nil {
		if !errors.As(err, &t.fault) {
			t.fault = t.end.crashed()
		}
		return nil, err
	}
	t.conn = &heard{Conn: conn}
	return t.conn, nil
}

// Numbers of RFC 1928 and RFC 1929.
const (
	socksVersion = 5
	authVersion  = 1
	byPasswords  = 2
	byNothing    = 0
	noMethod     = 0xff

	replyFailure     = 1
	replyForbidden   = 2
	replyNetwork     = 3
	replyHost        = 4
	replyRefused     = 5
	replyExpired     = 6
	replyCommand     = 7
	replyAddressType = 8
)

// answers are what a proxy has said, taken apart.
type answers struct {
	method    int // -1 where it said none
	status    int // of the login, -1 where there was none
	reply     int // -1 where there was none
	malformed bool
}

// read takes the bytes of a proxy apart. They come in the order of RFC 1928,
// section 3, RFC 1929, section 2, and RFC 1928, section 6.
func read(sent []byte) answers {
	a := answers{method: -1, status: -1, reply: -1}
	take := func(n int) []byte {
		if len(sent) < n {
			sent = nil
			return nil
		}
		head := sent[:n]
		sent = sent[n:]
		return head
	}
	if len(sent) > 0 && sent[0] != socksVersion {
		a.malformed = true
		return a
	}
	head := take(2)
	if head == nil {
		return a
	}
	a.method = int(head[1])
	if a.method != byPasswords && a.method != byNothing && a.method != noMethod {
		a.malformed = true
		return a
	}
	if a.method == byPasswords {
		if head = take(2); head == nil {
			return a
		}
		if head[0] != authVersion {
			a.malformed = true
			return a
		}
		a.status = int(head[1])
	}
	if head = take(2); head != nil {
		a.malformed = head[0] != socksVersion
		a.reply = int(head[1])
	}
	return a
}

// notConnected says why there is no connection, by the bytes of the proxy.
func (s *SOCKS5) notConnected(ctx context.Context, conn *heard, err error) error {
	if conn == nil {
		return s.end.crashed()
	}
	said := read(conn.greeting())
	user := !s.settings.Password.IsEmpty() || s.settings.Username != ""
	late := ctx.Err() != nil || netprobe.IsTimeout(err)
	switch {
	case said.malformed:
		return s.end.settled(docNotSOCKS, "What answers on "+s.end.address()+" is not SOCKS version 5.")
	case said.method == noMethod && user:
		return s.end.settled(docAuthRefused, upper(s.end.full())+" takes neither a user and a password nor nobody.")
	case said.method == noMethod:
		return s.end.settled(docAuthRefused, upper(s.end.full())+" wants a user and a password, and socks5 has none.")
	case said.status > 0:
		return s.end.settled(docAuthRefused, upper(s.end.full())+" refuses the user or the password of socks5.")
	case said.reply > 0:
		return s.refusal(said.reply)
	case late && said.method < 0:
		return s.end.silent("accepted the connection and did not say a word of SOCKS in time")
	case late && said.method == byPasswords && said.status < 0:
		return s.end.silent("did not answer to the login in time")
	case late:
		// It is there, and waits for the server itself.
		return context.DeadlineExceeded
	case len(conn.greeting()) == 0:
		return s.end.hungUp("accepted the connection and closed it without a word")
	case said.method == byNothing || said.status == 0:
		// So does ssh -D.
		return s.end.beyond(docTargetUnreachable, upper(s.end.name())+" hung up when it was asked to connect to this address.", false)
	default:
		return s.end.hungUp("hung up in the middle of its answers")
	}
}

// refusal is what a reply of RFC 1928, section 6, means.
func (s *SOCKS5) refusal(reply int) error {
	switch reply {
	case replyForbidden:
		return s.end.beyond(docForwardingRefused, "The rules of "+s.end.name()+" forbid to connect to this address.", true)
	case replyNetwork, replyHost:
		return netprobe.BeyondNoRoute
	case replyRefused:
		return netprobe.BeyondRefused
	case replyExpired:
		return netprobe.BeyondTimeout
	case replyCommand:
		return s.end.settled(docForwardingRefused, upper(s.end.name())+" does not know the command to connect to a server.")
	case replyAddressType:
		return s.end.beyond(docTargetUnreachable, upper(s.end.name())+" does not take an address of this kind (a name, IPv4 or IPv6).", false)
	case replyFailure:
		return s.end.beyond(docTargetUnreachable,
			upper(s.end.name())+" cannot connect to this address and does not say why: often the name is unknown there.", false)
	default:
		return s.end.settled(docNotSOCKS, upper(s.end.name())+" answers with a number that SOCKS version 5 does not have.")
	}
}

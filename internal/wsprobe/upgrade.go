package wsprobe

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

var errOneConnection = errors.New("wsprobe: one connection a probe")

// userAgent says who asks, unless the request's headers do.
const userAgent = "terraform-provider-channels"

// maxHeader bounds the header of an answer, in bytes.
const maxHeader = 64 << 10

// upgrade asks for a WebSocket over the connection (RFC 6455, section 4.1).
func (s *Session) upgrade() *problem {
	spoken := s.wire
	if s.secured != net.Conn(s.wire) {
		spoken = &wire{Conn: s.secured}
	}
	handed := false
	dial := func(context.Context, string, string) (net.Conn, error) {
		if handed {
			return nil, errOneConnection
		}
		handed = true
		return spoken, nil
	}
	transport := &http.Transport{
		Proxy:       nil,
		DialContext: dial, DialTLSContext: dial,
		DisableKeepAlives: true, DisableCompression: true,
		MaxResponseHeaderBytes: maxHeader,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: transport,
		// A browser does not follow them for a WebSocket.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	header := s.header()
	host := header.Get("Host")
	header.Del("Host")
	started := time.Now()
	//nolint:bodyclose // "You never need to close resp.Body yourself"
	socket, response, err := websocket.Dial(s.ctx, s.request.Target.url(), &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: header, Host: host, Subprotocols: s.request.Subprotocols,
	})
	took := time.Since(started)
	if response != nil {
		s.report.Status, s.report.Latency = response.StatusCode, took
	}
	if err != nil {
		if response != nil {
			return s.notUpgraded(s.answerOf(response))
		}
		return s.unanswered(err, spoken.greeting())
	}
	s.socket = socket
	s.report.Subprotocol = socket.Subprotocol()
	if len(s.request.Subprotocols) > 0 && s.report.Subprotocol == "" {
		// WHATWG Fetch, "establish a WebSocket connection": fail.
		s.notes = append(s.notes, s.noSubprotocol())
	}
	return nil
}

// header is the header of the handshake.
func (s *Session) header() http.Header {
	header := http.Header{"User-Agent": {userAgent}}
	if origin := s.request.origin(); origin != "" {
		header.Set("Origin", origin)
	}
	if t := s.request.Target; t.credentials {
		pair := t.username.Reveal() + ":" + t.password.Reveal()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	for name, value := range s.request.Headers {
		header.Set(name, value.Reveal())
	}
	cookies := make([]string, 0, len(s.request.Cookies))
	for _, name := range slices.Sorted(maps.Keys(s.request.Cookies)) {
		cookies = append(cookies, name+"="+s.request.Cookies[name].Reveal())
	}
	if len(cookies) > 0 {
		header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return header
}

// answer is an HTTP answer that is no WebSocket, or not a right one.
type answer struct {
	status   int
	server   string // who answers, as it says itself, "" for unknown
	location string // scheme and host of a redirect, "" for none to show
	path     bool   // the redirect goes to the same site
	secure   bool   // and to https
	body     string // its beginning
}

func (s *Session) answerOf(response *http.Response) answer {
	a := answer{status: response.StatusCode}
	if server := response.Header.Get("Server"); netprobe.IsPlain(server, "/ ()") && len(server) <= 60 && s.mayShow(server) {
		a.server = server
	}
	if response.Body != nil {
		// websocket.Dial has read no more than 1024 bytes.
		body, _ := io.ReadAll(response.Body)
		a.body = string(body)
	}
	if at := response.Header.Get("Location"); at != "" {
		a.location, a.secure, a.path = s.redirectTo(at)
	}
	return a
}

// redirectTo reads as much of a Location as may be shown.
func (s *Session) redirectTo(location string) (shown string, secure, sameSite bool) {
	lower := strings.ToLower(location)
	secure = strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "wss://")
	_, rest, absolute := strings.Cut(location, "://")
	if !absolute {
		return "", s.request.Target.Secure, true
	}
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	name, _, _ := strings.Cut(host, ":")
	sameSite = strings.EqualFold(name, s.request.Target.Host)
	if !netprobe.IsPlain(host, ":") || !s.mayShow(host) {
		return "", secure, sameSite
	}
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	return scheme + host, secure, sameSite
}

// unanswered says why there was no HTTP answer, but those bytes.
func (s *Session) unanswered(err error, greeting []byte) *problem {
	if code, ok := netprobe.AlertCode(err); ok {
		return s.refusedByAlert(code)
	}
	switch {
	case speaksTLS(greeting) && !s.request.Target.Secure:
		return s.tlsRequired()
	case len(greeting) > 0 && !speaksHTTP(greeting):
		return s.notHTTP()
	case s.ctx.Err() != nil || netprobe.IsTimeout(err):
		return s.upgradeSilent()
	case len(greeting) == 0, netprobe.IsHangUp(err):
		// net/http has errors of its own for a connection that ended too early.
		return s.hungUp()
	default:
		return s.notHTTP()
	}
}

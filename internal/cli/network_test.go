package cli_test

import (
	"bytes"
	"context"
	"net"
	"regexp"
	"strings"
)

// hosts is a network in which only these hosts exist, "redis.example.com:6379",
// each at a real address. The servers there say that they have run for days.
type hosts map[string]string

func (h hosts) Resolve(_ context.Context, host string) ([]string, error) {
	for name := range h {
		if known, _, err := net.SplitHostPort(name); err == nil && known == host {
			return []string{host}, nil
		}
	}
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func (h hosts) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if server, ok := h[address]; ok {
		address = server
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &aged{Conn: conn}, nil
}

// aged is a connection over which a server that was just started is old: what
// INFO says of its uptime is replaced by as many bytes.
type aged struct {
	net.Conn
	rest bytes.Buffer
}

var uptime = regexp.MustCompile(`uptime_in_seconds:\d+\r\nuptime_in_days:\d+`)

func (a *aged) Read(p []byte) (int, error) {
	if a.rest.Len() > 0 {
		return a.rest.Read(p)
	}
	chunk := make([]byte, 32<<10)
	n, err := a.Conn.Read(chunk)
	if err != nil {
		return copy(p, chunk[:n]), err
	}
	text := chunk[:n]
	for bytes.Contains(text, []byte("# Server")) && !bytes.Contains(text, []byte("uptime_in_days:")) {
		n, err := a.Conn.Read(chunk[len(text):])
		text = chunk[:len(text)+n]
		if err != nil {
			break
		}
	}
	_, _ = a.rest.Write(uptime.ReplaceAllFunc(text, func(said []byte) []byte {
		const old = "uptime_in_seconds:1051200\r\nd:"
		return []byte(old + strings.Repeat("0", len(said)-len(old)))
	}))
	return a.rest.Read(p)
}

package wsprobe_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// What no real server can be made to do, and what stands before every server.
func TestProbe_Faults(t *testing.T) {
	at := func(behave faults.Behaviour) string { return "ws://" + faults.Serve(t, behave).Addr() + "/" }
	const refused101 = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n"
	for _, r := range []row{
		{"refused", request(t, "ws://"+faults.ClosedPort(t)), 0, 0, "websocket/refused"},
		{"no such name", request(t, "ws://app.invalid"), 0, 0, "websocket/name-not-resolved"},
		{"silent", request(t, at(faults.Silent), within(time.Second)), 0, 0, "websocket/upgrade-timeout"},
		{"silent to TLS", request(t, "wss"+strings.TrimPrefix(at(faults.Silent), "ws"), within(time.Second)), 0, 0, "websocket/tls-silent"},
		{"hangs up", request(t, at(faults.HangUp)), 0, 0, "websocket/hung-up"},
		{"hangs up on the request", request(t, at(faults.HangUpAfter(50))), 0, 0, "websocket/hung-up"},
		{"hangs up in TLS", request(t, "wss"+strings.TrimPrefix(at(faults.HangUpAfter(50)), "ws")), 0, 0, "websocket/hung-up"},
		{"SSH", request(t, at(faults.Greet("SSH-2.0-OpenSSH_9.6\r\n"))), 0, 0, "websocket/not-http"},
		{"SSH to TLS", request(t, "wss"+strings.TrimPrefix(at(faults.Greet("SSH-2.0-OpenSSH_9.6\r\n")), "ws")), 0, 0, "websocket/tls-plaintext-server"},
		{"Redis", request(t, at(faults.AnswerAndHangUp("-ERR unknown command 'GET'\r\n"))), 0, 0, "websocket/not-http"},
		{"a TLS alert", request(t, at(faults.AnswerAndHangUp("\x15\x03\x01\x00\x02\x02\x46"))), 0, 0, "websocket/tls-required"},
		{"a wrong key", request(t, at(faults.Answer(refused101))), 101, 0, "websocket/handshake-broken"},
		{"half a header", request(t, at(faults.Answer("HTTP/1.1 101 Sw")), within(time.Second)), 0, 0, "websocket/upgrade-timeout"},
		{"a header without end", request(t, at(faults.Answer("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 200_000)))), 0, 0, "websocket/not-http"},
		{"a header a byte at a time", request(t, at(faults.Slowly(refused101, 100*time.Millisecond)), within(time.Second)), 0, 0, "websocket/upgrade-timeout"},
		{"a body without end", request(t, at(faults.Answer("HTTP/1.1 404 Not Found\r\nContent-Length: 100000\r\n\r\nx")), within(time.Second)), 404, 0, "websocket/not-found"},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.run(t)
		})
	}
}

func TestProbe_NamesThatHangAndAddressesThatAreDead(t *testing.T) {
	hanging := &faults.Names{Hang: true}
	started := time.Now()
	report := wsprobe.Probe(t.Context(), hanging, nil, request(t, "ws://app.example.com", within(500*time.Millisecond)))
	if !report.Outcome.Has("websocket/name-not-resolved") || !report.Transient || time.Since(started) > 1500*time.Millisecond {
		t.Errorf("after %s: %+v", time.Since(started), report)
	}
	timeout := &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	dead := &faults.Names{Hosts: map[string][]string{"app.example.com": {"192.0.2.1"}}, Refuse: map[string]error{"192.0.2.1:80": timeout}}
	report = wsprobe.Probe(t.Context(), dead, nil, request(t, "ws://app.example.com"))
	if !report.Outcome.Has("websocket/connect-timeout") {
		t.Errorf("got %+v", report)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tlsServer ends TLS as asked and answers 404 to whatever comes.
func tlsServer(t *testing.T, authority *redistest.Authority, change func(*tls.Config)) string {
	t.Helper()
	certificate, key := authority.Server(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10}
	change(config)
	return faults.Serve(t, func(conn net.Conn) {
		server := tls.Server(conn, config)
		faults.AnswerAndHangUp("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")(server)
	}).Addr()
}

func TestProbe_Certificates(t *testing.T) {
	as := func(*tls.Config) {}
	authority := redistest.NewAuthority(t)
	trusted, err := wsprobe.ParseAuthorities(authority.PEM())
	if err != nil {
		t.Fatal(err)
	}
	how := wsprobe.TLS{Authorities: trusted}
	good := tlsServer(t, authority, as)
	now := time.Now()
	for _, r := range []row{
		{"good", request(t, "wss://"+good, secured(how)), 404, 0, "websocket/not-found"},
		{"unknown authority", request(t, "wss://"+good), 0, 0, "websocket/unknown-authority"},
		{"another name", request(t, "wss://"+good, secured(wsprobe.TLS{Authorities: trusted, ServerName: "other.example.com"})), 0, 0, "websocket/wrong-name"},
		{"expired", request(t, "wss://"+tlsServer(t, authority.Valid(now.Add(-2*time.Hour), now.Add(-time.Hour)), as), secured(how)), 0, 0, "websocket/expired"},
		{"not yet", request(t, "wss://"+tlsServer(t, authority.Valid(now.Add(time.Hour), now.Add(2*time.Hour)), as), secured(how)), 0, 0, "websocket/expired"},
		{"client certificate", request(t, "wss://"+tlsServer(t, authority.Valid(now.Add(-time.Hour), now.Add(time.Hour)), func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), secured(how)), 0, 0, "websocket/client-certificate-required"},
		{"old protocol", request(t, "wss://"+tlsServer(t, authority, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }), secured(how)), 0, 0, "websocket/tls-handshake"},
	} {
		t.Run(r.name, r.run)
	}
	report := probe(t, request(t, "wss://"+good, secured(wsprobe.TLS{Unverified: true})))
	if !report.Outcome.Has("websocket/not-verified") || report.Status != 404 {
		t.Errorf("not verified: %+v", report)
	}
	certificate, key := authority.Client(t)
	pair, err := wsprobe.ParseCertificate(read(t, certificate), secret.New(read(t, key)))
	if err != nil {
		t.Fatal(err)
	}
	mutual := tlsServer(t, authority, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert })
	row{"client certificate given", request(t, "wss://"+mutual, secured(wsprobe.TLS{Authorities: trusted, Certificate: pair})), 404, 0, "websocket/not-found"}.run(t)
}

func TestProbe_EndsWithItsContext(t *testing.T) {
	connected := make(chan struct{}, 1)
	server := faults.Serve(t, func(conn net.Conn) {
		connected <- struct{}{}
		faults.Silent(conn)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-connected
		cancel()
	}()
	report := wsprobe.Probe(ctx, netprobe.System{}, nil, request(t, "ws://"+server.Addr(), within(time.Hour)))
	if !report.Canceled || report.Passed() || len(report.Outcome.Findings) > 0 {
		t.Errorf("got %+v", report)
	}
	if report.Duration > 30*time.Second {
		t.Errorf("it took %s", report.Duration)
	}
}

type panicking struct{ netprobe.System }

func (panicking) Resolve(context.Context, string) ([]string, error) { panic("a made-up bug") }

func TestProbe_ABugIsAFindingOfItsOwn(t *testing.T) {
	report := wsprobe.Probe(t.Context(), panicking{}, nil, request(t, "ws://app.example.com"))
	if !report.Outcome.Has("check/crashed") || report.Passed() {
		t.Errorf("got %+v", report)
	}
}

// An answer that quotes the request, in every place where an answer can.
func TestProbe_WhatServersEchoIsNotShown(t *testing.T) {
	const hidden = "canary-5up3r-s3cr3t"
	quoted := fmt.Sprintf("%s?token=%[1]s", hidden)
	for name, answer := range map[string]string{
		"redirect":        "HTTP/1.1 302 Found\r\nServer: " + hidden + "\r\nLocation: https://" + quoted + "\r\n\r\n",
		"redirect host":   "HTTP/1.1 302 Found\r\nLocation: https://" + hidden + ".example.com/" + hidden + "\r\n\r\n",
		"relative":        "HTTP/1.1 302 Found\r\nLocation: /" + quoted + "\r\n\r\n",
		"body":            "HTTP/1.1 400 " + hidden + "\r\nServer: nginx/" + hidden + "\r\n\r\n" + hidden,
		"wrong handshake": "HTTP/1.1 101 x\r\nUpgrade: " + hidden + "\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + hidden + "\r\n\r\n",
		"no HTTP":         hidden + " " + quoted + "\r\n",
		"broken header":   "HTTP/1.1 200 OK\r\n" + hidden + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := faults.Serve(t, faults.AnswerAndHangUp(answer))
			for place, r := range map[string]wsprobe.Request{
				"query":    request(t, "ws://"+server.Addr()+"/?token="+hidden),
				"userinfo": request(t, "ws://"+hidden+":"+hidden+"@"+server.Addr()+"/"),
				"path":     request(t, "ws://"+server.Addr()+"/ws/"+hidden+"/"),
				"header": request(t, "ws://"+server.Addr()+"/", func(r *wsprobe.Request) {
					r.Headers = map[string]secret.String{"Authorization": secret.New("Bearer " + hidden)}
				}),
				"cookie": request(t, "ws://"+server.Addr()+"/", func(r *wsprobe.Request) {
					r.Cookies = map[string]secret.String{"sessionid": secret.New(hidden)}
				}),
			} {
				var logged []string
				report := wsprobe.Probe(t.Context(), netprobe.System{}, func(_ context.Context, message string, fields ...map[string]any) {
					logged = append(logged, fmt.Sprint(message, fields))
				}, r)
				if report.Passed() {
					t.Errorf("%s: it passed", place)
				}
				text, err := json.Marshal(report)
				if err != nil {
					t.Fatal(err)
				}
				if all := fmt.Sprintf("%s %+v %q %+v", text, report, logged, r); strings.Contains(all, hidden) {
					t.Errorf("%s: %s", place, all)
				}
			}
		})
	}
}

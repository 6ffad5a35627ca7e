package wsprobe_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// situation is one thing that an app does, and what each server makes of it.
type situation struct {
	path            string
	shapes          []shape
	daphne, uvicorn outcome
}

type outcome struct {
	status, closeCode int
	id                finding.ID
}

func same(o outcome) (daphne, uvicorn outcome) { return o, o }

// What daphne and uvicorn answer, measured: the findings guide says what is
// behind each.
func TestProbe_RealServers(t *testing.T) {
	var list []situation
	add := func(path string, daphne, uvicorn outcome, shapes ...shape) {
		list = append(list, situation{path, shapes, daphne, uvicorn})
	}
	both := func(path string, o outcome, shapes ...shape) {
		daphne, uvicorn := same(o)
		add(path, daphne, uvicorn, shapes...)
	}
	open := outcome{status: 101}
	both("/accept/", open)
	both("/echo/", open, send("a text"))
	both("/echo/", open, send("a text"), expect("text"))
	both("/greet/", open, pattern(t, `^ready: \d+$`))
	both("/subprotocol/", open, subprotocols("chat.v2", "chat.v1"))
	both("/nowhere/", outcome{500, 0, "websocket/server-error"})
	both("/raise/", outcome{500, 0, "websocket/server-error"})
	both("/reject/", outcome{403, 0, "websocket/forbidden"})
	both("/reject-with-code/", outcome{403, 0, "websocket/forbidden"})
	both("/hang/", outcome{0, 0, "websocket/upgrade-timeout"}, within(time.Second))
	both("/accept/", outcome{101, 0, "websocket/no-subprotocol"}, subprotocols("chat.v1"))
	both("/accept/", outcome{101, 0, "websocket/silent"}, send("a text"), within(time.Second))
	both("/echo/", outcome{101, 0, "websocket/reply-mismatch"}, send("a text"), expect("another"), within(time.Second))
	both("/close/1000/", outcome{101, 1000, "websocket/closed-at-once"})
	both("/close/1011/", outcome{101, 1011, "websocket/closed-error"})
	both("/close/4401/", outcome{101, 4401, "websocket/closed-by-app"})
	add("/close/1012/", outcome{101, 1011, "websocket/closed-error"}, outcome{101, 1012, "websocket/closed-restarting"})
	add("/close/1013/", outcome{101, 1011, "websocket/closed-error"}, outcome{101, 1013, "websocket/closed-restarting"})
	add("/raise-after/", outcome{101, 1011, "websocket/closed-error"}, outcome{101, 1006, "websocket/closed-abnormally"})
	add("/raise-on-text/", outcome{101, 1011, "websocket/closed-error"}, outcome{101, 1006, "websocket/closed-abnormally"}, send("a text"))
	both("/die/", outcome{101, 1006, "websocket/closed-abnormally"}, send("a text")) // the last one: it ends the server
	for _, server := range []asgitest.Server{asgitest.Daphne, asgitest.Uvicorn} {
		t.Run(string(server), func(t *testing.T) {
			app := asgitest.Start(t, server, asgitest.Router)
			for i, s := range list {
				want := s.daphne
				if server == asgitest.Uvicorn {
					want = s.uvicorn
				}
				t.Run(fmt.Sprintf("%d %s", i, s.path), func(t *testing.T) {
					row{string(server) + " " + s.path, request(t, app.URL(s.path), s.shapes...), want.status, want.closeCode, want.id}.run(t)
				})
			}
		})
	}
}

// The app sees what it sees when a browser tab is closed, and one connection.
func TestProbe_RealServersSeeANormalClose(t *testing.T) {
	for _, server := range []asgitest.Server{asgitest.Daphne, asgitest.Uvicorn} {
		t.Run(string(server), func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, server, asgitest.Router)
			for _, shapes := range [][]shape{nil, {send("a text"), within(time.Second)}} {
				before := strings.Count(app.Log(), "disconnected with 1000")
				report := probe(t, request(t, app.URL("/accept/"), shapes...))
				last := report.Stages[len(report.Stages)-1]
				if last.Name != wsprobe.StageClose || last.Status != finding.Passed {
					t.Errorf("stages %+v", report.Stages)
				}
				if !app.Says("disconnected with 1000", before+1) {
					t.Errorf("the app says\n%s", app.Log())
				}
			}
		})
	}
}

// uvicorn passes the reason of a close frame on, daphne does not. One that holds
// what the query does is not shown.
func TestProbe_RealServersPassReasonsOnOrNot(t *testing.T) {
	for server, want := range map[asgitest.Server]string{asgitest.Daphne: "", asgitest.Uvicorn: "too many rooms"} {
		t.Run(string(server), func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, server, asgitest.Router)
			report := probe(t, request(t, app.URL("/close/4401/because/")))
			if report.CloseCode != 4401 || report.CloseReason != want {
				t.Errorf("close code %d, reason %q", report.CloseCode, report.CloseReason)
			}
			report = probe(t, request(t, app.URL("/close/4401/?a-made-up-token")))
			if report.CloseCode != 4401 || report.CloseReason != "" {
				t.Errorf("close code %d, and the reason shows the query: %q", report.CloseCode, report.CloseReason)
			}
		})
	}
}

func TestProbe_RealAppsWithoutWebSockets(t *testing.T) {
	for _, test := range []struct {
		server asgitest.Server
		app    string
		status int
		id     finding.ID
	}{
		{asgitest.Daphne, asgitest.NoWebSocket, 500, "websocket/server-error"},
		{asgitest.Uvicorn, asgitest.NoWebSocket, 500, "websocket/server-error"},
		{asgitest.Daphne, asgitest.PlainDjango, 500, "websocket/server-error"},
		{asgitest.Uvicorn, asgitest.PlainDjango, 500, "websocket/server-error"},
		{asgitest.UvicornWithoutWebSockets, asgitest.Router, 404, "websocket/not-found"},
		{asgitest.WSGI, asgitest.Router, 404, "websocket/not-found"},
	} {
		t.Run(string(test.server)+" "+test.app, func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, test.server, test.app)
			row{string(test.server) + " " + test.app, request(t, app.URL("/accept/")), test.status, 0, test.id}.run(t)
		})
	}
}

// The URL's own site is allowed where its host is; nothing and another are not.
func TestProbe_RealOriginValidator(t *testing.T) {
	for _, server := range []asgitest.Server{asgitest.Daphne, asgitest.Uvicorn} {
		t.Run(string(server), func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, server, asgitest.Origins)
			row{"own origin", request(t, app.URL("/accept/")), 101, 0, ""}.run(t)
			row{"no origin", request(t, app.URL("/accept/"), origin("")), 403, 0, "websocket/forbidden"}.run(t)
			row{"another origin", request(t, app.URL("/accept/"), origin("https://other.example.com")), 403, 0, "websocket/forbidden"}.run(t)
		})
	}
}

// What proxies do, with a real nginx before a real app.
func TestProbe_RealProxy(t *testing.T) {
	down := "127.0.0.1:" + fmt.Sprint(launch.FreePort(t))
	authority := redistest.NewAuthority(t)
	trusted, err := wsprobe.ParseAuthorities(authority.PEM())
	if err != nil {
		t.Fatal(err)
	}
	private := secured(wsprobe.TLS{Authorities: trusted})
	for _, server := range []asgitest.Server{asgitest.Daphne, asgitest.Uvicorn} {
		t.Run(string(server), func(t *testing.T) {
			t.Parallel()
			app := asgitest.Start(t, server, asgitest.Router)
			locations := fmt.Sprintf(`
location / { proxy_pass http://%[1]s; %[2]s }
location /stripped/ { proxy_pass http://%[1]s/; }
location /half/ { proxy_pass http://%[1]s/; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; }
location /down/ { proxy_pass http://%[3]s/; %[2]s }
location /slow/ { proxy_pass http://%[1]s/hang/; %[2]s proxy_read_timeout 1s; }
location /cut/ { proxy_pass http://%[1]s/accept/; %[2]s proxy_read_timeout 1s; }
location /page/ { return 200 "a page"; }
location /locked/ { auth_basic "closed"; auth_basic_user_file /dev/null; proxy_pass http://%[1]s/; %[2]s }
location /limited/ { limit_req zone=one; proxy_pass http://%[1]s/; %[2]s }
location /maintenance/ { return 503; }
location /upgrade-required/ { return 426; }
location /teapot/ { return 418; }
location /https/ { return 301 https://$http_host$request_uri; }
location /elsewhere/ { return 302 https://www.example.com/login?next=$request_uri; }
location /moved { return 307 /moved/; }
`, app.Addr(), asgitest.Upgrade, down)
			plain, encrypted := asgitest.StartNginx(t, nil, locations), asgitest.StartNginx(t, authority, locations)
			wss := func(path string) string { return "wss://" + encrypted.Addr() + path }
			for _, r := range []row{
				{"passed on", request(t, plain.URL("/echo/"), send("a text")), 101, 0, ""},
				{"passed on, TLS", request(t, wss("/echo/"), send("a text"), private), 101, 0, ""},
				{"Upgrade stripped", request(t, plain.URL("/stripped/accept/")), 404, 0, "websocket/not-found"},
				{"down", request(t, plain.URL("/down/")), 502, 0, "websocket/bad-gateway"},
				{"slow", request(t, plain.URL("/slow/")), 504, 0, "websocket/gateway-timeout"},
				{"cut", request(t, plain.URL("/cut/"), expect("anything")), 101, 1006, "websocket/closed-abnormally"},
				{"a page", request(t, plain.URL("/page/")), 200, 0, "websocket/no-upgrade"},
				{"locked", request(t, plain.URL("/locked/accept/")), 401, 0, "websocket/unauthorized"},
				{"first", request(t, plain.URL("/limited/accept/")), 101, 0, ""},
				{"limited", request(t, plain.URL("/limited/accept/")), 429, 0, "websocket/too-many-requests"},
				{"maintenance", request(t, plain.URL("/maintenance/")), 503, 0, "websocket/unavailable"},
				{"upgrade required", request(t, plain.URL("/upgrade-required/")), 426, 0, "websocket/upgrade-required"},
				{"teapot", request(t, plain.URL("/teapot/")), 418, 0, "websocket/unexpected-status"},
				{"http to https", request(t, plain.URL("/https/")), 301, 0, "websocket/redirect"},
				{"to a login", request(t, plain.URL("/elsewhere/")), 302, 0, "websocket/redirect"},
				{"slash", request(t, plain.URL("/moved")), 307, 0, "websocket/redirect"},
				{"ws:// to TLS", request(t, "ws://"+encrypted.Addr()+"/echo/"), 400, 0, "websocket/tls-required"},
				{"wss:// to nginx without TLS", request(t, "wss://"+plain.Addr()+"/echo/"), 0, 0, "websocket/tls-plaintext-server"},
				{"wss:// to the app", request(t, "wss://"+app.Addr()+"/echo/"), 0, 0, "websocket/tls-plaintext-server"},
				{"unknown authority", request(t, wss("/echo/")), 0, 0, "websocket/unknown-authority"},
			} {
				t.Run(r.name, r.run)
			}
		})
	}
}

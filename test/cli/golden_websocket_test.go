package cli

import (
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// sketch is a channels_delivery that has one finding.
type sketch struct {
	id  finding.ID
	url string
	// arguments are further ones, a line each.
	arguments string
	// redis is the URL of the layer, the bench's own if "".
	redis string
}

func (s sketch) name() string { return strings.NewReplacer("/", "_", "-", "_").Replace(string(s.id)) }

// configuration is the sketch, which stands in a file of its own so that its
// place in it does not depend on others.
func (s sketch) configuration(redis string) string {
	if s.redis != "" {
		redis = s.redis
	}
	timeout := "timeout = \"30s\""
	if strings.Contains(s.arguments, "timeout") {
		timeout = ""
	}
	return fmt.Sprintf("resource \"channels_delivery\" %q {\n  redis_url = %q\n  url = %q\n  wait = \"1ms\"\n  %s\n  %s\n}\n",
		s.name(), redis, s.url, timeout, s.arguments)
}

// showSketches applies them in one run and holds each to its golden file.
func showSketches(t *testing.T, w *tfcli.Workspace, redis string, sketches []sketch, flags ...string) {
	t.Helper()
	w.Main("")
	for _, s := range sketches {
		w.Write(s.name()+".tf", s.configuration(redis))
	}
	result := w.Fails(append([]string{"apply"}, flags...)...)
	replace := map[string]string{}
	for _, version := range regexp.MustCompile(`nginx/[0-9.]+`).FindAllString(result.Combined, -1) {
		replace[version] = "nginx/1.28.0"
	}
	for _, limit := range regexp.MustCompile(`within [0-9.]+m?s\b`).FindAllString(result.Combined, -1) {
		replace[limit] = "within 4.5s"
	}
	for _, s := range sketches {
		t.Run(string(s.id), func(t *testing.T) {
			own := map[string]string{s.name(): "this"}
			for from, to := range replace {
				own[from] = to
			}
			golden.Block{Secrets: []string{password}, Replace: own}.Check(t, s.id, result)
		})
	}
}

// What a delivery says where the WebSocket does not open, or does not stay open.
func TestGolden_WebSocketsOfDeliveriesReadAsKept(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Password(password))
	daphne := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+redis.URL())
	uvicorn := asgitest.Start(t, asgitest.Uvicorn, asgitest.Router, "REDIS_URL="+redis.URL())
	sketches := []sketch{
		{id: "websocket/server-error", url: daphne.URL("/nowhere/")},
		{id: "websocket/forbidden", url: daphne.URL("/reject/")},
		{id: "websocket/upgrade-timeout", url: daphne.URL("/hang/"), arguments: brief},
		{id: "websocket/closed-at-once", url: daphne.URL("/close/1000/"), arguments: nobodyIn},
		{id: "websocket/closed-error", url: daphne.URL("/raise-after/"), arguments: nobodyIn},
		{id: "websocket/closed-by-app", url: uvicorn.URL("/close/4401/because/"), arguments: nobodyIn},
		{id: "websocket/closed-abnormally", url: uvicorn.URL("/raise-after/"), arguments: nobodyIn},
		{id: "websocket/closed-restarting", url: uvicorn.URL("/close/1012/"), arguments: nobodyIn},
		{id: "websocket/closed-refusing", url: uvicorn.URL("/close/1008/"), arguments: nobodyIn},
	}
	sketches = append(sketches, behindProxy(t, daphne)...)
	sketches = append(sketches, brokenSketches(t)...)
	sketches = append(sketches, certificateSketches(t)...)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		showSketches(t, tfcli.New(t, cli), redis.URL(), sketches, "-parallelism=20")
	})
}

// nobodyIn is a group that nobody is in.
const nobodyIn = `group = "channels-check-nobody"`

// brief is for what ends with the time alone, before daphne gives up on it.
const brief = `timeout = "3s"`

// behindProxy are what a real nginx before the app makes of a WebSocket.
func behindProxy(t *testing.T, app *asgitest.App) []sketch {
	t.Helper()
	nginx := asgitest.StartNginx(t, nil, fmt.Sprintf(`
location /stripped/ { proxy_pass http://%[1]s/; }
location /down/ { proxy_pass http://%[3]s/; %[2]s }
location /slow/ { proxy_pass http://%[1]s/hang/; %[2]s proxy_read_timeout 1s; }
location /page/ { return 200 "a page"; }
location /bad/ { return 400; }
location /locked/ { auth_basic "closed"; auth_basic_user_file /dev/null; proxy_pass http://%[1]s/; }
location /limited/ { return 429; }
location /maintenance/ { return 503; }
location /upgrade-required/ { return 426; }
location /teapot/ { return 418; }
location /https/ { return 301 https://$http_host$request_uri; }
`, app.Addr(), asgitest.Upgrade, faults.ClosedPort(t)))
	return []sketch{
		{id: "websocket/not-found", url: nginx.URL("/stripped/accept/")},
		{id: "websocket/bad-gateway", url: nginx.URL("/down/")},
		{id: "websocket/gateway-timeout", url: nginx.URL("/slow/")},
		{id: "websocket/no-upgrade", url: nginx.URL("/page/")},
		{id: "websocket/bad-request", url: nginx.URL("/bad/")},
		{id: "websocket/unauthorized", url: nginx.URL("/locked/")},
		{id: "websocket/too-many-requests", url: nginx.URL("/limited/")},
		{id: "websocket/unavailable", url: nginx.URL("/maintenance/")},
		{id: "websocket/upgrade-required", url: nginx.URL("/upgrade-required/")},
		{id: "websocket/unexpected-status", url: nginx.URL("/teapot/")},
		{id: "websocket/redirect", url: nginx.URL("/https/")},
		{id: "websocket/tls-plaintext-server", url: "wss" + strings.TrimPrefix(nginx.URL("/"), "ws")},
	}
}

// brokenSketches are what no real app can be made to do.
func brokenSketches(t *testing.T) []sketch {
	t.Helper()
	at := func(behave faults.Behaviour) string { return "ws://" + faults.Serve(t, behave).Addr() + "/" }
	return []sketch{
		{id: "websocket/name-not-resolved", url: "ws://app..example.com/"},
		{id: "websocket/refused", url: "ws://" + faults.ClosedPort(t) + "/"},
		{id: "websocket/connect-timeout", url: "ws://" + faults.FullBacklog(t) + "/", arguments: brief},
		{id: "websocket/hung-up", url: at(faults.HangUp)},
		{id: "websocket/tls-required", url: at(faults.AnswerAndHangUp("\x15\x03\x01\x00\x02\x02\x46"))}, // an alert
		{id: "websocket/not-http", url: at(faults.Greet("SSH-2.0-OpenSSH_9.6\r\n"))},
		{id: "websocket/tls-silent", url: "wss" + strings.TrimPrefix(at(faults.Silent), "ws"), arguments: brief},
		{id: "websocket/handshake-broken", url: at(faults.Answer(
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n"))},
		{id: "websocket/protocol-error", url: at(upgraded(func(conn net.Conn) {
			_, _ = io.WriteString(conn, "\xff\x00") // reserved bits and a reserved opcode
			faults.Silent(conn)
		})), arguments: nobodyIn},
	}
}

// upgraded is a server that opens every WebSocket and goes on in its own way.
func upgraded(then faults.Behaviour) faults.Behaviour {
	return func(conn net.Conn) {
		buffer := make([]byte, 64<<10)
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		key := regexp.MustCompile(`(?i)Sec-WebSocket-Key: (\S+)`).FindSubmatch(buffer[:n])
		if key == nil {
			return
		}
		// RFC 6455, section 4.2.2.
		sum := sha1.Sum([]byte(string(key[1]) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			base64.StdEncoding.EncodeToString(sum[:]))
		then(conn)
	}
}

// certificateSketches are what TLS goes wrong over.
func certificateSketches(t *testing.T) []sketch {
	t.Helper()
	authority, now := redistest.NewAuthority(t), time.Now()
	server := func(authority *redistest.Authority, config *tls.Config) string {
		pair, err := tls.LoadX509KeyPair(authority.Server(t))
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
		return faults.Serve(t, func(conn net.Conn) {
			secured := tls.Server(conn, config)
			faults.AnswerAndHangUp("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")(secured)
			_ = secured.Close()
		}).Addr()
	}
	modern := func() *tls.Config { return &tls.Config{MinVersion: tls.VersionTLS12} }
	good := server(authority, modern())
	trusted := fmt.Sprintf("tls = { ca_pem = %q }", authority.PEM())
	return []sketch{
		{id: "websocket/unknown-authority", url: "wss://" + good},
		{id: "websocket/wrong-name", url: "wss://" + good, arguments: fmt.Sprintf("tls = { ca_pem = %q, server_name = \"chat.example.com\" }", authority.PEM())},
		{id: "websocket/expired", url: "wss://" + server(authority.Valid(now.Add(-2*time.Hour), now.Add(-time.Hour)), modern()), arguments: trusted},
		{id: "websocket/client-certificate-required", url: "wss://" + server(authority.Valid(now.Add(-time.Hour), now.Add(time.Hour)), &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}), arguments: trusted},
		{id: "websocket/tls-handshake", url: "wss://" + server(authority, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), arguments: trusted},
	}
}

// What is wrong with the network itself, in one from which no packet gets out.
func TestGolden_WebSocketsWithoutAWayReadAsKept(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		if output, err := exec.Command("unshare", "--net", "true").CombinedOutput(); err != nil {
			faults.Unpermitted(t, fmt.Errorf("unshare: %w: %s", err, output))
		}
		redis := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Within("unshare", "--net", "sh", "-c", `ip link set lo up && ip route add blackhole 203.0.113.0/24 && exec "$@"`, "sh")
		showSketches(t, w, "unix://:"+password+"@"+redis.Socket(), []sketch{
			{id: "websocket/no-route", url: "ws://198.51.100.7/"},
			{id: "websocket/connect-failed", url: "ws://203.0.113.7/"},
		})
	})
}

// What a delivery says where the WebSocket is open and the message is lost.
func TestGolden_LostMessagesReadAsKept(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Password(password))
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+redis.URL())
	sketches := []sketch{
		{id: "delivery/no-members", url: app.URL("/accept/"), arguments: nobodyIn},
		{id: "delivery/not-joined", url: app.URL("/accept/"), arguments: "group = \"channels-check-others\"\n  " + brief},
		{id: "delivery/nobody-listens", url: app.URL("/accept/"), arguments: "channel = \"channels-check-worker\"\n  " + brief},
		{id: "delivery/channel-full", url: app.URL("/accept/"), arguments: "channel = \"channels-check-full\"\n  config = { capacity = 1 }"},
		{id: "delivery/impossible", url: app.URL("/accept/"),
			arguments: "config = { serializer_format = \"yaml\" }\n  findings = { \"config/serializer-unknown\" = \"off\" }"},
		{id: "delivery/not-taken", url: joining(t, redis, "channels-check-idle"), arguments: "group = \"channels-check-idle\"\n  " + brief},
		// A message to the group ends the consumer that has no handler for it: one
		// after the other.
		{id: "delivery/consumer-closed", url: app.URL("/joined-without-handler/")},
		{id: "websocket/no-subprotocol", url: app.URL("/joined/"), arguments: `subprotocols = ["chat.v1"]`},
		{id: "delivery/not-passed-on", url: app.URL("/joined-deaf/"), arguments: brief},
	}
	for id, verdict := range map[finding.ID]faults.Verdict{
		"delivery/refused":     {Pass: []byte("-OOM command not allowed when used memory > 'maxmemory'.\r\n")},
		"delivery/interrupted": {HangUp: true},
	} {
		before := faults.Between(t, redis.Addr(), faults.Relay{Message: func(m faults.Message) faults.Verdict {
			if m.Has("specific.") { // members of a group: what is asked before the WebSocket is opened
				return verdict
			}
			return m.Pass()
		}})
		sketches = append(sketches, sketch{id: id, url: app.URL("/accept/"), arguments: `group = "channels-check-others"`,
			redis: "redis://:" + password + "@" + before.Addr() + "/0"})
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	redis.Do("ZADD", "asgi:group:channels-check-others", now, "specific.0123456789abcdef0123456789abcdef!fedcba9876543210fedcba9876543210")
	redis.Do("ZADD", "asgichannels-check-full", now, "a message that nobody takes")
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		showSketches(t, tfcli.New(t, cli), redis.URL(), sketches, "-parallelism=1")
	})
}

// joining is the URL of an app whose process joins the group and then reads
// nothing of what is sent to it.
func joining(t *testing.T, redis *redistest.Server, group string) string {
	t.Helper()
	return "ws://" + faults.Serve(t, func(conn net.Conn) {
		redis.Do("ZADD", "asgi:group:"+group, strconv.FormatInt(time.Now().Unix(), 10), "specific.abcdef0123456789abcdef0123456789!9876543210fedcba9876543210fedcba")
		upgraded(faults.Silent)(conn)
	}).Addr() + "/"
}

func TestGolden_DeliveriesInMemoryReadAsKept(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.Main("resource \"channels_delivery\" \"this\" {\n  backend = \"in_memory\"\n  url     = \"wss://www.example.com/ws/check/\"\n}\n")
		golden.Block{}.Check(t, "delivery/in-memory", w.Fails("validate"))
	})
}

// What no delivery says, because it waits for its own message: as a check block
// shows it.
func TestGolden_RepliesReadAsKept(t *testing.T) {
	t.Parallel()
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		for id, test := range map[finding.ID]struct{ url, arguments string }{
			"websocket/silent":         {app.URL("/accept/"), `send = "a text"`},
			"websocket/reply-mismatch": {app.URL("/echo/"), "send = \"a text\"\n    expect = \"another\""},
		} {
			t.Run(string(id), func(t *testing.T) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(fmt.Sprintf(`check "websocket" {
  data "channels_websocket" "this" {
    url = %q
    timeout = "2s"
    %s
  }
  assert {
    condition     = data.channels_websocket.this.replied
    error_message = join("\n\n", [for f in data.channels_websocket.this.findings : "${f.summary} (${f.id})\n${f.detail}\n\nFix: ${f.fix}"])
  }
}
`, test.url, test.arguments))
				golden.Block{}.CheckAssertion(t, id, w.OK("plan"))
			})
		}
	})
}

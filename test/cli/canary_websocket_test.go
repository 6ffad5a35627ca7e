package cli

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// quoting answers with all that it was sent, in every place where an answer can
// hold it.
func quoting(status string) faults.Behaviour {
	return func(conn net.Conn) {
		buffer := make([]byte, 64<<10)
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		text := strings.NewReplacer("\r", "", "\n", " ").Replace(string(buffer[:n]))
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nServer: %s\r\nLocation: https://elsewhere.example.com/%s\r\nUpgrade: %[2]s\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %[2]s\r\n\r\n%[2]s", status, text, text)
	}
}

// websockets adds a data source, and where the URL may stand in the state a
// delivery, for a secret in every place of either and for every endpoint.
func (b *bed) websockets(redis *redistest.Server, addresses []string) {
	for i, address := range addresses {
		for j, place := range []string{"query", "userinfo", "path", "header", "cookie", "send"} {
			if !b.takes(i + j) {
				continue
			}
			s := b.keep(b.secret(fmt.Sprintf("websocket %s of endpoint %d", place, i), ""))
			url, arguments := "ws://"+address+"/", ""
			switch place {
			case "query":
				url += "?token=" + s.Text
			case "userinfo":
				url = "ws://user:" + s.Text + "@" + address + "/"
			case "path":
				url += s.Text + "/"
			case "header":
				arguments = fmt.Sprintf("headers = { Authorization = %s }", b.value("Bearer "+s.Text))
			case "cookie":
				arguments = fmt.Sprintf("cookies = { sessionid = %s }", b.value(s.Text))
			default:
				arguments = fmt.Sprintf("send = %s", b.value(s.Text))
			}
			b.addf("data \"channels_websocket\" %q {\n  url = %s\n  timeout = \"1s\"\n  %s\n}", b.name(), b.value(url), arguments)
			b.addf("resource \"channels_delivery\" %q {\n  redis_url = %s\n  url = %s\n  timeout = \"1s\"\n  wait = \"1ms\"\n  %s\n}",
				b.name(), b.value(redis.URL()), b.value(url), arguments)
		}
	}
}

// brokenWebSockets adds arguments that nothing can be opened with.
func (b *bed) brokenWebSockets() {
	for _, template := range []string{
		"https://u:{}@app.example.com/?t={}", "{}", "wss://u:{}#@app.example.com/", "wss://app.example.com/{} x", "wss://{}:x/", "wss://u:{}%zz@app.example.com/",
		"wss://app.example.com/%zz{}", "wss://[{}]/", "{}://app.example.com",
	} {
		s := b.secret("websocket url "+template, "")
		value := b.value(fill(template, s.Text))
		b.addf("data \"channels_websocket\" %q {\n  url = %s\n}", b.name(), value)
		b.addf("resource \"channels_delivery\" %q {\n  redis_url = \"redis://redis.example.com\"\n  url = %s\n}", b.name(), value)
	}
	for argument, template := range map[string]string{
		"headers = { X = %s }": "{}\n", "headers = { Origin = %s }": "{}", "cookies = { c = %s }": "{};x",
		"tls = { client_key_pem = %s }": "{}",
	} {
		s := b.secret("websocket "+argument, "")
		b.addf("data \"channels_websocket\" %q {\n  url = \"wss://app.example.com/\"\n  %s\n}", b.name(), fmt.Sprintf(argument, b.value(fill(template, s.Text))))
	}
	s := b.secret("redis_url of a delivery", "#")
	b.addf("resource \"channels_delivery\" %q {\n  redis_url = %s\n  url = \"wss://app.example.com/\"\n}", b.name(), b.value("redis://:"+s.Text+"@127.0.0.1:1"))
}

func TestCanary_WebSocketsAndDeliveriesShowNoSecret(t *testing.T) {
	t.Parallel()
	eachStyle(t, func(t *testing.T, cli tfcli.CLI, s style) {
		b := newBed(s).all()
		b.brokenWebSockets()
		c := watching(t, cli, b)
		c.run(1, "plan")
		c.run(1, "plan", "-json")
		c.expectSaid("The WebSocket cannot be opened with these arguments", "url/unescaped-delimiter")

		redis := redistest.Start(t, redistest.Password("a-made-up-one"))
		var addresses []string
		for _, status := range []string{"101 Switching", "200 OK", "302 Found", "400 Bad", "403 No", "418 Teapot", "500 Error"} {
			addresses = append(addresses, faults.Serve(t, quoting(status)).Addr())
		}
		addresses = append(addresses, faults.Serve(t, echo).Addr(), faults.Serve(t, faults.HangUp).Addr(), faults.ClosedPort(t))
		b = newBed(s)
		b.provider(lowered())
		b.websockets(redis, addresses)
		c = watching(t, cli, b)
		state := c.cycle()
		missing := c.finder.Missing(state)
		for _, place := range b.kept {
			if slices.Contains(missing, place) {
				t.Errorf("%s: the state does not hold the secret, so it went nowhere", place)
			}
		}
		c.expectSaid("websocket/handshake-broken", "websocket/redirect", "websocket/not-http", "websocket/refused")
	})
}

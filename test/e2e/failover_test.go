package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// behind is a layer whose master the Sentinels name.
func behind(w *redistest.Watched, more string) string {
	var sentinels []string
	for _, address := range w.Addresses() {
		host, port, _ := net.SplitHostPort(address)
		sentinels = append(sentinels, fmt.Sprintf("{ host = %q, port = %s }", host, port))
	}
	return fmt.Sprintf("  hosts = [{ sentinels = [%s], master_name = %q, password = %q, sentinel_password = %q, arguments = { socket_timeout = \"10\" } }]\n%s%s",
		strings.Join(sentinels, ", "), w.Name, password, special, stated("7.4.1"), more)
}

// An app comes back by itself when its master is killed: what its browsers see
// of it, and for how long, is in the guide on Sentinels.
func TestFailover_AppComesBackByItself(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"core": "", "pubsub": "  backend = \"pubsub\"\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				set := redistest.StartWatched(t, redistest.Watch{
					Replicas: 2, Servers: []redistest.Option{redistest.Password(password)}, Watchers: []redistest.Option{redistest.Password(special)},
				})
				w := tfcli.New(t, cli)
				w.Main("provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n}\n" + layers(map[string]string{"app": behind(set, more)}, ""))
				result := w.OK("apply")
				if got := tfcli.IDs(result.Diagnostics()); len(got) != 0 {
					t.Errorf("apply says %q, want nothing\n%s", got, result.Combined)
				}
				app := outputs(t, w, "app")["app"].start(t)
				speaker, listener := app.Dial(t, chatPath), app.Dial(t, chatPath)
				say(t, speaker, "before")
				hears(t, speaker, "before")
				hears(t, listener, "before")

				killed := time.Now()
				set.Master.Kill()
				again := comesBack(t, app, speaker)
				t.Logf("%s: the chat is back after %s", name, time.Since(killed).Round(100*time.Millisecond))
				closed, hung := listener.ClosedWithin(5 * time.Second)
				if core := name == "core"; core != (hung && closed == 1011) {
					t.Errorf("the WebSocket that only listens: closed %v with %d", hung, closed)
				}
				if name == "pubsub" {
					say(t, again, "to all")
					last := ""
					for text, ok := listener.ReceiveWithin(10 * time.Second); ok && !strings.Contains(last, "to all"); text, ok = listener.ReceiveWithin(10 * time.Second) {
						last = text
					}
					if !strings.Contains(last, "to all") {
						t.Errorf("the WebSocket that only listens gets %q last", last)
					}
				}
			})
		})
	}
}

// comesBack is a browser that connects again until a message comes back to it.
func comesBack(t *testing.T, app *django.App, chat *django.Socket) *django.Socket {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for n := 0; time.Now().Before(deadline); n++ {
		if _, closed := chat.ClosedWithin(10 * time.Millisecond); closed {
			if next, _ := app.TryDial(t, chatPath); next != nil {
				chat = next
			}
			continue
		}
		chat.TrySend(fmt.Sprintf(`{"message": "again %d"}`, n))
		if _, ok := chat.ReceiveWithin(500 * time.Millisecond); ok {
			return chat
		}
	}
	t.Fatalf("the chat does not come back within a minute:\n%s", app.Log())
	return nil
}

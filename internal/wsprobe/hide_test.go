package wsprobe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// A raw "/" or "?" in a password makes a host of its beginning.
func TestProbe_NoPieceOfAPasswordIsShownAsHostOrPort(t *testing.T) {
	for _, test := range []struct{ url, piece string }{
		{"wss://hunter2pass/x@app.example.invalid/ws/", "hunter2"},
		{"wss://hunter2pass?x@app.example.invalid/ws/", "hunter2"},
		{"ws://user.invalid:31337/x@app.example.invalid/ws/", "31337"},
		{"ws://user.invalid:31337?x@app.example.invalid/ws/", "31337"},
	} {
		r := request(t, test.url)
		for _, text := range []string{r.Target.Address(), fmt.Sprintf("%+v", probe(t, r))} {
			if strings.Contains(text, test.piece) {
				t.Errorf("%s is shown: %s", test.piece, text)
			}
		}
	}
	if got := request(t, "wss://user:p%2Fw@app.example.invalid:8443/ws/?mail=a%40example.com").Target.Address(); got != "wss://app.example.invalid:8443" {
		t.Errorf("got %s", got)
	}
}

// Who quotes a token often shortens it.
func TestProbe_NoPartOfASecretIsShownThatTheOtherEndQuotes(t *testing.T) {
	const token = "Qq8x-made-up-Zt5n-and-long"
	for name, confide := range map[string]shape{
		"query":    func(r *wsprobe.Request) { r.Target = target(t, r, "/?key="+token) },
		"path":     func(r *wsprobe.Request) { r.Target = target(t, r, "/ws/"+token+"/") },
		"send":     send(`{"login":"` + token + `"}`),
		"userinfo": func(r *wsprobe.Request) { r.Target = target(t, r, "/", "user:"+token+"@") },
		"header": func(r *wsprobe.Request) {
			r.Headers = map[string]secret.String{"Authorization": secret.New("Bearer " + token)}
		},
		"cookie":      func(r *wsprobe.Request) { r.Cookies = map[string]secret.String{"sessionid": secret.New(token)} },
		"subprotocol": subprotocols("bearer." + token),
	} {
		t.Run(name, func(t *testing.T) {
			for _, part := range []string{token, token[:8], token[5:13], token[len(token)-8:]} {
				for _, behave := range []faults.Behaviour{
					faults.OpenWebSocket(faults.CloseFrame(4401, "unknown: "+part)),
					faults.Answer("HTTP/1.1 403 Forbidden\r\nServer: for " + part + "\r\nContent-Length: 0\r\n\r\n"),
					faults.Answer("HTTP/1.1 302 Found\r\nLocation: https://" + part + ".example.com/\r\nContent-Length: 0\r\n\r\n"),
				} {
					server := faults.Serve(t, behave)
					report := probe(t, request(t, "ws://"+server.Addr()+"/", confide))
					if text := fmt.Sprintf("%+v", report); strings.Contains(text, part) || report.Status == 0 {
						t.Errorf("%s is shown: %s", part, text)
					}
				}
			}
		})
	}
	server := faults.Serve(t, faults.OpenWebSocket(faults.CloseFrame(4404, "unknown room")))
	if report := probe(t, request(t, "ws://"+server.Addr()+"/?key="+token)); report.CloseReason != "unknown room" {
		t.Errorf("a harmless reason is not shown: %+v", report)
	}
}

// target is that of a request with another path, and with credentials.
func target(t *testing.T, r *wsprobe.Request, path string, credentials ...string) wsprobe.Target {
	t.Helper()
	parsed, err := wsprobe.ParseURL(secret.New("ws://" + strings.Join(credentials, "") + strings.TrimPrefix(r.Target.Address(), "ws://") + path))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestProbe_LongMessagesAreNoFault(t *testing.T) {
	long := faults.TextFrame(strings.Repeat("x", 3<<20))
	server := faults.Serve(t, faults.OpenWebSocket(long, faults.TextFrame("ready")))
	report := probe(t, request(t, "ws://"+server.Addr()+"/", expect("ready")))
	if !report.Passed() || !report.Replied {
		t.Errorf("got %+v", report)
	}
}

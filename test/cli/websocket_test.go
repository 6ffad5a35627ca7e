package cli

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// socket puts out what channels_websocket says about a URL.
func socket(url, arguments string) string {
	return `data "channels_websocket" "this" {
  url = "` + url + `"
  ` + arguments + `
}
output "status" {
  value = {
    connected = data.channels_websocket.this.connected
    replied   = data.channels_websocket.this.replied
    status    = data.channels_websocket.this.status
    close     = data.channels_websocket.this.close_code
    error     = data.channels_websocket.this.error
    findings  = data.channels_websocket.this.findings[*].id
  }
}
`
}

type socketStatus struct {
	Connected, Replied bool
	Status, Close      *int
	Error              *string
	Findings           []string
}

func TestWebSocket_NeverFailsForWhatItFinds(t *testing.T) {
	t.Parallel()
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router)
	silent := faults.Serve(t, faults.Silent)
	for name, test := range map[string]struct {
		url, arguments     string
		connected, replied bool
		status             int
		finding            string
	}{
		"open":         {app.URL("/accept/"), "", true, false, 101, ""},
		"answers":      {app.URL("/echo/"), `send = "a text"` + "\n" + `expect_regex = "^a t"`, true, true, 101, ""},
		"no route":     {app.URL("/nowhere/"), "", false, false, 500, "websocket/server-error"},
		"another text": {app.URL("/echo/"), `send = "a text"` + "\n" + `expect = "another"`, true, false, 101, "websocket/reply-mismatch"},
		"refused":      {"ws://" + faults.ClosedPort(t) + "/", "", false, false, 0, "websocket/refused"},
		"silent":       {"ws://" + silent.Addr() + "/", "", false, false, 0, "websocket/upgrade-timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(socket(test.url, test.arguments+"\n"+`timeout = "2s"`))
				expectWarnings(t, w.OK("apply"))
				var got socketStatus
				w.Output("status", &got)
				status := 0
				if got.Status != nil {
					status = *got.Status
				}
				if got.Connected != test.connected || got.Replied != test.replied || status != test.status {
					t.Errorf("got %+v", got)
				}
				if found := strings.Join(got.Findings, " "); found != test.finding || (got.Error == nil) != (test.finding == "") {
					t.Errorf("findings %q, error %v", found, got.Error)
				}
			})
		})
	}
}

func TestWebSocket_MalformedArgumentsAreErrorsThatShowNothing(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		for name, test := range map[string]struct{ url, arguments, phrase string }{
			"https":     {"https://u:" + password + "@app.example.com/?t=" + password, "", "write wss://"},
			"a blank":   {"wss://app.example.com/a b?" + password, "", "percent-encoded"},
			"fragment":  {"wss://u:" + password + "#x@app.example.com/", "", "write %23"},
			"header":    {"wss://app.example.com/", `headers = { X = "` + password + `\n" }`, "control character"},
			"regex":     {"wss://app.example.com/", `expect_regex = "(` + password + `"`, "RE2"},
			"authority": {"wss://app.example.com/", `tls = { ca_pem = "` + password + `" }`, "no certificate"},
		} {
			w := tfcli.New(t, cli)
			w.Main(socket(test.url, test.arguments))
			result := w.Fails("validate")
			expectHas(t, result, test.phrase)
			if strings.Contains(result.Combined, password) {
				t.Errorf("%s: a secret is shown:\n%s", name, result.Combined)
			}
		}
	})
}

func TestWebSocket_ChecksOffLooksAtNothing(t *testing.T) {
	t.Parallel()
	server := faults.Serve(t, faults.HangUp)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Setenv("CHANNELS_CHECKS", "off")
		w.Main(socket("ws://"+server.Addr()+"/", ""))
		expectWarnings(t, w.OK("apply"))
		var got socketStatus
		w.Output("status", &got)
		if got.Connected || got.Error == nil || len(got.Findings) > 0 || server.Connections() > 0 {
			t.Errorf("got %+v after %d connections", got, server.Connections())
		}
	})
}

// delivered is a channels_delivery.
func delivered(redis, url, arguments string) string {
	return `resource "channels_delivery" "this" {
  redis_url = "` + redis + `"
  url       = "` + url + `"
  ` + arguments + `
}
output "delivered" { value = channels_delivery.this.delivered }
`
}

func TestDelivery_ProvesAtApplyAloneAndAgainWhenTriggered(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+server.URL())
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		// One after the other, because connections are counted.
		w := tfcli.New(t, cli)
		proofs := func() int { return strings.Count(app.Log(), "disconnected with 1000") }
		w.Main(delivered(server.URL(), app.URL("/joined/"), `triggers = { image = "1" }`))
		before := proofs()
		w.OK("plan")
		if n := proofs() - before; n != 0 {
			t.Errorf("plan delivered %d times", n)
		}
		expectWarnings(t, w.OK("apply"))
		var proved bool
		if w.Output("delivered", &proved); !proved || !app.Says("disconnected with 1000", before+1) {
			t.Errorf("delivered: %v\n%s", proved, app.Log())
		}
		w.OK("plan")
		w.OK("apply", "-refresh-only")
		w.OK("apply")
		w.Main(delivered(server.URL(), app.URL("/joined/"), "wait = \"2m\"\n"+`triggers = { image = "1" }`))
		w.OK("apply")
		if n := proofs() - before; n != 1 {
			t.Errorf("%d deliveries, want 1", n)
		}
		w.Main(delivered(server.URL(), app.URL("/joined/"), `triggers = { image = "2" }`))
		w.OK("apply")
		if !app.Says("disconnected with 1000", before+2) {
			t.Error("triggers deliver nothing")
		}
		result := w.Fails("import", "channels_delivery.this", "x")
		expectHas(t, result, "imported")
		w.OK("destroy")
		if n := proofs() - before; n != 2 {
			t.Errorf("%d deliveries, want 2", n)
		}
	})
}

func TestDelivery_SaysWhereTheMessageIsLostAndStoresNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+server.URL(), "PREFIX=other")
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		for id, arguments := range map[string]string{
			"delivery/no-members":    `wait = "1s"`,
			"delivery/not-passed-on": `config = { prefix = "other" }` + "\nwait = \"1s\"\ntimeout = \"3s\"\nsend = \"x\"",
		} {
			w := tfcli.New(t, cli)
			path := "/joined/"
			if id == "delivery/not-passed-on" {
				path = "/joined-deaf/"
			}
			w.Main(delivered(server.URL(), app.URL(path), arguments))
			result := w.Fails("apply")
			if got := tfcli.IDs(result.Errors()); len(got) != 1 || got[0] != id {
				t.Errorf("errors %q, want %s\n%s", got, id, result.Combined)
			}
			expectHidden(t, result.Combined, password)
			if len(w.State()) > 0 {
				t.Errorf("something is stored: %v", w.State())
			}
		}
	})
}

func TestDelivery_StaticMistakesAreErrorsOfValidate(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		const redis, url = "redis://redis.example.com", "wss://app.example.com/ws/"
		for arguments, phrase := range map[string]string{
			`backend = "in_memory"`: "delivery/in-memory",
			`group = "chat_lobby"`:  "allow_delivery_to_real_members",
			`channel = "thumbs"`:    "allow_delivery_to_real_members",
			"group = \"channels-check\"\nchannel = \"channels-check\"": "exclude each other",
			`message = { type = "a.b" }`:                               "{token}",
		} {
			w := tfcli.New(t, cli)
			w.Main(delivered(redis, url, arguments))
			expectHas(t, w.Fails("validate"), phrase)
		}
		w := tfcli.New(t, cli)
		w.Main(delivered(redis, url, "group = \"chat_lobby\"\nallow_delivery_to_real_members = true"))
		w.OK("validate")
	})
}

func TestDelivery_ChecksOffIsNoProof(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Setenv("CHANNELS_CHECKS", "off")
		w.Main(delivered(at(faults.ClosedPort(t)), "ws://"+faults.ClosedPort(t), ""))
		result := w.OK("apply")
		var proved bool
		if w.Output("delivered", &proved); proved || !result.Has("Nothing was delivered") {
			t.Errorf("delivered: %v\n%s", proved, result.Combined)
		}
		// What was never proved is proved by the next update, whatever it is of.
		w.Setenv("CHANNELS_CHECKS", "")
		w.Main(delivered(at(faults.ClosedPort(t)), "ws://"+faults.ClosedPort(t), `wait = "1s"`))
		if result := w.Fails("apply"); !result.Has("network/refused") {
			t.Errorf("it is not tried:\n%s", result.Combined)
		}
	})
}

func TestDelivery_WriteOnlyArgumentsStandNowhere(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL="+server.URL())
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w := tfcli.New(t, cli)
		const token = "Qq8-made-up-Zt5n"
		w.Main(`variable "redis" {
  type      = string
  sensitive = true
  ephemeral = true
}
variable "url" {
  type      = string
  sensitive = true
  ephemeral = true
}
resource "channels_delivery" "this" {
  redis_url_wo         = var.redis
  redis_url_wo_version = 1
  url_wo               = var.url
  url_wo_version       = 1
  headers_wo           = { Authorization = var.url }
  headers_wo_version   = 1
  cookies_wo           = { sessionid = "made-up" }
  cookies_wo_version   = 1
}
`)
		w.Setenv("TF_VAR_redis", server.URL())
		w.Setenv("TF_VAR_url", app.URL("/joined/?token="+token))
		log := w.Log("TRACE")
		w.OK("plan", "-out=saved")
		w.OK("apply", "saved")
		expectNowhere(t, w, password, token)
		expectHidden(t, log(), password, token)
	})
}

// Ctrl-C ends a look and a delivery at once and leaves nothing behind.
func TestInterrupt_EndsWebSocketsAtOnce(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	// While apply plans, core passes no signal on: a data source is read by plan.
	for command, configuration := range map[string]func(url string) string{
		"plan":  func(url string) string { return socket(url, `timeout = "1m"`) },
		"apply": func(url string) string { return delivered(redis.URL(), url, "timeout = \"1m\"\nwait = \"1h\"") },
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				connected := make(chan struct{})
				var once sync.Once
				server := faults.Serve(t, func(conn net.Conn) {
					once.Do(func() { close(connected) })
					faults.Silent(conn)
				})
				w := tfcli.New(t, cli)
				w.Main(configuration("ws://" + server.Addr() + "/"))
				process := w.Start(command)
				select {
				case <-connected:
				case <-time.After(time.Minute):
					t.Fatal("the app was not asked")
				}
				process.Interrupt()
				result := process.Wait()
				if result.ExitCode != 1 || result.Duration > 5*time.Second {
					t.Errorf("exit %d, %s after the signal:\n%s", result.ExitCode, result.Duration, result.Combined)
				}
				t.Logf("%s after the signal", result.Duration.Round(time.Millisecond))
				if !eventually(5*time.Second, func() bool { return len(w.Processes()) == 0 }) {
					t.Errorf("processes %v are left", w.Processes())
				}
			})
		})
	}
}

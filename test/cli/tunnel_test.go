package cli

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/asgitest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

// private is a private network with a Redis under a hundred names that exist
// only there.
func private(t testing.TB) (network *tunneltest.Network, redis *redistest.Server, names tunneltest.Option) {
	t.Helper()
	network = tunneltest.NewNetwork(t)
	redis = network.Redis(t, redistest.Password(password))
	lines := []string{tunneltest.Inside + " redis.internal.example.com"}
	for i := range 100 {
		lines = append(lines, fmt.Sprintf("%s redis-%d.internal.example.com", tunneltest.Inside, i))
	}
	return network, redis, tunneltest.Hosts(lines...)
}

// insideURL is the URL of a Redis in the private network.
func insideURL(redis *redistest.Server, name string) string {
	return "redis://:" + password + "@" + net.JoinHostPort(name, fmt.Sprint(redis.Port())) + "/0"
}

// manyInside are a hundred layers, each with a Redis of another name.
func manyInside(redis *redistest.Server, check string) string {
	return fmt.Sprintf("resource \"channels_layer\" \"this\" {\n  count     = 100\n  redis_url = %q\n  check     = { %s }\n}\n",
		insideURL(redis, "redis-${count.index}.internal.example.com"), check)
}

func TestTunnel_AWalkOverAHundredLayersLogsInOnce(t *testing.T) {
	t.Parallel()
	network, redis, names := private(t)
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		server := tunneltest.Start(t, tunneltest.In(network), names)
		w := tfcli.New(t, cli)
		w.Main(tunnelled(sshBlock(server)) + manyInside(redis, `timeout = "60s", apply_depth = "ping"`))
		expectWarnings(t, w.OK("plan", "-out=saved"))
		if got := server.Logins(1); got != 1 {
			t.Errorf("%d logins in the plan, want 1", got)
		}
		expectWarnings(t, w.OK("apply", "saved"))
		if got := server.Logins(2); got != 2 {
			t.Errorf("%d logins in plan and apply, want 2", got)
		}
	})
}

// Every object that speaks to Redis goes through the tunnel, and the WebSocket
// does not: see TestTunnel_DeliveryOpensTheWebSocketFromHere.
func TestTunnel_PrivateNetworkIsCheckedAndProved(t *testing.T) {
	t.Parallel()
	network, redis, names := private(t)
	server := tunneltest.Start(t, tunneltest.In(network), names)
	proxy := tunneltest.Microsocks(t, tunneltest.In(network), names, tunneltest.Password(password))
	url := insideURL(redis, "redis.internal.example.com")
	for name, block := range map[string]string{
		"ssh":    sshBlock(server),
		"socks5": socks5Block(proxy.Addr(), `username = "`+tunneltest.User+`"`, `password = "`+password+`"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(tunnelled(block) + layer(url, `check = { on_plan = "error", timeout = "20s" }`) + `
data "channels_redis" "this" {
  redis_url = "` + url + `"
  depth     = "round_trip"
  timeout   = "20s"
}
output "ready" { value = data.channels_redis.this.ready }
`)
				expectWarnings(t, w.OK("apply"))
				var ready bool
				if w.Output("ready", &ready); !ready {
					t.Error("the data source is not ready")
				}
			})
		})
	}
}

// The app plays the one that is deployed: it is reached from here, and its Redis
// is not.
func TestTunnel_DeliveryOpensTheWebSocketFromHere(t *testing.T) {
	t.Parallel()
	network, redis, names := private(t)
	server := tunneltest.Start(t, tunneltest.In(network), names)
	app := asgitest.Start(t, asgitest.Daphne, asgitest.Router, "REDIS_URL=unix://:"+password+"@"+redis.Socket())
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.Main(tunnelled(sshBlock(server)) + delivered(insideURL(redis, "redis.internal.example.com"), app.URL("/joined/"), `timeout = "20s"`))
		expectWarnings(t, w.OK("apply"))
		var proved bool
		if w.Output("delivered", &proved); !proved {
			t.Errorf("nothing was delivered\n%s", app.Log())
		}
	})
}

func TestTunnel_DeadBastionCostsOneTimeoutAndOneExplanation(t *testing.T) {
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		silent := faults.Serve(t, faults.Silent)
		w := tfcli.New(t, cli)
		block := "ssh = {\n host = \"127.0.0.1\"\n port = " + port(t, silent.Addr()) + "\n password = \"" + password + "\"\n insecure_ignore_host_key = true\n }"
		w.Main(tunnelled(block) + fmt.Sprintf("resource \"channels_layer\" \"this\" {\n  count     = 100\n  redis_url = %q\n  check     = { timeout = \"5s\", on_plan = \"error\" }\n}\n",
			"redis://redis-${count.index}.example.com:6379/0"))
		result := w.Fails("plan")
		expectOneExplanation(t, w, result, "plan")
		expectWithin(t, w, result, 8*time.Second)
		ids := tfcli.IDs(result.Diagnostics())
		if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return id != "tunnel/silent" }) {
			t.Errorf("got %q", ids)
		}
	})
}

// What nobody answers is a warning at plan, what the tunnel answers an error,
// and neither stops what does not change.
func TestTunnel_AutoWarnsOfSilenceAndFailsForAnswers(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Password(password))
	server := tunneltest.Start(t)
	other := tunneltest.NewKey(t, tunneltest.Ed25519, "")
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		of := func(block string) { w.Main(tunnelled(block) + layer(redis.URL(), `check = { wait = "1s" }`)) }
		changed := sshBlock(server, "host_key = "+quoted(other.Fingerprint))
		of(changed)
		expectErrors(t, w.Fails("plan"), "tunnel/host-key-changed")
		of(sshBlock(server, sshAt(faults.ClosedPort(t))...))
		expectWarnings(t, w.OK("plan"), "tunnel/refused")
		w.Setenv("CHANNELS_CHECKS", "off")
		expectWarnings(t, w.OK("plan"))
		w.Setenv("CHANNELS_CHECKS", "")
		expect(t, w.Fails("apply"), []string{"tunnel/refused"}, []string{"tunnel/refused"})
		of(sshBlock(server))
		expectWarnings(t, w.OK("apply"))
		of(changed)
		expectWarnings(t, w.OK("plan"), "tunnel/host-key-changed")
		expectHas(t, w.OK("destroy"), "Destroy complete")
	})
}

// A tunnel that is not known yet is not gone around, and is used once it is
// known.
func TestTunnel_UnknownAtPlanIsNotGoneAround(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Password(password))
	server := tunneltest.Start(t)
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		own := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(`resource "terraform_data" "bastion" { input = "` + server.Host + `" }
` + tunnelled(sshBlock(server, "host = terraform_data.bastion.output")) + layer(own.URL()) + `
data "channels_redis" "this" { redis_url = "` + redis.URL() + `" }
output "error" { value = data.channels_redis.this.error }
`)
		result := w.OK("plan")
		expectWarnings(t, result)
		if got := own.Connections(); got != 0 {
			t.Errorf("Redis saw %d connections in the plan, want 0", got)
		}
		expectHas(t, result, "not known yet")
		expectWarnings(t, w.OK("apply"))
		if got := own.Connections(); got == 0 {
			t.Error("Redis saw no connection in the apply")
		}
	})
}

// Secrets of the tunnel may be ephemeral, and are kept nowhere.
func TestTunnel_EphemeralKeyIsKeptNowhere(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Password(password))
	key := tunneltest.NewKey(t, tunneltest.Ed25519, "made-up-passphrase-9d")
	server := tunneltest.Start(t, tunneltest.Authorize(key))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 10)
		w := tfcli.New(t, cli)
		w.Main(`variable "key" {
  sensitive = true
  ephemeral = true
}
variable "passphrase" {
  sensitive = true
  ephemeral = true
}
` + tunnelled(sshBlock(server, "private_key = var.key", "private_key_passphrase = var.passphrase")) + layer(redis.URL()))
		w.Setenv("TF_VAR_key", key.Private)
		w.Setenv("TF_VAR_passphrase", "made-up-passphrase-9d")
		log := w.Log("TRACE")
		result := w.OK("plan", "-out=saved")
		expectWarnings(t, result)
		expectWarnings(t, w.OK("apply", "saved"))
		secrets := append(strings.Split(strings.TrimSpace(key.Private), "\n")[1:3], "made-up-passphrase-9d")
		for name, text := range w.Files() {
			t.Log(name)
			expectHidden(t, text, secrets...)
		}
		expectHidden(t, log(), secrets...)
	})
}

// The environment fills in what the block leaves out, and nothing else: without
// the block it leads no check astray.
func TestTunnel_EnvironmentFillsInWhatTheBlockLeavesOut(t *testing.T) {
	t.Parallel()
	network, redis, names := private(t)
	server := tunneltest.Start(t, tunneltest.In(network), names)
	proxy := tunneltest.Microsocks(t, tunneltest.In(network), names, tunneltest.Password(password))
	check := layer(insideURL(redis, "redis.internal.example.com"), `check = { on_plan = "error", timeout = "20s" }`)
	overSSH := map[string]string{
		"CHANNELS_SSH_HOST": server.Host, "CHANNELS_SSH_PORT": fmt.Sprint(server.Port), "CHANNELS_SSH_USER": tunneltest.User,
		"CHANNELS_SSH_PRIVATE_KEY": server.Key.Private, "CHANNELS_SSH_KNOWN_HOSTS": server.KnownHosts(),
	}
	agent := map[string]string{"SSH_AUTH_SOCK": tunneltest.Agent(t, server.Key)}
	allProxy := "socks5h://" + tunneltest.User + ":" + password + "@" + proxy.Addr()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		for name, row := range map[string]struct {
			block string
			env   map[string]string
			ids   []string
		}{
			"ssh":               {"ssh = {}", overSSH, nil},
			"the agent":         {sshBlock(server, "private_key = null"), agent, nil},
			"ALL_PROXY":         {"socks5 = {}", map[string]string{"ALL_PROXY": allProxy}, nil},
			"all_proxy":         {"socks5 = {}", map[string]string{"all_proxy": strings.Replace(allProxy, "socks5h", "socks5", 1)}, nil},
			"own before others": {"socks5 = {}", map[string]string{"ALL_PROXY": "socks5://127.0.0.1:1", "CHANNELS_SOCKS5_ADDRESS": proxy.Addr(), "CHANNELS_SOCKS5_USERNAME": tunneltest.User, "CHANNELS_SOCKS5_PASSWORD": password}, nil},
			"ALL_PROXY alone":   {"", map[string]string{"ALL_PROXY": allProxy, "all_proxy": allProxy}, []string{"network/name-not-resolved"}},
			"ssh alone":         {"", overSSH, []string{"network/name-not-resolved"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Within("unshare", "--mount", "sh", "-c", `mount --bind /dev/null /etc/resolv.conf && exec "$@"`, "sh")
				for variable, value := range row.env {
					w.Setenv(variable, value)
				}
				w.Main(tunnelled(row.block) + check)
				result := w.Run("plan")
				expectHidden(t, result.Combined, allProxy, server.Key.Private)
				if row.ids == nil {
					expectWarnings(t, result)
				} else if got := tfcli.IDs(result.Errors()); !slices.Equal(got, row.ids) {
					t.Errorf("got %q, want %q\n%s", got, row.ids, result.Combined)
				}
			})
		}
	})
}

// What cannot be used is refused at the command line, without its value: the
// other ways to write it wrong are tested in internal/provider.
func TestTunnel_WrongArgumentsAreRefused(t *testing.T) {
	t.Parallel()
	const secret = "Qp9-made-up-Zt"
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		for command, block := range map[string]string{
			"validate": `ssh = { host = "deploy:` + secret + `@a.example.com" }`,
			"plan":     `ssh = {}`,
		} {
			w := tfcli.New(t, cli)
			w.Main(tunnelled(block) + layer("redis://127.0.0.1:1/0"))
			result := w.Fails(command)
			expectHas(t, result, "The way to Redis cannot be used")
			expectHidden(t, result.Combined, secret)
		}
	})
}

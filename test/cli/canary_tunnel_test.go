package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

// tunnels adds a provider for each way to fail with a secret of a way, and a layer
// that takes it. It returns what they say.
func (b *bed) tunnels(t *testing.T, arguments string) (ids []string) {
	t.Helper()
	server := tunneltest.Start(t, tunneltest.Password(password))
	proxy := tunneltest.Microsocks(t, tunneltest.Password(password))
	locked := tunneltest.NewKey(t, tunneltest.Ed25519, "another")
	secret := func(place string) string { return b.secret(place, "").Text }
	ssh := func(lines ...string) string {
		return "ssh = {\n    host = " + quoteHCL(server.Host) + "\n    port = " + fmt.Sprint(server.Port) + "\n    user = \"deploy\"\n    host_key = " +
			quoteHCL(server.HostKey.Public) + "\n    " + strings.Join(lines, "\n    ") + "\n  }"
	}
	given := func(name, text string) string { return name + " = " + b.value(text) }
	blocks := map[string]string{
		"tunnel/authentication-refused": ssh(given("password", secret("ssh.password"))),
		"tunnel/key-unreadable":         ssh(given("private_key", "-----BEGIN OPENSSH PRIVATE KEY-----\n"+secret("ssh.private_key")+"\n-----END OPENSSH PRIVATE KEY-----\n")),
		"tunnel/key-passphrase":         ssh(given("private_key", locked.Private), given("private_key_passphrase", secret("ssh.private_key_passphrase"))),
		"tunnel/host-key-changed": strings.Replace(ssh(given("password", secret("ssh.password that is never sent"))),
			server.HostKey.Public, tunneltest.NewKey(t, tunneltest.Ed25519, "").Public, 1),
		"refuses the user": "socks5 = {\n    address = " + quoteHCL(proxy.Addr()) + "\n    username = \"deploy\"\n    " + given("password", secret("socks5.password")) + "\n  }",
		"tunnel/not-ssh": strings.Replace(ssh(given("password", secret("ssh.password to what echoes"))), fmt.Sprint(server.Port),
			port(t, faults.Serve(t, faults.AnswerAndHangUp("HTTP/1.1 400 Bad Request\r\n\r\n")).Addr()), 1),
	}
	n := 0
	for id, block := range blocks {
		n++
		b.addf("provider \"channels\" {\n  alias = \"way%d\"\n  %s\n  %s\n}", n, arguments, block)
		b.addf("resource \"channels_layer\" \"way%[1]d\" {\n  provider = channels.way%[1]d\n  redis_url = \"redis://127.0.0.1:1/0\"\n  check = { wait = \"1ms\" }\n}", n)
		if strings.HasPrefix(id, "tunnel/") { // core folds warnings of one summary
			ids = append(ids, id)
		}
	}
	return ids
}

// What leads to Redis is as secret as what opens it: in no message, log, plan or
// state, whatever fails.
func TestCanary_SecretsOfTunnelsStandNowhere(t *testing.T) {
	t.Parallel()
	for _, s := range []style{literal, variable, ephemeral} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				cli.Need(t, 1, 10)
				if s == ephemeral || os.Getenv("CHANNELS_FULL") == "1" {
					tunnelCycle(t, cli, s)
					return
				}
				b := newBed(s).all()
				said := b.tunnels(t, `check = { on_plan = "error", timeout = "10s" }`)
				c := watching(t, cli, b)
				c.run(1, "plan")
				c.run(1, "plan", "-json")
				c.expectSaid(said...)
			})
		})
	}
}

// tunnelCycle lowers all findings, so that a life gets to its end. Each command
// starts a provider for each way, which takes its time: secrets that nothing may
// keep are enough for it.
func tunnelCycle(t *testing.T, cli tfcli.CLI, s style) {
	t.Helper()
	b := newBed(s).all()
	said := b.tunnels(t, strings.Replace(lowered(), "500ms", "10s", 1))
	c := watching(t, cli, b)
	state := c.cycle()
	if missing := c.finder.Missing(state); len(missing) != len(b.secrets) {
		t.Error("the state holds a secret of the provider")
	}
	c.finder.Nowhere(t, "terraform.tfstate", c.w.Read("terraform.tfstate"))
	if s == ephemeral {
		for name, content := range c.w.Files() {
			c.finder.Nowhere(t, name, content)
		}
	}
	c.expectSaid(said...)
}

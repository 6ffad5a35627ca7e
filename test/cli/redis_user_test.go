package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

const writeOnlyUser = `variable "admin_url" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "settings" {
  type    = object({ version = number, keep = optional(bool), prefix = optional(string) })
  default = { version = 1 }
}

provider "channels" {
  redis_url = var.admin_url
  findings  = { "host/loopback" = "off" }
}

resource "channels_redis_user" "this" {
  name                   = "chat"
  prefix                 = var.settings.prefix
  password_wo            = var.password
  password_wo_version    = var.settings.version
  keep_previous_password = var.settings.keep
}
`

const (
	firstPassword  = "made-up-First-Kd8"
	secondPassword = "made-up-Second-Zr3"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func logsIn(server *redistest.Server, password string) bool {
	return server.LogIn(url.UserPassword("chat", password)) == nil
}

// The life of a user whose password is nowhere: made from a saved plan, changed
// by hand, rotated, imported and destroyed. Neither a password nor a hash of one
// stands in a state, a plan, a log or an output.
func TestRedisUser_LivesWithoutASecretAnywhere(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		server := redistest.Start(t, redistest.Password(password), redistest.ACLFile())
		secrets := []string{password, firstPassword, secondPassword, hashOf(firstPassword), hashOf(secondPassword)}
		w := tfcli.New(t, cli)
		w.Main(writeOnlyUser)
		w.Setenv("TF_VAR_admin_url", server.URL())
		w.Setenv("TF_VAR_password", firstPassword)
		log := w.Log("TRACE")
		all := ""
		ok := func(warning string, args ...string) {
			t.Helper()
			result := w.OK(args...)
			all += result.Combined
			if warning == "" {
				expectWarnings(t, result)
			} else {
				expectWarnings(t, result, warning)
			}
		}
		settings := func(text string) { w.Setenv("TF_VAR_settings", "{ "+text+" }") }

		server.Restart() // what is saved so far is the administrator
		ok("", "plan", "-out=saved")
		if logsIn(server, firstPassword) {
			t.Fatal("plan has made the user")
		}
		ok("", "apply", "saved")
		ok("", "plan", "-detailed-exitcode")
		server.Restart()
		if !logsIn(server, firstPassword) {
			t.Error("the user is not there after a restart of Redis")
		}

		// By hand: the rule is drift, the password a warning.
		server.Do("ACL", "SETUSER", "chat", "~*", "+@all")
		result := w.Run("plan", "-detailed-exitcode")
		if result.ExitCode != 2 || !result.Has(`"on resetchannels ~* +@all" ->`) {
			t.Errorf("the change by hand is not shown: %s", result.Combined)
		}
		ok("", "apply")
		server.Do("ACL", "SETUSER", "chat", "resetpass", ">by-hand")
		ok("user/password-differs", "plan", "-detailed-exitcode")
		settings("version = 2")
		ok("", "apply")

		// Rotation, with both valid in between.
		settings("version = 3")
		w.Setenv("TF_VAR_password", secondPassword)
		ok("", "apply")
		if !logsIn(server, firstPassword) || !logsIn(server, secondPassword) {
			t.Error("both passwords are not valid after a rotation")
		}
		settings("version = 3, keep = false")
		ok("", "apply")
		if logsIn(server, firstPassword) || !logsIn(server, secondPassword) {
			t.Error("the password before is still valid")
		}

		// Out of the state, and back by its name.
		w.OK("state", "rm", "channels_redis_user.this")
		failing := w.Fails("apply")
		expect(t, failing, []string{"user/exists"}, []string{"user/exists"})
		ok("", "import", "channels_redis_user.this", "chat")
		ok("", "apply")
		ok("", "plan", "-detailed-exitcode")
		ok("", "destroy")
		if server.Do("ACL", "GETUSER", "chat") != nil {
			t.Error("destroy has left the user")
		}
		expectNowhere(t, w, secrets...)
		expectHidden(t, all+failing.Combined+log(), secrets...)
	})
}

// A Redis that is down blocks no plan; a destroy says how to go on.
func TestRedisUser_OutagesBlockNoOtherWork(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		server := redistest.Start(t, redistest.Password(password), redistest.ACLFile())
		w := tfcli.New(t, cli)
		w.Main(fmt.Sprintf("resource \"channels_redis_user\" \"this\" {\n  name = \"chat\"\n  redis_url = %q\n  wait = \"1s\"\n}\n", server.URL()))
		expectWarnings(t, w.OK("apply"))
		generated, _ := w.State()["channels_redis_user.this"]["password"].(string)
		server.Stop()
		down := w.OK("plan", "-detailed-exitcode")
		expectWarnings(t, down, "network/refused")
		destroyed := w.Fails("destroy")
		expectHas(t, destroyed, "terraform state rm")
		if len(w.State()) != 1 {
			t.Error("the user is gone from the state, and nobody knows whether from Redis")
		}
		expectHidden(t, down.Combined+destroyed.Combined, generated)
		if strings.Count(destroyed.Combined, "Error:") != 1 {
			t.Errorf("one fault is told more than once:\n%s", destroyed.Combined)
		}
	})
}

// A user is managed over the connections of checks: through the way in, and with
// the authority, of the provider block.
func TestRedisUser_TakesTheWayInAndTheAuthorityOfTheProvider(t *testing.T) {
	t.Parallel()
	authority := redistest.NewAuthority(t)
	server := redistest.Start(t, redistest.Password(password), redistest.ACLFile(), redistest.TLS(authority))
	proxy := tunneltest.Microsocks(t)
	config := func(provider string) string {
		return fmt.Sprintf("provider \"channels\" {\n  redis_url = %q\n  findings = { \"host/loopback\" = \"off\" }\n%s\n}\n", server.URL()+"?ssl_ca_certs=/only/in/the/app.pem", provider) +
			"resource \"channels_redis_user\" \"this\" {\n  name = \"chat\"\n  wait = \"1s\"\n}\n"
	}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		w := tfcli.New(t, cli)
		w.Main(config(""))
		result := w.Fails("apply")
		if ids := tfcli.IDs(result.Errors()); len(ids) != 1 || !strings.HasPrefix(ids[0], "tls/") {
			t.Errorf("without the authority: %q\n%s", ids, result.Combined)
		}
		w.Main(config(fmt.Sprintf("  tls = { ca_pem = <<-EOT\n%s\nEOT\n  }\n  %s", authority.PEM(), socks5Block(proxy.Addr()))))
		expectWarnings(t, w.OK("apply"))
		if server.Do("ACL", "GETUSER", "chat") == nil {
			t.Error("there is no user")
		}
		proxy.Kill()
		w.OK("plan")
		expectHas(t, w.Fails("destroy"), "tunnel/")
	})
}

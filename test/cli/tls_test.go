package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// mutualTLS is a Redis that asks for a certificate, and what its clients need.
type mutualTLS struct {
	server           *redistest.Server
	ca, certificate  string
	key, keyInPieces string
}

func newMutualTLS(t *testing.T) mutualTLS {
	t.Helper()
	authority := redistest.NewAuthority(t)
	m := mutualTLS{server: redistest.Start(t, redistest.Password(password), redistest.TLS(authority), redistest.ClientCertificates()), ca: authority.PEM()}
	certificate, key := authority.Client(t)
	for path, into := range map[string]*string{certificate: &m.certificate, key: &m.key} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		*into = string(text)
	}
	// One line of the key is enough to be it.
	m.keyInPieces = strings.Split(m.key, "\n")[1]
	return m
}

// files are paths where nothing is on this machine.
const files = `certificate_file = "/run/secrets/app.crt", key_file = "/run/secrets/app.key"`

const keyVariable = `variable "key" {
  type      = string
  sensitive = true
  ephemeral = true
}
`

func TestTLS_KeyOfTheCheckStandsNowhere(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		m := newMutualTLS(t)
		for name, config := range map[string]string{
			"write-only": fmt.Sprintf(`resource "channels_layer" "this" {
  redis_url = %q
  tls       = { %s, ca_pem = %q, certificate_pem = %q, key_pem_wo = var.key, key_pem_wo_version = 1 }
}
`, m.server.URL(), files, m.ca, m.certificate),
			"provider": fmt.Sprintf(`provider "channels" {
  findings = { "host/loopback" = "off" }
  tls = { certificate_pem = %q, key_pem = var.key }
}
resource "channels_layer" "this" {
  redis_url = %q
  tls       = { %s, ca_pem = %q }
}
data "channels_redis" "this" {
  redis_url = "${channels_layer.this.environment["REDIS_URL"]}"
}
output "ready" {
  value = nonsensitive(data.channels_redis.this.ready)
}
`, m.certificate, m.server.URL(), files, m.ca),
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(keyVariable + config)
				w.Setenv("TF_VAR_key", m.key)
				log := w.Log("TRACE")
				expectWarnings(t, w.OK("plan", "-out=saved"))
				expectWarnings(t, w.OK("apply", "saved"))
				expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
				expectNowhere(t, w, m.keyInPieces)
				expectHidden(t, log(), m.keyInPieces)
				environment, _ := w.State()["channels_layer.this"]["environment"].(map[string]any)
				url, _ := environment["REDIS_URL"].(string)
				for _, argument := range []string{"ssl_ca_data=-----BEGIN%20CERTIFICATE-----%0A", "ssl_certfile=%2Frun%2Fsecrets%2Fapp.crt", "ssl_keyfile=%2Frun%2Fsecrets%2Fapp.key"} {
					if !strings.Contains(url, argument) {
						t.Errorf("REDIS_URL lacks %s", argument)
					}
				}
			})
		}
	})
}

// A check passes only with what the app has, too: a text of the provider stands
// in the place of a file that the settings name, and for nothing else.
func TestTLS_ProvidersTextsMakeNoCheckMilder(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		m := newMutualTLS(t)
		w := tfcli.New(t, cli)
		provider := fmt.Sprintf("provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n  tls = { ca_pem = %q, certificate_pem = %q, key_pem = %q }\n}\n", m.ca, m.certificate, m.key)
		for _, c := range []struct {
			name, tls string
			id        string
		}{
			{"nothing named", `verify = "full"`, "tls/unknown-authority"},
			{"authority named", `ca_file = "/etc/ssl/redis-ca.pem"`, "tls/client-certificate-required"},
			{"all named", `ca_file = "/etc/ssl/redis-ca.pem", ` + files, ""},
		} {
			w.Main(provider + fmt.Sprintf("resource \"channels_layer\" \"this\" {\n  redis_url = %q\n  tls = { %s }\n}\n", m.server.URL(), c.tls))
			result := w.Run("plan")
			if got := strings.Join(tfcli.IDs(result.Diagnostics()), " "); got != c.id {
				t.Errorf("%s: %q, want %q", c.name, got, c.id)
			}
			expectHidden(t, result.Combined, m.keyInPieces)
		}
	})
}

func TestExamples_TLSProvesTheLayerWithTextsAlone(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		cli.Need(t, 1, 10)
		m := newMutualTLS(t)
		w := tfcli.New(t, cli)
		w.Copy(filepath.Join("..", "..", "examples", "tls"), ".")
		for name, value := range map[string]string{"redis_url": m.server.URL(), "redis_ca": m.ca, "certificate": m.certificate, "key": m.key} {
			w.Setenv("TF_VAR_"+name, value)
		}
		before := m.server.Connections()
		// The Redis of this test is on this machine.
		for _, id := range tfcli.IDs(w.OK("apply").Diagnostics()) {
			if id != "host/loopback" {
				t.Errorf("apply says %s", id)
			}
		}
		if m.server.Connections() == before {
			t.Error("the Redis was not looked at")
		}
		expectNowhere(t, w, m.keyInPieces)
	})
}

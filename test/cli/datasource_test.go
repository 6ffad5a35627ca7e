package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// status puts out what channels_redis says about a URL.
func status(arguments string) string {
	return `data "channels_redis" "this" {
  ` + arguments + `
}
output "status" {
  value = {
    reachable = data.channels_redis.this.reachable
    ready     = data.channels_redis.this.ready
    error     = data.channels_redis.this.error
    findings  = data.channels_redis.this.findings[*].id
  }
}
`
}

type redisStatus struct {
	Reachable, Ready *bool
	Error            *string
	Findings         []string
}

func isTrue(b *bool) bool  { return b != nil && *b }
func isFalse(b *bool) bool { return b != nil && !*b }

func TestRedis_NeverFailsForWhatItFinds(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	silent := faults.Serve(t, faults.Silent)
	for name, test := range map[string]struct {
		url                string
		reachable, isReady func(*bool) bool
		finding            string
	}{
		"healthy":        {server.URL(), isTrue, isTrue, ""},
		"wrong password": {wrongPassword(server), isTrue, isFalse, "auth/wrong-password"},
		"down":           {at(faults.ClosedPort(t)), isFalse, isFalse, "network/refused"},
		"silent":         {at(silent.Addr()), isFalse, isFalse, "network/silent"},
		"unknown name":   {"redis://app-redis-abc123:6379", isFalse, isFalse, "network/name-not-resolved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				w.Main(status(`redis_url = "` + test.url + `"` + "\n" + `timeout = "1s"` + "\n" + `packages = { redis = "7.4.1" }`))
				expectWarnings(t, w.OK("apply"))
				var got redisStatus
				w.Output("status", &got)
				if !test.reachable(got.Reachable) || !test.isReady(got.Ready) {
					t.Errorf("got %+v", got)
				}
				if test.finding == "" {
					// A Redis of a test has just been started, and says so.
					if got.Error != nil || len(got.Findings) != 1 || got.Findings[0] != "redis/restarted" {
						t.Errorf("a healthy Redis gives error %v and findings %q", got.Error, got.Findings)
					}
					return
				}
				if got.Error == nil || len(got.Findings) != 1 || got.Findings[0] != test.finding {
					t.Errorf("got error %v and findings %q, want %s", got.Error, got.Findings, test.finding)
				}
			})
		})
	}
}

func TestRedis_MalformedURLIsError(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(status(`redis_url = var.url`) + `variable "url" { sensitive = true }` + "\n")
		w.Setenv("TF_VAR_url", "redis://default:Zw9#"+password+"@redis.example.com")
		result := w.Fails("plan")
		expectErrors(t, result, "url/unescaped-delimiter")
		expectHidden(t, result.Combined, "Zw9")
	})
}

func TestRedis_CheckBlockWarnsAndPostconditionFails(t *testing.T) {
	t.Parallel()
	url := at(faults.ClosedPort(t))
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`check "redis" {
  data "channels_redis" "this" {
    redis_url = "` + url + `"
  }
  assert {
    condition     = data.channels_redis.this.ready
    error_message = "Not ready: ${data.channels_redis.this.error}"
  }
}
`)
		result := w.OK("plan")
		if len(result.Warnings()) != 1 || len(result.Errors()) != 0 {
			t.Errorf("want one warning:\n%s", result.Combined)
		}
		expectHas(t, result, "network/refused")
		w.Main(`data "channels_redis" "this" {
  redis_url = "` + url + `"
  lifecycle {
    postcondition {
      condition     = self.ready
      error_message = "Not ready: ${self.error}"
    }
  }
}
`)
		expectHas(t, w.Fails("plan"), "Not ready", "network/refused")
	})
}

// Users of redis_url_wo need no secret in the state: the provider's own
// argument takes ephemeral values.
func TestRedis_TakesURLOfProviderWhereNoneIsGiven(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 10)
		if cli.IsTofu() {
			cli.Need(t, 1, 11)
		}
		server := redistest.Start(t, redistest.Password(password))
		w := tfcli.New(t, cli)
		w.Main(`variable "url" {
  type      = string
  sensitive = true
  ephemeral = true
}
provider "channels" { redis_url = var.url }
` + status(``))
		w.Setenv("TF_VAR_url", server.URL())
		expectWarnings(t, w.OK("plan", "-out=saved"))
		expectWarnings(t, w.OK("apply", "saved"))
		var got redisStatus
		w.Output("status", &got)
		if !isTrue(got.Ready) || server.Connections() == 0 {
			t.Errorf("got %+v after %d connections", got, server.Connections())
		}
		expectNowhere(t, w, password)
	})
}

// existing reads the variables of somebody else's environment.
func existing(arguments string) string {
	return `data "channels_environment" "this" {
  ` + arguments + `
}
output "layer" {
  value = {
    valid         = data.channels_environment.this.valid
    backend_class = data.channels_environment.this.backend_class
    hosts         = data.channels_environment.this.resolved_hosts
    origins       = data.channels_environment.this.origins
    findings      = data.channels_environment.this.findings[*].id
  }
}
`
}

type environmentLayer struct {
	Valid        *bool
	BackendClass *string `json:"backend_class"`
	Hosts        []struct {
		Host string
		Port int
	}
	Origins  map[string]string
	Findings []string
}

func TestEnvironmentData_ReadsMapAndText(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]string{
		"map":  `environment = { REDIS_URL = "redis://redis.example.com:6380/0", DEBUG = "False", OTHER = "x" }`,
		"text": `dotenv = "# a comment\nREDIS_URL=redis://redis.example.com:6380/0\nDEBUG=False\nOTHER='x y'\n"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
				t.Parallel()
				w := tfcli.New(t, cli)
				// Without versions there would be notes on what depends on them.
				w.Main(existing(arguments + "\n  packages = { redis = \"7.4.1\", channels_redis = \"4.3.0\" }"))
				expectWarnings(t, w.OK("apply"))
				var got environmentLayer
				w.Output("layer", &got)
				if !isTrue(got.Valid) || len(got.Findings) != 0 || got.BackendClass == nil || *got.BackendClass != "channels_redis.core.RedisChannelLayer" {
					t.Errorf("got %+v", got)
				}
				if len(got.Hosts) != 1 || got.Hosts[0].Host != "redis.example.com" || got.Hosts[0].Port != 6380 {
					t.Errorf("hosts %+v", got.Hosts)
				}
				if got.Origins["backend_class"] != "REDIS_URL" {
					t.Errorf("origins %v", got.Origins)
				}
			})
		})
	}
}

func TestEnvironmentData_FindingsWarnOrFailAsAsked(t *testing.T) {
	t.Parallel()
	const broken = `environment = { REDIS_PORT = "tcp://10.0.0.1:6379", DEBUG = "False" }`
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(existing(broken))
		expectWarnings(t, w.OK("apply"), "port/kubernetes-service")
		var got environmentLayer
		w.Output("layer", &got)
		if !isFalse(got.Valid) || got.BackendClass != nil || len(got.Findings) != 1 {
			t.Errorf("got %+v", got)
		}
		w.Main(existing(broken + "\n  on_findings = \"error\""))
		expectErrors(t, w.Fails("plan"), "port/kubernetes-service")
		w.Main(existing(broken + "\n  on_findings = \"off\""))
		expectWarnings(t, w.OK("plan"))
	})
}

func TestEnvironmentData_SecretsOfTextStandInNoMessage(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.Main(`variable "text" { sensitive = true }
data "channels_environment" "this" { dotenv = var.text }
`)
		w.Setenv("TF_VAR_text", "REDIS_URL=\"redis://default:Zw9/"+password+"@redis.example.com\"\nBROKEN='"+password+"\n")
		log := w.Log("TRACE")
		result := w.Run("plan")
		if len(result.Diagnostics()) == 0 {
			t.Errorf("nothing is said about a broken text:\n%s", result.Combined)
		}
		expectHidden(t, result.Combined, "Zw9", password)
		expectHidden(t, log(), "Zw9", password)
	})
}

package cli

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// The oldest Terraform knows neither functions nor ephemeral resources nor
// write-only arguments; the rest must work with it.

func TestOldTerraform_LayerIsPlannedAppliedAndDestroyed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	w := tfcli.New(t, tfcli.Old(t))
	w.Main(layer(server.URL(), `config = {
    prefix           = "shop"
    channel_capacity = [{ pattern = "chat.*", capacity = 1000 }]
  }`, `packages = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }`) + environmentOutput)
	expectWarnings(t, w.OK("validate"))
	expectWarnings(t, w.OK("plan", "-out=saved"))
	expectWarnings(t, w.OK("apply", "saved"))
	expectEnvironment(t, w, map[string]string{
		"REDIS_URL": server.URL(), "REDIS_PORT": "6379", "DEBUG": "False", "DJANGO_SETTINGS_MODULE": "config.settings",
	})
	expectWarnings(t, w.OK("plan", "-detailed-exitcode"))
	server.Stop()
	expectWarnings(t, w.OK("plan", "-detailed-exitcode"), "network/refused")
	w.OK("destroy")
	if left := w.State(); len(left) != 0 {
		t.Errorf("destroy has left %v", left)
	}
}

func TestOldTerraform_FindingsAreReported(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	w := tfcli.New(t, tfcli.Old(t))
	w.Main(unescaped)
	expectErrors(t, w.Fails("validate"), "url/unescaped-delimiter")
	w.Main(layer(wrongPassword(server)))
	expectErrors(t, w.Fails("plan"), "auth/wrong-password")
	w.Main(layer("redis://app-redis-abc123:6379"))
	expectWarnings(t, w.OK("plan"), "network/name-not-resolved")
}

func TestOldTerraform_DataSourcesWork(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Password(password))
	w := tfcli.New(t, tfcli.Old(t))
	w.Main(status(`redis_url = "`+server.URL()+`"`) + existing(`dotenv = "REDIS_URL=redis://redis.example.com\n"`))
	expectWarnings(t, w.OK("apply"))
	var got redisStatus
	w.Output("status", &got)
	if !isTrue(got.Ready) {
		t.Errorf("got %+v", got)
	}
	var read environmentLayer
	w.Output("layer", &read)
	if !isTrue(read.Valid) {
		t.Errorf("got %+v", read)
	}
	w.Main(status(`redis_url = "` + at(faults.ClosedPort(t)) + `"`))
	expectWarnings(t, w.OK("apply"))
	w.Output("status", &got)
	if !isFalse(got.Ready) {
		t.Errorf("got %+v", got)
	}
}

func TestOldTerraform_WriteOnlyArgumentIsRefused(t *testing.T) {
	t.Parallel()
	w := tfcli.New(t, tfcli.Old(t))
	w.Main(`variable "url" { sensitive = true }
resource "channels_layer" "this" {
  redis_url_wo         = var.url
  redis_url_wo_version = 1
}
`)
	w.Setenv("TF_VAR_url", "redis://:"+password+"@redis.example.com")
	result := w.Fails("plan")
	expectHas(t, result, "redis_url_wo")
	expectHidden(t, result.Combined, password)
}

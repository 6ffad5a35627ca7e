package wiring

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestKubernetes_PodsGetTheSecretAndNothingElse(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w, url := start(t, cli, "kubernetes")
		apply(t, w)
		var secret corev1.Secret
		if err := yaml.UnmarshalStrict([]byte(raw(w, "secret")), &secret); err != nil {
			t.Fatal("the output is no Secret")
		}
		if secret.APIVersion != "v1" || secret.Kind != "Secret" || secret.Type != corev1.SecretTypeOpaque {
			t.Errorf("it is a %s of %s, type %s", secret.Kind, secret.APIVersion, secret.Type)
		}
		expect(t, "Kubernetes", secret.StringData, variables(url))

		var deployment appsv1.Deployment
		if err := yaml.UnmarshalStrict([]byte(w.Read("deployment.yaml")), &deployment); err != nil {
			t.Fatal(err)
		}
		pod := deployment.Spec.Template.Spec
		if pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
			t.Error("the pods get the variables of every Service beside them")
		}
		if len(pod.Containers) != 1 || len(pod.Containers[0].EnvFrom) != 1 || pod.Containers[0].EnvFrom[0].SecretRef == nil {
			t.Fatalf("the pods are %+v", pod)
		}
		if name := pod.Containers[0].EnvFrom[0].SecretRef.Name; name != secret.Name {
			t.Errorf("the pods read the Secret %q, it is called %q", name, secret.Name)
		}
	})
}

// TestDokploy_ApplicationGetsTheVariablesOfACheckedLayer applies the whole
// chain: the password that comes out is the one that Redis asks for, the layer
// is checked with it, and npm's dotenv, which Dokploy reads variables with,
// reads them back.
func TestDokploy_ApplicationGetsTheVariablesOfACheckedLayer(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		server := redistest.Start(t)
		w := tfcli.New(t, cli)
		w.Copy(filepath.Join("..", "..", "examples", "wiring", "dokploy"), ".")
		dokploy := w.Standins()
		for name, value := range map[string]string{
			"CHANNELS_STANDINS_REDIS": server.Addr(),
			"TF_VAR_dokploy_api_key":  "made-up", "TF_VAR_environment_id": "env-1", "TF_VAR_application_id": "app-1",
			"TF_VAR_other_variables": `{ SECRET_KEY = "another-made-up", DATABASE_URL = "postgres://db/chat" }`,
		} {
			w.Setenv(name, value)
		}
		plan := w.OK("plan")
		if ids := tfcli.IDs(plan.Warnings()); len(ids) != 0 {
			t.Errorf("plan warns of %q", ids)
		}
		apply(t, w)

		url, _ := w.State()["channels_layer.production"]["redis_url"].(string)
		want := variables(url)
		want["SECRET_KEY"], want["DATABASE_URL"] = "another-made-up", "postgres://db/chat"
		text, err := os.ReadFile(filepath.Join(dokploy, "dokploy-app-1.env"))
		if err != nil {
			t.Fatal(err)
		}
		expectRead(t, string(text), want, "npm dotenv")
		if stats, _ := server.Do("INFO", "commandstats").(string); !strings.Contains(stats, "cmdstat_bzpopmin") {
			t.Error("no message went through the layer at apply")
		}
		if again := w.OK("plan", "-detailed-exitcode"); len(again.Warnings()) != 0 {
			t.Errorf("a second plan warns of %q", tfcli.IDs(again.Warnings()))
		}
	})
}

func TestSecretsWithoutState_TheURLIsDeliveredAndNowhereElse(t *testing.T) {
	t.Parallel()
	tfcli.Each(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		cli.Need(t, 1, 11)
		w, url := start(t, cli, "secrets-without-state")
		cluster := w.Standins()
		log := w.Log("TRACE")
		w.OK("plan", "-out=saved")
		w.OK("apply", "saved")

		text, err := os.ReadFile(filepath.Join(cluster, "kubernetes-channel-layer.json"))
		if err != nil {
			t.Fatal(err)
		}
		var secret corev1.Secret
		if err := yaml.UnmarshalStrict(text, &secret); err != nil {
			t.Fatal("what Kubernetes is told is no Secret")
		}
		got := map[string]string{}
		for name, value := range secret.Data {
			got[name] = string(value)
		}
		expect(t, "Kubernetes", got, variables(url))

		places := w.Files()
		places["the log"] = log()
		for place, text := range places {
			if strings.Contains(text, "%70%23") || strings.Contains(text, "p#a") {
				t.Errorf("the password stands in %s", place)
			}
		}
		if len(places) < 3 {
			t.Errorf("looked into %d places only", len(places))
		}
	})
}

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// A Redis with an authority of its own that asks for a certificate and speaks
// TLS 1.3 alone: the certificate's files come to be when the app starts, as in
// its container, and apply has proved the layer with their texts.
func TestDeployment_FilesOfTheAppNeedNotBeWhereTerraformRuns(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		cli.Need(t, 1, 11)
		authority := redistest.NewAuthority(t)
		server := redistest.Start(t, redistest.Password(password), redistest.TLS(authority), redistest.ClientCertificates(), redistest.TLSProtocols("TLSv1.3"))
		certificate, key := authority.Client(t)
		container := filepath.Join(t.TempDir(), "container")
		files := map[string]string{filepath.Join(container, "app.crt"): certificate, filepath.Join(container, "app.key"): key}
		w := tfcli.New(t, cli)
		w.Main(layers(map[string]string{"app": quoted(server.URL()) + stated("7.4.1") + fmt.Sprintf(`  tls = {
    ca_pem             = %q
    certificate_file   = %q
    key_file           = %q
    certificate_pem    = file(%q)
    key_pem_wo         = file(%q)
    key_pem_wo_version = 1
    verify             = "full"
    min_version        = "1.3"
  }
`, authority.PEM(), filepath.Join(container, "app.crt"), filepath.Join(container, "app.key"), certificate, key)}, ""))
		result := w.OK("apply")
		if got := tfcli.IDs(result.Diagnostics()); len(got) != 0 {
			t.Errorf("apply says %q, want nothing\n%s", got, result.Combined)
		}
		app := outputs(t, w, "app")["app"]
		if err := os.Mkdir(container, 0o700); err != nil {
			t.Fatal(err)
		}
		for to, from := range files {
			text, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// A .env file carries no URL with a "&" to every reader.
		one, two := app.start(t), app.start(t)
		exchange(t, one, two)
	})
}

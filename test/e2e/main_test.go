// Package e2e tests the whole way: what `terraform apply` puts out starts a real
// Django project (project/), and WebSockets show that messages arrive, or that
// the app does what a finding said it would.
package e2e

import (
	"os"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestMain(m *testing.M) {
	code := m.Run()
	tfcli.CleanUp()
	os.Exit(code)
}

// Package cli tests the provider at the command line, with real Terraform and
// OpenTofu binaries, the real provider binary and real Redis servers.
package cli

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

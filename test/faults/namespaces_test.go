package faults

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// inNamespaces is a command that runs another one in namespaces of its own, as
// unshare(1) names them, after a line of shell has prepared them. It needs root:
// without it the test is skipped, but with CI set it fails.
func inNamespaces(t *testing.T, kinds, prepare string) []string {
	t.Helper()
	flags := strings.Fields(kinds)
	probe := exec.Command("unshare", append(flags, "true")...)
	if output, err := probe.CombinedOutput(); err != nil {
		faults.Unpermitted(t, fmt.Errorf("unshare %s: %w: %s", kinds, err, output))
	}
	script := prepare + ` && exec "$@"`
	return append(append([]string{"unshare"}, flags...), "sh", "-c", script, "sh")
}

// ownNetwork prepares a network namespace: nothing is in it but this machine
// itself, so that no packet leaves it.
const ownNetwork = "ip link set lo up"

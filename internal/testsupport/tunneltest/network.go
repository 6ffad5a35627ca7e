package tunneltest

import (
	"crypto/rand"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Network is a private network: a namespace with one cable to this machine.
type Network struct {
	name string
	// gate is its address at the end of the cable, the only one that this
	// machine reaches.
	gate string
}

// Inside is an address in every private network that nobody outside reaches:
// servers that shall be found only from there listen on it.
const Inside = "192.0.2.10"

// NewNetwork makes a private network. The addresses of its cable are those for
// tests of network devices (RFC 2544).
func NewNetwork(t testing.TB) *Network {
	t.Helper()
	root(t)
	part := make([]byte, 3)
	_, _ = rand.Read(part)
	n := &Network{name: fmt.Sprintf("channels-%x", part)}
	base := fmt.Sprintf("198.%d.%d.", 18+part[0]%2, part[1])
	low := int(part[2]) &^ 3
	near, far := fmt.Sprintf("%s%d", base, low+1), fmt.Sprintf("%s%d", base, low+2)
	n.gate = far
	cable := fmt.Sprintf("ch%x", part)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", n.name).Run() })
	for _, line := range []string{
		"netns add " + n.name,
		fmt.Sprintf("link add %sa type veth peer name %sb netns %s", cable, cable, n.name),
		fmt.Sprintf("address add %s/30 dev %sa", near, cable),
		fmt.Sprintf("link set %sa up", cable),
		fmt.Sprintf("-n %s address add %s/30 dev %sb", n.name, far, cable),
		fmt.Sprintf("-n %s link set %sb up", n.name, cable),
		fmt.Sprintf("-n %s link set lo up", n.name),
		fmt.Sprintf("-n %s address add %s/32 dev lo", n.name, Inside),
	} {
		if output, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			faults.Unpermitted(t, fmt.Errorf("ip %s: %w: %s", line, err, output))
		}
	}
	return n
}

// Within is a command that runs another one in the network.
func (n *Network) Within() []string { return []string{"ip", "netns", "exec", n.name} }

// Redis starts a Redis that listens inside the network only.
func (n *Network) Redis(t testing.TB, options ...redistest.Option) *redistest.Server {
	t.Helper()
	return redistest.Start(t, append([]redistest.Option{
		redistest.Within(n.Within()...), redistest.Config("bind 127.0.0.1 " + Inside),
	}, options...)...)
}

package tunnel

import (
	"fmt"

	"golang.org/x/crypto/ssh"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

var docHostKeyUnknown = finding.Doc{
	ID:       "tunnel/host-key-unknown",
	Title:    "The key of the SSH server is not known",
	Severity: finding.Error,
	Why: "An SSH server proves who it is with its host key, and nothing here says which key this server has: neither host_key nor known_hosts. " +
		"Whoever stands between could be it, and would be given the password and see the traffic. No login was tried.",
	Django: bystander,
	Fix:    "Ask the server's owner for its host key, and pass it as ssh.host_key or in ssh.known_hosts.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"https://man.openbsd.org/ssh.1#VERIFYING_HOST_KEYS",
	},
}

var docHostKeyChanged = finding.Doc{
	ID:       "tunnel/host-key-changed",
	Title:    "SECURITY: the SSH server shows another key than the known one",
	Severity: finding.Error,
	Why: "The server showed another host key than the one that is pinned or stands in known_hosts. Either somebody stands between and listens, " +
		"or the server was set up anew, or the name leads to another machine than before. No login was tried, and nothing was sent over the connection.",
	Django: bystander,
	Fix:    "Find out from the server's owner whether its key was changed, and only then replace the known one.",
	Live:   true,
	Since:  since,
}

var docKnownHosts = finding.Doc{
	ID:       "tunnel/known-hosts",
	Title:    "The known_hosts of the SSH server cannot be read",
	Severity: finding.Error,
	Why:      "The text in ssh.known_hosts has a line that is none of that format, or a known_hosts file of this user may not be read. No key can be compared then. Lines of those files that cannot be read are passed over, as by ssh.",
	Django:   bystander,
	Fix:      "Correct the line, or pin the server's key with ssh.host_key.",
	Live:     true,
	Since:    since,
}

// presented is a host key for people: its kind and fingerprint, both of which we
// compute ourselves.
func presented(key ssh.PublicKey) string {
	return fmt.Sprintf("%s %s", key.Type(), ssh.FingerprintSHA256(key))
}

func (e end) hostKeyUnknown(key ssh.PublicKey, where string) *netprobe.Fault {
	return fix(e.settled(docHostKeyUnknown,
		fmt.Sprintf("%s showed the key %s, and %s.", upper(e.full()), presented(key), where)),
		fmt.Sprintf("Compare that fingerprint with the server's own (on the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), and pass it as ssh.host_key = %q.",
			ssh.FingerprintSHA256(key)))
}

func (e end) hostKeyChanged(key ssh.PublicKey, known string) *netprobe.Fault {
	return e.settled(docHostKeyChanged,
		fmt.Sprintf("%s showed the key %s, and %s. Somebody may stand between and listen.", upper(e.full()), presented(key), known))
}

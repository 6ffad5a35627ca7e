package tunnel

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var docNotSSH = finding.Doc{
	ID:       "tunnel/not-ssh",
	Title:    "What answers in place of the SSH server speaks no SSH",
	Severity: finding.Error,
	Why:      "An SSH server introduces itself with a line that begins with SSH-. Something else listens on this port: a web server, a Redis, a SOCKS5 proxy.",
	Django:   bystander,
	Fix:      "Correct ssh.host and ssh.port to where the SSH server listens, usually port 22.",
	Live:     true,
	Since:    since,
}

var docHandshake = finding.Doc{
	ID:       "tunnel/handshake",
	Title:    "No encrypted connection to the SSH server comes about",
	Severity: finding.Error,
	Why: "Both sides speak SSH and do not agree on how to encrypt, or one of them broke the protocol. Very old servers offer only what is not safe any more, SHA-1 for one, " +
		"which this provider refuses as OpenSSH does from 8.8 on.",
	Django: bystander,
	Fix:    "Update the SSH server, or allow it a current algorithm (HostKeyAlgorithms, KexAlgorithms, Ciphers in sshd_config).",
	Live:   true,
	Since:  since,
}

var docForwardingRefused = finding.Doc{
	ID:       "tunnel/forwarding-refused",
	Title:    "The SSH server or SOCKS5 proxy does not forward to Redis",
	Severity: finding.Error,
	Why: "The login works, and a rule of the server forbids to go on from there: AllowTcpForwarding, DisableForwarding or PermitOpen in sshd_config, " +
		"permitopen or restrict before the key in authorized_keys, or the rules of the proxy.",
	Django: bystander,
	Fix:    "Allow this user to forward to the address of Redis, for example with AllowTcpForwarding yes or permitopen=\"HOST:PORT\".",
	Live:   true,
	Since:  since,
}

var docTargetUnreachable = finding.Doc{
	ID:       "tunnel/target-unreachable",
	Title:    "The far end of the tunnel cannot reach Redis and says no more",
	Severity: finding.Warning,
	Why: "The SSH server or proxy tried to connect to Redis and failed, and its answer does not say whether the name is unknown there, nothing listens, or no way leads there. " +
		"Where it says so, the finding is the one of network/ for that, with the server's name in it.",
	Django: bystander,
	Fix:    "Try it on that machine itself: redis-cli -h HOST -p PORT ping, or nc -zv HOST PORT.",
	Live:   true,
	Since:  since,
}

var docNotSOCKS = finding.Doc{
	ID:       "tunnel/not-socks5",
	Title:    "What answers in place of the SOCKS5 proxy speaks no SOCKS5",
	Severity: finding.Error,
	Why:      "The answer is none of SOCKS version 5 (RFC 1928): an HTTP proxy, a SOCKS4 proxy, or another server listens on this port.",
	Django:   bystander,
	Fix:      "Correct socks5.address to where a SOCKS5 proxy listens, often port 1080.",
	Live:     true,
	Since:    since,
}

var docUnixUnsupported = finding.Doc{
	ID:       "tunnel/unix-unsupported",
	Title:    "A Unix socket cannot be reached through a SOCKS5 proxy",
	Severity: finding.Error,
	Why:      "SOCKS5 knows hosts and ports only. An SSH server can connect to a socket file on its own machine.",
	Django:   bystander,
	Fix:      "Use the provider's ssh argument for this layer, or a provider without socks5 where the socket is on this machine.",
	Live:     true,
	Since:    since,
}

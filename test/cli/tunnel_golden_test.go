package cli

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tunneltest"
)

// sshBlock is the argument ssh with what works, but for the lines that follow.
func sshBlock(server *tunneltest.Server, lines ...string) string {
	given := map[string]string{
		"host": quoted(server.Host), "port": fmt.Sprint(server.Port), "user": quoted(tunneltest.User),
		"private_key": heredoc(server.Key.Private), "host_key": quoted(server.HostKey.Fingerprint),
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, " = ")
		given[name] = value
	}
	text := "ssh = {\n"
	for name, value := range given {
		text += "    " + name + " = " + value + "\n"
	}
	return text + "  }"
}

// heredoc is a text of several lines for a configuration.
func heredoc(text string) string { return "<<-EOT\n" + strings.TrimRight(text, "\n") + "\nEOT\n" }

// at sets host and port of an SSH server.
func sshAt(address string) []string {
	host, port, _ := net.SplitHostPort(address)
	return []string{"host = " + quoted(host), "port = " + port}
}

func socks5Block(address string, lines ...string) string {
	return "socks5 = {\n    address = " + quoted(address) + "\n    " + strings.Join(lines, "\n    ") + "\n  }"
}

// tunnelled is a provider block with a way in.
func tunnelled(block string) string {
	return "provider \"channels\" {\n  findings = { \"host/loopback\" = \"off\" }\n  " + block + "\n}\n"
}

// Every finding about a way to Redis is what its golden file says.
func TestGolden_TunnelFindingsReadAsKept(t *testing.T) {
	t.Parallel()
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		redis := redistest.Start(t, redistest.Password(password))
		server := tunneltest.Start(t, tunneltest.Config("AllowTcpForwarding no"))
		other, locked := tunneltest.NewKey(t, tunneltest.Ed25519, ""), tunneltest.NewKey(t, tunneltest.Ed25519, password)
		fake := func(behave faults.Behaviour) []string { return sshAt(faults.Serve(t, behave).Addr()) }
		ssh := func(lines ...string) string { return sshBlock(server, lines...) }
		for id, block := range map[finding.ID]string{
			"tunnel/name-not-resolved":      ssh("host = \"bastion.invalid\""),
			"tunnel/refused":                ssh(sshAt(faults.ClosedPort(t))...),
			"tunnel/no-answer":              ssh(sshAt(faults.FullBacklog(t))...),
			"tunnel/silent":                 ssh(fake(faults.Silent)...),
			"tunnel/closed":                 ssh(fake(faults.HangUpAfter(1))...),
			"tunnel/not-ssh":                ssh(sshAt(redis.Addr())...),
			"tunnel/handshake":              ssh(fake(faults.Greet("SSH-2.0-made-up\r\n\xff\xff\xff\xffno packet"))...),
			"tunnel/host-key-unknown":       ssh("host_key = null", "known_hosts = \"\""),
			"tunnel/host-key-changed":       ssh("host_key = " + quoted(other.Fingerprint)),
			"tunnel/known-hosts":            ssh("host_key = null", "known_hosts = \"bastion.example.com made-up\""),
			"tunnel/key-unreadable":         ssh("private_key = \"~/.ssh/id_ed25519\""),
			"tunnel/key-passphrase":         ssh("private_key = " + heredoc(locked.Private)),
			"tunnel/agent":                  ssh("private_key = null"),
			"tunnel/authentication-refused": ssh("private_key = " + heredoc(other.Private)),
			"tunnel/forwarding-refused":     ssh(),
			"tunnel/target-unreachable":     socks5Block(tunneltest.Microsocks(t).Addr()),
			"tunnel/not-socks5":             socks5Block(server.Addr()),
			"tunnel/unix-unsupported":       socks5Block(tunneltest.Microsocks(t).Addr()),
			"tunnel/unreachable":            ssh("host = \"203.0.113.7\"", "port = 22"),
		} {
			t.Run(string(id), func(t *testing.T) {
				t.Parallel()
				w := tfcli.New(t, cli)
				url := redis.URL()
				switch id {
				case "tunnel/target-unreachable":
					url = "redis://redis.internal.example.com:6379/0"
				case "tunnel/unix-unsupported":
					url = "unix:///run/redis/redis.sock"
				case "tunnel/unreachable", "tunnel/name-not-resolved":
					if id == "tunnel/name-not-resolved" {
						w.Within("unshare", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh")
						break
					}
					w.Within("unshare", "--net", "sh", "-c", `ip link set lo up && ip route add blackhole 203.0.113.0/24 && exec "$@"`, "sh")
				}
				w.Main(tunnelled(block) + layer(url, `check = { on_plan = "error", timeout = "3s" }`))
				golden.Block{
					Secrets: []string{password, server.Key.Private},
					Replace: map[string]string{
						server.HostKey.Fingerprint: "SHA256:" + strings.Repeat("b", 43), other.Fingerprint: "SHA256:" + strings.Repeat("a", 43),
					},
				}.Check(t, id, w.Fails("plan"))
			})
		}
	})
}

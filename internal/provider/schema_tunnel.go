package provider

// tunnelFields are the ways into private networks. They stand in the provider
// block alone, where ephemeral values are accepted and nothing is stored.
func tunnelFields() []field {
	return []field{
		object("ssh", "The SSH server over which every check reaches Redis, for a Redis that only it can see. Names of Redis are resolved there. WebSockets are opened directly all the same, as a browser would. "+
			"What is left out comes from the environment, where the variable is named; without `ssh` no variable counts. Ephemeral values are accepted. Excludes `socks5`.",
			text("host", "Name or address of the SSH server, or the variable `CHANNELS_SSH_HOST`. `~/.ssh/config` is not read."),
			integer("port", "Its port, or `CHANNELS_SSH_PORT`. Effective default 22."),
			text("user", "The user there, or `CHANNELS_SSH_USER`. Effective default: the name of the user who runs Terraform, as with `ssh`."),
			text("private_key", "Text of a private key as `ssh-keygen` writes it, or `CHANNELS_SSH_PRIVATE_KEY`.").secret(),
			text("private_key_passphrase", "What the private key is encrypted with, or `CHANNELS_SSH_PRIVATE_KEY_PASSPHRASE`.").secret(),
			text("password", "Password of the user, or `CHANNELS_SSH_PASSWORD`.").secret(),
			boolean("agent", "Whether the keys of the SSH agent are tried, too; `SSH_AUTH_SOCK` says where it is. Effective default: only without a private key and a password."),
			text("known_hosts", "What the server's key must be, as text in the format of `known_hosts`, or `CHANNELS_SSH_KNOWN_HOSTS`. Effective default, where no key is pinned either: `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`, as with `ssh`. A key that is not known is refused, and nothing is added."),
			text("host_key", "The one key that the server may show: its public key (`ssh-ed25519 AAAA...`) or its fingerprint (`SHA256:...`), or `CHANNELS_SSH_HOST_KEY`. Excludes `known_hosts`."),
			boolean("insecure_ignore_host_key", "`true` takes whatever key the server shows: whoever stands between can read the password and the traffic. Effective default `false`."),
		),
		object("socks5", "The SOCKS5 proxy through which every check reaches Redis. Names of Redis are resolved there, with `socks5://` as with `socks5h://`. "+
			"What is left out comes from the environment; without `socks5` no variable counts. Ephemeral values are accepted. Excludes `ssh`.",
			text("address", "`host:port` of the proxy, or the variable `CHANNELS_SOCKS5_ADDRESS`. Without either `ALL_PROXY` or `all_proxy`, if it begins with `socks5://` or `socks5h://`; `NO_PROXY` does not count. Effective default of the port: 1080."),
			text("username", "The user there, or `CHANNELS_SOCKS5_USERNAME`, or the one in `ALL_PROXY`."),
			text("password", "The user's password, or `CHANNELS_SOCKS5_PASSWORD`, or the one in `ALL_PROXY`.").secret(),
		),
	}
}

package tunnel

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var docKeyUnreadable = finding.Doc{
	ID:       "tunnel/key-unreadable",
	Title:    "The private key for the SSH server cannot be read",
	Severity: finding.Error,
	Why: "ssh.private_key must be the text of a private key as ssh-keygen writes it, from its BEGIN line to its END line, line breaks included. " +
		"Its path, its public half, a key of PuTTY, or one whose line breaks were lost in an environment variable is none.",
	Django: bystander,
	Fix:    "Pass the text of the key file, for example with file(\"~/.ssh/id_ed25519\"), or its unchanged text from the secret store.",
	Live:   true,
	Since:  since,
}

var docPassphrase = finding.Doc{
	ID:       "tunnel/key-passphrase",
	Title:    "The passphrase of the SSH key is missing or wrong",
	Severity: finding.Error,
	Why:      "The private key is encrypted with a passphrase, and without the right one it is of no use.",
	Django:   bystander,
	Fix:      "Pass the passphrase as ssh.private_key_passphrase, or a key made for this purpose without one.",
	Live:     true,
	Since:    since,
}

var docAgent = finding.Doc{
	ID:       "tunnel/agent",
	Title:    "The SSH agent is not there or has no keys",
	Severity: finding.Error,
	Why: "Without a private key and a password the keys come from the SSH agent, which the environment variable SSH_AUTH_SOCK names. " +
		"A process that was not started from a shell of the user, on a CI runner for one, has none.",
	Django: bystander,
	Fix:    "Start an agent and add a key (ssh-add), or pass ssh.private_key.",
	Live:   true,
	Since:  since,
}

var docAuthRefused = finding.Doc{
	ID:       "tunnel/authentication-refused",
	Title:    "The SSH server or SOCKS5 proxy refuses the login",
	Severity: finding.Error,
	Why: "The server is there and does not let this user in: an unknown user, a key that is not among its authorized_keys, a wrong password, " +
		"or a way to log in that the server does not take.",
	Django: bystander,
	Fix:    "Correct the user, key or password in the provider's ssh or socks5 argument, or authorize the key on the server.",
	Live:   true,
	Since:  since,
}

#!/usr/bin/env bash
# Makes sure that there are an SSH server, an agent and SOCKS5 proxies, for tests
# of the ways into private networks. No daemon of them is started or enabled: the
# tests start their own, on ports of this machine alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

missing=()
# command and the Debian package that brings it
while read -r program package; do
	# /usr/sbin is not on everybody's PATH.
	PATH=$PATH:/usr/sbin command -v "$program" >/dev/null 2>&1 || missing+=("$package")
done <<'PROGRAMS'
sshd openssh-server
ssh openssh-client
ssh-agent openssh-client
microsocks microsocks
danted dante-server
PROGRAMS

if [ "${#missing[@]}" -eq 0 ]; then
	say "SSH and SOCKS5 servers: already there"
	exit 0
fi
apt_install_idle "${missing[@]}"
say "SSH and SOCKS5 servers: installed ${missing[*]}"

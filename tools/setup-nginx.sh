#!/usr/bin/env bash
# Makes sure that there is an nginx, for tests of what proxies do to WebSockets.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# /usr/sbin is not on everybody's PATH.
if PATH=$PATH:/usr/sbin command -v nginx >/dev/null 2>&1; then
	say "nginx: already there"
	exit 0
fi
apt_install nginx-light
say "nginx: installed"

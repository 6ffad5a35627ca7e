#!/usr/bin/env bash
# Makes sure that the programs the scripts in tools/ call are there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
start=$SECONDS
missing=()
# command and the Debian package that brings it
while read -r program package; do
	command -v "$program" >/dev/null 2>&1 || missing+=("$package")
done <<'PROGRAMS'
git git
flock util-linux
unshare util-linux
mount mount
ip iproute2
sha256sum coreutils
diff diffutils
shellcheck shellcheck
PROGRAMS

# A Python that can make virtual environments: Debian keeps a part of it apart.
if ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then missing+=(python3-venv); fi

if [ "${#missing[@]}" -eq 0 ]; then
	say "System programs: all there"
	exit 0
fi
apt_install "${missing[@]}"
say "System programs: installed ${missing[*]} in $((SECONDS - start)) s"

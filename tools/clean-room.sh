#!/usr/bin/env bash
# Proves the two commands of a newcomer on a machine that has nothing: a new
# Debian 12 with Go, git and make, an empty HOME, and a fresh clone of what is
# committed here.
#
#   tools/clean-room.sh [--terraform] DIR [COMMAND...]
#
# DIR is where the Debian is made (several GB; used again if it is one already,
# with a new HOME and a new clone). --terraform puts the terraform on PATH into
# it. COMMAND runs in the clone instead of `make demo && make test`. Needs root,
# debootstrap and, for the first run of the tests, half an hour.
#
# How this machine reaches the network is carried over: proxies, certificates,
# and the registries that apt, go, pip and npm are configured for.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

with_terraform=
if [ "${1:-}" = --terraform ]; then
	with_terraform=$(command -v terraform) || die "There is no terraform on PATH."
	shift
fi
[ -n "${1:-}" ] || die "usage: tools/clean-room.sh [--terraform] DIR [COMMAND...]"
[ "$(id -u)" -eq 0 ] || die "A chroot needs root."
command -v debootstrap >/dev/null || die "Missing: debootstrap. Please run: apt-get install debootstrap"
need_go
mkdir -p "$1"
room=$(cd "$1" && pwd)/debian-12
shift
if [ "$#" -eq 0 ]; then set -- sh -c 'make demo && make test'; fi

# mirror prints the Debian mirror that apt uses here.
mirror() {
	local found
	found=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n 's/^URIs: *\([^ ]*\).*/\1/p' | sed -n 1p)
	if [ -z "$found" ]; then
		found=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list 2>/dev/null | sed -n 1p)
	fi
	[ -n "$found" ] || die "apt has no mirror configured that a new Debian could come from."
	printf '%s\n' "$found"
}

# copy_in copies files that are there, links resolved, to the same place in the room.
copy_in() {
	local file
	for file in "$@"; do
		if [ -f "$file" ]; then
			mkdir -p "$room$(dirname "$file")"
			cp -L "$file" "$room$file"
		fi
	done
}

make_room() {
	if [ ! -x "$room/usr/bin/make" ]; then
		say "Making a Debian 12 in $room ..."
		run_quietly debootstrap --variant=minbase --include=ca-certificates,git,make bookworm "$room" "$(mirror)"
	fi
	# Packages must not start services: there is no init in here.
	printf '#!/bin/sh\nexit 101\n' >"$room/usr/sbin/policy-rc.d"
	chmod +x "$room/usr/sbin/policy-rc.d"
	copy_in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/npmrc /usr/etc/npmrc \
		/etc/ssl/certs/ca-certificates.crt /etc/apt/apt.conf.d/*proxy* "${SSL_CERT_FILE:-/none}" "${PIP_CERT:-/none}"
	rm -f "$room/usr/local/bin/terraform"
	if [ -n "$with_terraform" ]; then cp -L "$with_terraform" "$room/usr/local/bin/terraform"; fi
	mkdir -p "$room/usr/local/go"
	rm -rf "$room/root" "$room/src"
	mkdir -m 700 "$room/root"
	run_quietly git clone --no-local "$ROOT_DIR" "$room/src"
	if [ -n "$(git -C "$ROOT_DIR" status --porcelain)" ]; then
		say "Note: what is not committed is not in the clone."
	fi
}

# network_environment prints, one NAME=VALUE a line, how to reach the network.
network_environment() {
	local name value
	for name in $(compgen -e); do
		case $name in
		*_proxy | *_PROXY | *CA_BUNDLE | *CA_CERTS | *_CAINFO | SSL_CERT_FILE | PIP_CERT | PIP_INDEX_URL | PIP_EXTRA_INDEX_URL | PIP_TRUSTED_HOST)
			printf '%s=%s\n' "$name" "${!name}"
			;;
		esac
	done
	for name in GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE GOINSECURE; do
		value=$(go env "$name")
		if [ -n "$value" ]; then printf '%s=%s\n' "$name" "$value"; fi
	done
	value=$(python3 -m pip config get global.index-url 2>/dev/null || true)
	if [ -n "$value" ]; then printf 'PIP_INDEX_URL=%s\n' "$value"; fi
	for name in registry cafile; do
		value=$(npm config get "$name" 2>/dev/null || true)
		case $value in
		"" | null | undefined) ;;
		*) printf 'npm_config_%s=%s\n' "$name" "$value" ;;
		esac
	done
}

make_room
mapfile -t carried < <(network_environment)

# The namespaces end with the command, and with them the mounts and every process
# that it may have left.
# shellcheck disable=SC2016 # expanded inside
exec unshare --mount --pid --fork --kill-child bash -euc '
	room=$1 goroot=$2
	shift 2
	mount --make-rprivate /
	mount --bind "$goroot" "$room/usr/local/go"
	mount -o remount,bind,ro "$room/usr/local/go"
	mount --rbind /dev "$room/dev"
	mount -t proc proc "$room/proc"
	exec chroot "$room" env -i "$@"
' clean-room "$room" "$(go env GOROOT)" \
	HOME=/root PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	TERM="${TERM:-dumb}" LANG=C.UTF-8 "CI=${CI:-}" "${carried[@]}" \
	sh -c 'cd /src && exec "$@"' clean-room "$@"

#!/usr/bin/env bash
# Installs the readers of .env files that the tests compare, other than
# Python's (tools/setup-python.sh has those): npm's dotenv in exact versions,
# and, on Debian, dash, node and systemd's environment generator. Does nothing
# where everything is there already.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

manifest=$ROOT_DIR/internal/testsupport/readers/npm
target=$CACHE/npm/readers
generator=/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator

packages=()
command -v dash >/dev/null || packages+=(dash)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
[ -x "$generator" ] || packages+=(systemd)

if [ "${#packages[@]}" -gt 0 ]; then
	command -v apt-get >/dev/null || die "This is not Debian; install by hand what is missing: ${packages[*]}"
	sudo=()
	if [ "$(id -u)" != 0 ]; then sudo=(sudo); fi
	say "Installing ${packages[*]}"
	run_quietly "${sudo[@]}" apt-get update
	run_quietly "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
fi

if ! cmp -s "$manifest/package-lock.json" "$target/package-lock.json"; then
	say "Installing npm's dotenv"
	mkdir -p "$CACHE/npm"
	fresh=$(mktemp -d "$CACHE/npm/readers.XXXXXX")
	trap 'rm -rf "$fresh"' EXIT
	cp "$manifest/package.json" "$manifest/package-lock.json" "$fresh/"
	(cd "$fresh" && run_quietly npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
	rm -rf "$target"
	chmod 755 "$fresh"
	mv "$fresh" "$target"
fi

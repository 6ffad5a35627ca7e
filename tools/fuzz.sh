#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME (one minute if not given), then the
# generated cases against the real Python packages, CHANNELS_FUZZ_CASES a version
# (20,000 if not given). An input that fails is kept under testdata/fuzz of its
# package: commit it with the fix.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
"$TOOLS_DIR/setup-system.sh"
"$TOOLS_DIR/setup-python.sh" >/dev/null
"$TOOLS_DIR/setup-readers.sh" >/dev/null
cd "$ROOT_DIR"
failed=0 targets=0
for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		targets=$((targets + 1))
		say "=== $package $target, ${FUZZTIME:-1m} ==="
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-1m}" -fuzzminimizetime 1s "$package" || failed=1
	done
done
[ "$targets" -gt 0 ] || die "No fuzz target was found."

export CI=${CI:-true} CHANNELS_FUZZ_CASES=${CHANNELS_FUZZ_CASES:-20000}
say "=== generated cases against the real packages, $CHANNELS_FUZZ_CASES a version ==="
go test -count=1 -timeout 60m ./internal/channelconfig/... ./internal/channellayer/... || failed=1
exit "$failed"

#!/usr/bin/env bash
# Builds gotestsum, which runs `go test` and sums up what passed, failed and was
# skipped, and prints the path of the binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool gotestsum gotestsum "gotestsum $(module_version gotestsum gotest.tools/gotestsum)" \
	gotest.tools/gotestsum "-s -w"

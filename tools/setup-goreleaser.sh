#!/usr/bin/env bash
# Builds goreleaser, which makes releases and checks their configuration, and
# prints the path of the binary. 2.16.0 is the newest that Go 1.26 builds and
# whose dependencies the Go module proxy holds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool release goreleaser "goreleaser $(module_version release github.com/goreleaser/goreleaser/v2)" \
	github.com/goreleaser/goreleaser/v2 "-s -w"

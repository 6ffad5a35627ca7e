#!/usr/bin/env bash
# Builds golangci-lint, the linter and prints the path of the binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool lint golangci-lint "golangci-lint $(module_version lint github.com/golangci/golangci-lint/v2)" \
	github.com/golangci/golangci-lint/v2/cmd/golangci-lint "-s -w"

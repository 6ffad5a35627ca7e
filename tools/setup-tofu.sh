#!/usr/bin/env bash
# Builds OpenTofu from the Go module proxy and prints the path of the binary.
# Cold it takes 4 to 8 minutes on two cores; after that it is there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Without version.dev=no the binary calls itself a development build.
go_tool tofu tofu "OpenTofu $(module_version tofu github.com/opentofu/opentofu)" \
	github.com/opentofu/opentofu/cmd/tofu \
	"-s -w -X github.com/opentofu/opentofu/version.dev=no"

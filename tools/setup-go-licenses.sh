#!/usr/bin/env bash
# Builds go-licenses, which reads the licences of our dependencies and prints the path of the binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool licenses go-licenses "go-licenses $(module_version licenses github.com/google/go-licenses)" \
	github.com/google/go-licenses "-s -w"

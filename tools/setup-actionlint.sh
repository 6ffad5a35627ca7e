#!/usr/bin/env bash
# Builds actionlint, which checks .github/workflows, and prints the path of the
# binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool actions actionlint "actionlint $(module_version actions github.com/rhysd/actionlint)" \
	github.com/rhysd/actionlint/cmd/actionlint "-s -w"

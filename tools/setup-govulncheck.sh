#!/usr/bin/env bash
# Builds govulncheck, which knows the published vulnerabilities of Go modules and prints the path of the binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool vuln govulncheck "govulncheck $(module_version vuln golang.org/x/vuln)" \
	golang.org/x/vuln/cmd/govulncheck "-s -w"

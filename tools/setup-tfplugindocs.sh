#!/usr/bin/env bash
# Builds tfplugindocs, which writes docs/ from the schema, templates/ and
# examples/, and prints the path of the binary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

go_tool docs tfplugindocs "tfplugindocs $(module_version docs github.com/hashicorp/terraform-plugin-docs)" \
	github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs "-s -w"

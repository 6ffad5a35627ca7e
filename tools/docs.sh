#!/usr/bin/env bash
# Writes docs/ from the provider's schema, templates/ and examples/.
#
# The schema is read through the OpenTofu that we build, so that the pages are
# the same on every machine, whichever Terraform is installed there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
tofu=$("$TOOLS_DIR/setup-tofu.sh")
tfplugindocs=$("$TOOLS_DIR/setup-tfplugindocs.sh")
clean_environment

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build_provider "$work"
cli_config "$work" "$work/cli.tfrc"
mkdir "$work/config"
cat >"$work/config/main.tf" <<'CONFIG'
terraform {
  required_providers {
    channels = { source = "channel-layer/channels" }
  }
}
CONFIG

# tfplugindocs looks the schema up under the address it would have used itself.
TF_CLI_CONFIG_FILE=$work/cli.tfrc "$tofu" -chdir="$work/config" providers schema -json |
	sed 's|"registry\.opentofu\.org/channel-layer/channels":|"registry.terraform.io/hashicorp/channels":|' \
		>"$work/schema.json"

"$tofu" fmt -recursive "$ROOT_DIR/examples" >/dev/null
run_quietly "$tfplugindocs" generate \
	--provider-dir "$ROOT_DIR" \
	--provider-name terraform-provider-channels \
	--rendered-provider-name Channels \
	--providers-schema "$work/schema.json"
say "docs/: written"

#!/usr/bin/env bash
# Validates every example with each given Terraform or OpenTofu: examples.sh CLI...
#
# An example without a terraform block gets one in the copy that is validated:
# the documentation shows such fragments as they are.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ "$#" -gt 0 ] || die "usage: tools/examples.sh CLI..."
need_go
clean_environment
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
build_provider "$work/bin"
build_standins "$work/bin"
cli_config "$work/bin" "$work/cli.tfrc"
export TF_CLI_CONFIG_FILE=$work/cli.tfrc
count=0 failed=0

# prepare copies the examples to $1 and completes the fragments.
prepare() {
	cp -R "$ROOT_DIR/examples" "$1"
	find "$1" -name '*.tf' -printf '%h\n' | sort -u | while read -r dir; do
		if ! grep -qs 'required_providers' "$dir"/*.tf; then
			cat >"$dir/required_providers_of_the_copy.tf" <<-'CONFIG'
				terraform {
				  required_providers {
				    channels = { source = "channel-layer/channels" }
				  }
				}
			CONFIG
		fi
	done
}

# validate_one runs one CLI in one directory and shows its output if it fails.
validate_one() {
	local cli=$1 dir=$2
	if grep -qs 'module "' "$dir"/*.tf; then
		run_quietly "$cli" -chdir="$dir" get || return 1
	fi
	run_quietly "$cli" -chdir="$dir" validate -no-color
}

for cli in "$@"; do
	copy=$work/$((++count))
	prepare "$copy"
	"$cli" -chdir="$copy" fmt -check -recursive -diff >&2 || { say "FAIL  $cli fmt: run 'make generate'"; failed=1; }
	examples=0
	while read -r dir; do
		examples=$((examples + 1))
		validate_one "$cli" "$dir" || { say "FAIL  $cli validate examples${dir#"$copy"}"; failed=1; }
	done < <(find "$copy" -name '*.tf' -not -path '*/.terraform/*' -printf '%h\n' | sort -u)
	[ "$examples" -gt 0 ] || die "No examples were found."
	say "$("$cli" version | head -n 1): validated $examples examples"
done
exit "$failed"

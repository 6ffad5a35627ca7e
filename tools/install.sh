#!/usr/bin/env bash
# Builds the provider and puts it where Terraform and OpenTofu look by
# themselves, so that `terraform init` and `tofu init` work without a registry.
# VERSION (0.1.0 if not given) is the version it is installed as.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
version=${VERSION:-0.1.0}
platform=$(go env GOOS)_$(go env GOARCH)
cd "$ROOT_DIR"
for host in registry.terraform.io registry.opentofu.org; do
	dir=$HOME/.terraform.d/plugins/$host/channel-layer/channels/$version/$platform
	mkdir -p "$dir"
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$version" \
		-o "$dir/terraform-provider-channels_v$version" .
	say "installed $dir"
done
say "Now run terraform init (or tofu init) in your configuration. If it was initialised before with another build of $version, delete its .terraform.lock.hcl first: the checksum has changed."
say "The command is the same file: $dir/terraform-provider-channels_v$version check"

#!/usr/bin/env bash
# Builds the oldest Terraform we test with and prints the path of the binary.
# 1.5.7 is the newest that `go install` can build: later ones replace modules
# by local directories, which `go install` refuses.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=1.5.7

# build installs into a directory of its own, because `go install` chooses the
# name of the binary.
build() {
	local out=$1
	mkdir -p "$out.d"
	(cd / && GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0 GOBIN=$out.d \
		go install -trimpath -ldflags "-s -w" "github.com/hashicorp/terraform@v$version")
	mv "$out.d/terraform" "$out"
	rmdir "$out.d"
}

need_go
install_once "terraform-$version" "Terraform $version" "$(fingerprint / "$version")" build

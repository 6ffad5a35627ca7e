#!/usr/bin/env bash
# `make test`: sets up what the tests need, runs all of them in a fixed order and
# sums up. One failing phase fails the whole; the others still run.
#
#   tools/test.sh          what every change must pass
#   tools/test.sh --full   the same with the full matrices and the race detector
#
# What it takes from the environment:
#   CHANNELS_TERRAFORM, CHANNELS_TOFU   the binaries to test with (otherwise those
#                                       on PATH; a missing OpenTofu is built)
#   CHANNELS_CACHE                      where set-up keeps what it makes
# What it gives to the tests, besides those: CHANNELS_REAL=1 (run what needs real
# binaries, and let nothing skip), CHANNELS_TERRAFORM_OLD, CHANNELS_PROVIDER_BIN,
# CHANNELS_FULL=1 (with --full), CI.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

full=
case ${1:-} in
"") ;;
--full) full=1 ;;
*) die "usage: tools/test.sh [--full]" ;;
esac

cd "$ROOT_DIR"
need_go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
summary=() begun=() failed=0 setup_seconds=0

# setup makes everything the phases need, or says what is missing and ends.
setup() {
	printf '=== set-up (the first time takes long; what it makes is kept in %s) ===\n' "$CACHE"
	"$TOOLS_DIR/setup.sh" || die "Set-up failed: nothing was tested."
	if [ -n "$full" ]; then
		# The race detector needs a C compiler.
		command -v gcc >/dev/null || apt_install gcc libc6-dev
		"$TOOLS_DIR/setup-python.sh" --lines || die "Set-up failed: nothing was tested."
	fi
	setup_seconds=$SECONDS
	printf 'Set-up took %s s.\n' "$setup_seconds"
}

# export_environment tells the tests which real parts there are.
export_environment() {
	local tofu=${CHANNELS_TOFU:-} terraform=${CHANNELS_TERRAFORM:-}
	clean_environment
	# With -trimpath what is compiled does not depend on where the work tree is, so
	# that a new clone finds it in the build cache.
	export CI=${CI:-true} CHANNELS_REAL=1 GOFLAGS="${GOFLAGS:-} -trimpath"
	if [ -n "$full" ]; then export CHANNELS_FULL=1; fi
	if [ -z "$tofu" ]; then tofu=$(command -v tofu || "$TOOLS_DIR/setup-tofu.sh" 2>/dev/null); fi
	if [ -z "$terraform" ]; then terraform=$(command -v terraform || true); fi
	CHANNELS_TERRAFORM_OLD=$("$TOOLS_DIR/setup-terraform-old.sh" 2>/dev/null)
	export CHANNELS_TERRAFORM_OLD CHANNELS_TOFU=$tofu CHANNELS_TERRAFORM=$terraform
	gotestsum=$("$TOOLS_DIR/setup-gotestsum.sh" 2>/dev/null)
}

# show_versions prints what the tests run with.
show_versions() {
	printf '%s\n' "$(go version)" "$("$CHANNELS_TOFU" version | sed -n 1p)"
	if [ -n "$CHANNELS_TERRAFORM" ]; then
		"$CHANNELS_TERRAFORM" version | sed -n 1p
	else
		printf 'No Terraform on PATH, and a recent one cannot be built: its part runs with OpenTofu and Terraform 1.5.7.\n'
	fi
	printf '%s (the oldest)\n' "$("$CHANNELS_TERRAFORM_OLD" version | sed -n 1p)"
}

# phase runs one part under a heading and keeps its result and time.
phase() {
	local title=$1 start=$SECONDS result=ok
	shift
	printf '\n=== %s ===\n' "$title"
	"$@" || {
		result=FAIL
		failed=1
	}
	summary+=("$(printf '%-4s %5s s  %s' "$result" "$((SECONDS - start))" "$title")")
}

# begin starts a part that runs beside the phases that follow, because most of
# its time it waits; finish waits for all that were begun and shows them.
begin() {
	local title=$1
	shift
	begun+=("$title")
	{
		start=$SECONDS result=ok
		"$@" >"$work/$title.log" 2>&1 || result=FAIL
		printf '%s %s\n' "$result" "$((SECONDS - start))" >"$work/$title.result"
	} &
}

finish() {
	local title result seconds
	wait
	for title in "${begun[@]}"; do
		printf '\n=== %s ===\n' "$title"
		cat "$work/$title.log"
		read -r result seconds <"$work/$title.result"
		if [ "$result" != ok ]; then failed=1; fi
		summary+=("$(printf '%-4s %5s s  %s' "$result" "$seconds" "$title")")
	done
	begun=()
}

# go_test runs go test; what was skipped is listed with its reason at the end,
# because a skip is no pass. golangci-lint has vetted the packages, with more
# analyzers than go test has.
go_test() {
	"$gotestsum" --format pkgname-and-test-fails --format-hide-empty-pkg -- -count=1 -vet=off "$@"
}

# unit leaves out the acceptance tests and what is in test/: they
# have phases of their own.
unit() {
	local packages
	mapfile -t packages < <(go list ./... | grep -v '/test/')
	if [ "${#packages[@]}" -eq 0 ]; then return 1; fi
	go_test -timeout 10m -skip '^TestAcc' "${packages[@]}"
}

# probe runs the live checks against another server.
probe() { CHANNELS_REDIS_SERVER=$CACHE/redis/$1/redis-server go_test -timeout 10m ./internal/redisprobe/...; }

race() { CGO_ENABLED=1 go_test -timeout 30m -race -skip '^TestAcc' ./internal/...; }

# acceptance runs the acceptance tests with one binary: acceptance CLI REGISTRY
acceptance() {
	TF_ACC=1 TF_ACC_TERRAFORM_PATH=$1 TF_ACC_PROVIDER_HOST=$2 \
		go_test -timeout 20m -run '^TestAcc' ./internal/provider/...
}

# fault_matrix runs more rows at once than there are processors: most of them
# wait for what does not come.
fault_matrix() {
	CHANNELS_PROVIDER_BIN=$work/terraform-provider-channels go_test -timeout 20m -parallel 8 ./test/faults/...
}

command_line() {
	CHANNELS_PROVIDER_BIN=$work/terraform-provider-channels go_test -timeout 40m ./test/cli/... ./test/wiring/...
}

end_to_end() {
	CHANNELS_PROVIDER_BIN=$work/terraform-provider-channels go_test -timeout 20m ./test/e2e/...
}

# documentation also says how many code blocks were run, validated and excused.
documentation() {
	local result=0
	CHANNELS_PROVIDER_BIN=$work/terraform-provider-channels CHANNELS_DOCS_SUMMARY=$work/blocks \
		go_test -timeout 10m ./test/docs/... || result=1
	cat "$work/blocks"
	return "$result"
}

examples() {
	local clis=("$CHANNELS_TOFU")
	if [ -n "$CHANNELS_TERRAFORM" ]; then clis+=("$CHANNELS_TERRAFORM"); fi
	"$TOOLS_DIR/examples.sh" "${clis[@]}"
}

release_configuration() { run_quietly "$("$TOOLS_DIR/setup-goreleaser.sh" 2>/dev/null)" check; }

setup
export_environment
show_versions
phase "lint" "$TOOLS_DIR/lint.sh"
phase "generated files" "$TOOLS_DIR/check-generated.sh"
build_provider "$work" || die "The provider does not build: see above."
begin "acceptance tests, OpenTofu" acceptance "$CHANNELS_TOFU" registry.opentofu.org
if [ -n "$CHANNELS_TERRAFORM" ]; then
	begin "acceptance tests, Terraform" acceptance "$CHANNELS_TERRAFORM" registry.terraform.io
fi
phase "unit and fidelity tests" unit
finish
if [ -n "$full" ]; then
	phase "unit tests with the race detector" race
	for server in redis-6.2 redis-7.4 valkey-9.1; do phase "live checks, $server" probe "$server"; done
fi
if [ -n "$full" ] || [ -z "$CHANNELS_TERRAFORM" ]; then
	phase "acceptance tests, Terraform 1.5.7" acceptance "$CHANNELS_TERRAFORM_OLD" registry.terraform.io
fi
begin "fault matrix" fault_matrix
phase "command-line tests" command_line
finish
begin "documentation" documentation
begin "examples" examples
phase "end to end" end_to_end
finish
phase "release configuration" release_configuration

printf '\n=== summary ===\n'
printf '%s\n' "${summary[@]}"
printf 'Tests took %s s, set-up before them %s s.\n' "$((SECONDS - setup_seconds))" "$setup_seconds"
if [ "$failed" -ne 0 ]; then
	printf 'FAIL\n'
	exit 1
fi
printf 'PASS\n'

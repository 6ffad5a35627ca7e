#!/usr/bin/env bash
# Looks at the sources without running them: format, linters with the directions
# between packages, module files, shell scripts, workflows, licences.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
golangci=$("$TOOLS_DIR/setup-golangci-lint.sh")
licenses=$("$TOOLS_DIR/setup-go-licenses.sh")
actionlint=$("$TOOLS_DIR/setup-actionlint.sh")
cd "$ROOT_DIR"
failed=0

# step runs one look and remembers whether it failed.
step() {
	local title=$1
	shift
	if "$@"; then
		say "ok    $title"
	else
		say "FAIL  $title"
		failed=1
	fi
}

formatted() {
	local files
	files=$(git ls-files --cached --others --exclude-standard -- '*.go' | xargs -r ls -d 2>/dev/null | xargs -r gofmt -l)
	if [ -n "$files" ]; then
		say "Not formatted (run gofmt -w):" "$files"
		return 1
	fi
}

shell_scripts() {
	local scripts=(.ci/run tools/*.sh) script
	for script in "${scripts[@]}"; do bash -n "$script" || return 1; done
	if command -v shellcheck >/dev/null 2>&1; then
		shellcheck "${scripts[@]}"
	elif strict; then
		say "shellcheck is missing: run tools/setup-system.sh"
		return 1
	else
		say "      (shellcheck is not installed: syntax only)"
	fi
}

# Every action has to be named by its commit: a tag can be moved.
workflows() {
	local unpinned
	"$actionlint" || return 1
	unpinned=$(grep -nE '^[ -]*uses:' .github/workflows/*.yml | grep -vE '@[0-9a-f]{40} # v[0-9]' || true)
	if [ -n "$unpinned" ]; then
		say "Not pinned by commit:" "$unpinned"
		return 1
	fi
}

# What the released binary contains may be distributed with it. MPL-2.0 is our
# own licence; the others ask for no more than a notice.
#
# go-licenses takes what lies in GOROOT for the standard library, and everything
# where it does not know GOROOT, as when it was built with -trimpath.
check_licenses() {
	GOFLAGS='' GOROOT=$(go env GOROOT) run_quietly "$licenses" check . \
		--allowed_licenses=MPL-2.0,Apache-2.0,MIT,BSD-2-Clause,BSD-3-Clause,ISC
}

# A check that cannot fail says nothing: it must refuse a dependency that has no
# licence, in a module made for that.
refuses_what_has_none() {
	local dir result=0
	dir=$(mktemp -d)
	mkdir "$dir/none"
	printf 'module example.com/none\n' >"$dir/none/go.mod"
	printf 'package none\n' >"$dir/none/none.go"
	printf 'module example.com/main\nrequire example.com/none v0.0.0\nreplace example.com/none => ./none\n' >"$dir/go.mod"
	printf 'package main\n\nimport _ "example.com/none"\n\nfunc main() {}\n' >"$dir/main.go"
	cp LICENSE "$dir"
	if (cd "$dir" && check_licenses) >/dev/null 2>&1; then
		say "go-licenses passes a dependency without a licence: it looks at nothing."
		result=1
	fi
	rm -rf "$dir"
	return "$result"
}

allowed_licenses() { refuses_what_has_none && check_licenses; }

step "gofmt" formatted
step "go mod verify" run_quietly go mod verify
step "go mod tidy" go mod tidy -diff
# With -trimpath its cache serves every work tree: elsewhere it would begin anew.
step "golangci-lint" env GOFLAGS="${GOFLAGS:-} -trimpath" "$golangci" run --allow-serial-runners --timeout 10m ./...
step "shell scripts" shell_scripts
step "workflows" workflows
step "licences of the dependencies" allowed_licenses
exit "$failed"

#!/usr/bin/env bash
# Proves that every generated file is up to date: generates into a copy of the
# work tree and compares. The work tree itself is left as it is.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Tracked files and new ones, without what .gitignore names or what was deleted.
cd "$ROOT_DIR"
git ls-files -z --cached --others --exclude-standard |
	while IFS= read -r -d '' file; do
		if [ -e "$file" ]; then printf '%s\0' "$file"; fi
	done >"$work/files"
mkdir "$work/before" "$work/after"
for copy in before after; do
	tar --null -cf - -T "$work/files" | tar -xf - -C "$work/$copy"
done

(cd "$work/after" && go generate ./... && ./tools/docs.sh)
if ! diff -ru "$work/before" "$work/after"; then
	die "Generated files differ from what is in the work tree (above): run 'make generate' and commit."
fi
say "Generated files: up to date"

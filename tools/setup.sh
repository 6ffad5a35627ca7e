#!/usr/bin/env bash
# Sets up everything `make test` needs. Every script in the list does nothing
# when its part is there already, and says what is missing when it cannot help.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What others wait for or what fails soonest comes first.
scripts=(
	setup-system.sh
	setup-redis.sh
	setup-nginx.sh
	setup-tunnels.sh
	setup-python.sh
	setup-readers.sh
	setup-gotestsum.sh
	setup-golangci-lint.sh
	setup-actionlint.sh
	setup-go-licenses.sh
	setup-goreleaser.sh
	setup-tfplugindocs.sh
	setup-terraform-old.sh
	setup-tofu.sh
)
# Besides the system's redis-server, by their names in setup-redis.sh.
other_servers=(redis-6.2 redis-7.4 valkey-9.1)
for script in "${scripts[@]}"; do
	"$TOOLS_DIR/$script" >/dev/null || die "tools/$script failed: see above."
done
"$TOOLS_DIR/setup-redis.sh" "${other_servers[@]}" >/dev/null || die "tools/setup-redis.sh failed: see above."

package lint

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// python runs a program in an environment and returns what it prints.
func python(t *testing.T, venv, program string, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), readers.Python(t, venv), append([]string{"-c", program}, arguments...)...).Output()
	if err != nil {
		t.Fatalf("%s: %v", venv, err)
	}
	return strings.TrimSpace(string(out))
}

// packages/connection-leak: each async_to_sync call has a loop of its own, whose
// connection channels_redis 4.0.0 leaves open.
func TestClaims_OnlyTheOldestLeavesConnectionsOpenAfterAsyncToSync(t *testing.T) {
	const program = `
import gc, sys
from asgiref.sync import async_to_sync
from channels_redis.core import RedisChannelLayer
import redis

gc.disable()  # it closes some of them, sooner or later
layer = RedisChannelLayer(hosts=[sys.argv[1]])
probe = redis.Redis.from_url(sys.argv[1])
before = len(probe.client_list())
for _ in range(30):
    async_to_sync(layer.group_send)("claims", {"type": "claim"})
print(len(probe.client_list()) - before)
`
	for _, stack := range claimStacks() {
		t.Run(stack.ChannelsRedis+" with redis-py "+stack.Redis, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			var left int
			if _, err := fmt.Sscan(python(t, stack.Environment, program, fmt.Sprintf("redis://127.0.0.1:%d/0", server.Port())), &left); err != nil {
				t.Fatal(err)
			}
			if leaks := left > 15; leaks != (stack.ChannelsRedis == "4.0.0") {
				t.Errorf("%d connections are left after 30 calls", left)
			}
			t.Logf("%d connections are left after 30 calls", left)
		})
	}
}

// url/cert-none-with-hostname: redis-py 6.0.0 cannot leave the certificate
// unverified unless it leaves the name unchecked, too. The release is one of
// the full tests.
func TestClaims_CertNoneIsRefusedByOneReleaseOnly(t *testing.T) {
	const program = `
import asyncio, sys
from redis.asyncio import Redis

async def main():
    try:
        await Redis.from_url(sys.argv[1]).ping()
        print("PONG")
    except Exception as error:
        print(type(error).__name__, error)

asyncio.run(main())
`
	server := redistest.Start(t, redistest.TLS(redistest.NewAuthority(t)))
	url := fmt.Sprintf("rediss://127.0.0.1:%d/0?ssl_cert_reqs=none", server.Port())
	for venv, want := range map[string]string{"redis-5.2": "PONG", "redis-6.0.0": "verify_mode", "redis-6.4": "PONG", "redis-7.4": "PONG", "redis-8.1": "PONG"} {
		t.Run(venv, func(t *testing.T) {
			if venv == "redis-6.0.0" && os.Getenv("CHANNELS_FULL") != "1" {
				t.Skip("only with CHANNELS_FULL=1")
			}
			if got := python(t, venv, program, url); !strings.Contains(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			if got := python(t, venv, program, url+"&ssl_check_hostname=false"); !strings.Contains(got, "PONG") {
				t.Errorf("with the name unchecked: %q", got)
			}
		})
	}
}

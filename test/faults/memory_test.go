package faults

import (
	"runtime"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// TestProbe_HostileRepliesTakeLittleMemory counts all that is allocated, also
// what is freed again: the most that can be in use is less. It is not parallel
// to anything.
func TestProbe_HostileRepliesTakeLittleMemory(t *testing.T) {
	redistest.Slow(t)
	for _, theme := range themes() {
		for _, r := range theme.rows {
			if r.memory == 0 {
				continue
			}
			t.Run(r.name, func(t *testing.T) {
				p := r.place(t)
				asked := requestOf(t, p)
				asked.Timeout, asked.Depth = r.limit(), redisprobe.DepthRoundTrip
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_ = redisprobe.New().Look(t.Context(), asked)
				runtime.ReadMemStats(&after)
				allocated := int64(after.TotalAlloc - before.TotalAlloc)
				if allocated > r.memory {
					t.Errorf("%d MiB were allocated, more than %d", allocated>>20, r.memory>>20)
				}
				t.Logf("%d MiB were allocated", allocated>>20)
			})
		}
	}
}

// peak is the most that any one process had in memory.
func peak(m *tfcli.MemoryWatch) (most int64) {
	for _, bytes := range m.Peaks() {
		most = max(most, bytes)
	}
	return most
}

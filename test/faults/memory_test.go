package faults

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

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

// memoryWatch looks at the processes of a workspace while they run.
type memoryWatch struct {
	ended, done chan struct{}
	most        int64
}

func watchMemory(w *tfcli.Workspace) *memoryWatch {
	m := &memoryWatch{ended: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(m.done)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-m.ended:
				return
			case <-ticker.C:
				for _, id := range w.Processes() {
					m.most = max(m.most, resident(id))
				}
			}
		}
	}()
	return m
}

// peak is the most that one process had in memory at any look, in bytes.
func (m *memoryWatch) peak() int64 {
	close(m.ended)
	<-m.done
	return m.most
}

// resident is what /proc tells of a process: the most it ever had where the
// system keeps that, and what it has now elsewhere.
func resident(process int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0
	}
	var most int64
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		if name == "VmHWM" || name == "VmRSS" {
			kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			most = max(most, kilobytes<<10)
		}
	}
	return most
}

package sizing

import (
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// BenchmarkMemory prints what Redis keeps for a member of a group
// ("redis-bytes/member") and for a message that waits ("redis-bytes/message",
// in queues of 100). Pub/sub keeps a subscription and no message.
func BenchmarkMemory(b *testing.B) {
	const members, queues, capacity = 2000, 20, 100
	for _, backend := range backends {
		b.Run(backend.name, func(b *testing.B) {
			server := redistest.Start(b)
			for b.Loop() {
				call := caller(b, backend.class, server)
				empty := used(b, server)
				for range members {
					name := call("new_channel")
					_ = call("group_add", "room", name)
				}
				grouped := used(b, server)
				if backend.name == "core" {
					for queue := range queues {
						for range capacity {
							_ = call("send", "queue-"+strconv.Itoa(queue), map[string]any{"type": "chat.message", "text": strings.Repeat("x", size)})
						}
					}
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(grouped-empty)/members, "redis-bytes/member")
				b.ReportMetric(float64(used(b, server)-grouped)/(queues*capacity), "redis-bytes/message")
			}
		})
	}
}

// caller calls methods of a layer.
func caller(b *testing.B, class string, server *redistest.Server) func(method string, arguments ...any) any {
	b.Helper()
	layer, err := layeroracle.Start(b, layeroracle.Newest()).NewLayer(b.Context(), class,
		map[string]any{"hosts": []any{server.URL() + "?socket_timeout=20"}}, "")
	if err != nil {
		b.Fatal(err)
	}
	return func(method string, arguments ...any) any {
		value, err := layer.Call(b.Context(), method, arguments...)
		if err != nil {
			b.Fatal(err)
		}
		return value
	}
}

func used(b *testing.B, server *redistest.Server) int {
	b.Helper()
	info, _ := server.Do("INFO", "memory").(string)
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			bytes, err := strconv.Atoi(value)
			if err != nil {
				b.Fatal(err)
			}
			return bytes
		}
	}
	b.Fatal("INFO memory has no used_memory")
	return 0
}

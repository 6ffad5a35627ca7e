package redistest_test

import (
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func TestStartWatched_FailsOverByCommandAndByDeath(t *testing.T) {
	w := redistest.StartWatched(t, redistest.Watch{
		Replicas: 2, Servers: []redistest.Option{redistest.Password("s3cret of the servers")},
		Watchers: []redistest.Option{redistest.Password("s3cret of the sentinels")},
	})
	first := w.Failover()
	if first == w.Master {
		t.Fatal("the master is still the master")
	}
	first.AwaitInfo("replication", "role:master", "connected_slaves:2")
	first.Kill()
	for _, sentinel := range w.Sentinels {
		w.Await(sentinel, "a third master", func(state map[string]string) bool {
			return state["port"] != first.Addr()[len("127.0.0.1:"):]
		})
	}
}

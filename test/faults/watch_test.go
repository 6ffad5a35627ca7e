package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// keyLife is how long a key of a round trip lives at most, in milliseconds.
const keyLife = 30_000

// watch is what stood in the servers of a place before a command.
type watch struct {
	place  place
	before []map[string]string
	// clients were connected before.
	clients [][]string
}

// watching plants keys of an app, and remembers all that is there.
func watching(t *testing.T, p place) *watch {
	t.Helper()
	w := &watch{place: p}
	for _, server := range p.servers {
		w.before = append(w.before, keys(server))
		w.clients = append(w.clients, ids(server))
	}
	return w
}

// keys are all keys of the database 0, with their values.
func keys(server *redistest.Server) map[string]string {
	found := map[string]string{}
	names, _ := server.Do("KEYS", "*").([]any)
	for _, name := range names {
		found[fmt.Sprint(name)] = fmt.Sprint(server.Do("DUMP", name))
	}
	return found
}

// ids are the connections that are open, by their ids.
func ids(server *redistest.Server) []string {
	var found []string
	for _, client := range server.Clients() {
		id, _, _ := strings.Cut(client, " ")
		found = append(found, id)
	}
	return found
}

// nothingLeft fails the test where a connection is open that was not, or a key
// was changed, or one is there that does not expire.
func (w *watch) nothingLeft(t *testing.T) {
	t.Helper()
	for _, fake := range w.place.fakes {
		if !eventually(2*time.Second, func() bool { return fake.Open() == 0 }) {
			t.Errorf("%d connections are left open", fake.Open())
		}
	}
	for i, server := range w.place.servers {
		left := func() []string {
			return slices.DeleteFunc(ids(server), func(id string) bool { return slices.Contains(w.clients[i], id) })
		}
		if !eventually(2*time.Second, func() bool { return len(left()) == 0 }) {
			t.Errorf("%d connections to Redis are left open", len(left()))
		}
		after := keys(server)
		if w.place.expire {
			w.expiring(t, server, after, w.before[i])
		}
		if !maps.Equal(after, w.before[i]) {
			t.Errorf("the keys were %q and are %q", slices.Sorted(maps.Keys(w.before[i])), slices.Sorted(maps.Keys(after)))
		}
	}
}

// expiring takes the keys that are new out of those that are there, and fails
// the test for one that would stay or is none of a check's own.
func (w *watch) expiring(t *testing.T, server *redistest.Server, after, before map[string]string) {
	t.Helper()
	for name := range after {
		if _, old := before[name]; old {
			continue
		}
		left, _ := server.Do("PTTL", name).(int64)
		if left == -1 || left > keyLife || !strings.Contains(name, "tfcheck") {
			t.Errorf("the key %q is left with a time to live of %d ms", name, left)
		}
		delete(after, name)
	}
}

// eventually reports whether something becomes true within that time.
func eventually(within time.Duration, happened func() bool) bool {
	deadline := time.After(within)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-deadline:
			return happened()
		case <-ticker.C:
		}
	}
	return true
}

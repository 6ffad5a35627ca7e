package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Watch says what StartWatched starts. The zero value is a master with one
// replica, watched by three Sentinels of which two must agree.
type Watch struct {
	// Name is the master's name, "chat" where empty.
	Name string
	// Replicas and Sentinels are how many there are, 1 and 3 where 0; fewer than
	// 0 is none.
	Replicas, Sentinels int
	// Quorum is how many Sentinels must agree, more than half of them where 0.
	Quorum int
	// Servers are options of the master and of the replicas.
	Servers []Option
	// Replica are options of the replicas alone, Master of the master alone.
	Replica, Master []Option
	// Watchers are options of the Sentinels.
	Watchers []Option
	// Login is the user name and the password that the Sentinels log in with at
	// the servers, where that is another one than the default user's.
	Login [2]string
	// Address is what the Sentinels know the master by, "host port"; its own
	// where empty.
	Address string
	// DownAfter is how long a master is silent before a Sentinel calls it down,
	// half a second where 0.
	DownAfter time.Duration
}

// Watched is a master with its replicas and the Sentinels that watch it.
type Watched struct {
	t         testing.TB
	Name      string
	Master    *Server
	Replicas  []*Server
	Sentinels []*Server
}

// downAfter is short, but a loaded machine must not make a master down by
// itself.
const downAfter = 500 * time.Millisecond

// StartWatched starts them and waits until the Sentinels know each other and
// the replicas.
func StartWatched(t testing.TB, watch Watch) *Watched {
	t.Helper()
	name := watch.Name
	if name == "" {
		name = "chat"
	}
	w := &Watched{t: t, Name: name}
	w.Master = Start(t, append(append([]Option{mayFollow()}, watch.Servers...), watch.Master...)...)
	for range count(watch.Replicas, 1) {
		options := append([]Option{mayFollow(), ReplicaOf(w.Master)}, watch.Servers...)
		w.Replicas = append(w.Replicas, Start(t, append(options, watch.Replica...)...))
	}
	for _, replica := range w.Replicas {
		replica.AwaitInfo("replication", "master_link_status:up")
	}
	sentinels := count(watch.Sentinels, 3)
	quorum := watch.Quorum
	if quorum == 0 {
		quorum = sentinels/2 + 1
	}
	for range sentinels {
		w.Sentinels = append(w.Sentinels, Start(t, append([]Option{watches(w.Master, watch, name, quorum)}, watch.Watchers...)...))
	}
	for _, sentinel := range w.Sentinels {
		// Tests do not wait for the periods of production. Before Redis 7 there is
		// no such command, and the periods are those.
		_ = sentinel.Try("SENTINEL", "DEBUG", "INFO-PERIOD", "200", "PING-PERIOD", "100", "ASK-PERIOD", "100", "PUBLISH-PERIOD", "200")
	}
	for _, sentinel := range w.Sentinels {
		w.await(sentinel, "num-other-sentinels", strconv.Itoa(sentinels-1))
		w.await(sentinel, "num-slaves", strconv.Itoa(len(w.Replicas)))
		w.awaitConnected(sentinel)
	}
	return w
}

func count(n, otherwise int) int {
	switch {
	case n == 0:
		return otherwise
	case n < 0:
		return 0
	default:
		return n
	}
}

// mayFollow lets a server follow another one with its own password, as a master
// must that comes back after a failover.
func mayFollow() Option {
	return func(c *config) {
		c.follows = true
		// A master waits five seconds for further replicas that want its data.
		c.add("repl-diskless-sync-delay 0")
	}
}

func watches(master *Server, watch Watch, name string, quorum int) Option {
	return func(c *config) {
		c.sentinel = true
		address := watch.Address
		if address == "" {
			address = fmt.Sprintf("127.0.0.1 %d", master.Port())
		}
		c.add("sentinel monitor %s %s %d", name, address, quorum)
		switch {
		case watch.Login[1] != "":
			c.add("sentinel auth-user %s %s", name, watch.Login[0])
			c.add("sentinel auth-pass %s %s", name, quote(watch.Login[1]))
		case master.config.password != "":
			c.add("sentinel auth-pass %s %s", name, quote(master.config.password))
		}
		after := watch.DownAfter
		if after == 0 {
			after = downAfter
		}
		c.add("sentinel down-after-milliseconds %s %d", name, after.Milliseconds())
		c.add("sentinel failover-timeout %s 1000", name)
	}
}

// State is what a Sentinel says of the master, by the names of SENTINEL MASTER.
func (w *Watched) State(sentinel *Server) map[string]string {
	w.t.Helper()
	return pairs(sentinel.Do("SENTINEL", "MASTER", w.Name))
}

// pairs reads a reply of names and values.
func pairs(reply any) map[string]string {
	values, _ := reply.([]any)
	state := map[string]string{}
	for i := 0; i+1 < len(values); i += 2 {
		state[fmt.Sprint(values[i])] = fmt.Sprint(values[i+1])
	}
	return state
}

// await waits until a Sentinel says a value of the master.
func (w *Watched) await(sentinel *Server, name, value string) {
	w.t.Helper()
	w.Await(sentinel, name+" "+value, func(state map[string]string) bool { return state[name] == value })
}

// awaitConnected waits until a Sentinel has connected to the master and to all
// replicas.
func (w *Watched) awaitConnected(sentinel *Server) {
	w.t.Helper()
	w.Await(sentinel, "connected", func(state map[string]string) bool {
		replicas, _ := sentinel.Do("SENTINEL", "REPLICAS", w.Name).([]any)
		connected := state["flags"] == "master"
		for _, replica := range replicas {
			one := pairs(replica)
			connected = connected && one["flags"] == "slave" && one["master-link-status"] == "ok"
		}
		return connected
	})
}

// Await waits until what a Sentinel says of the master is as wanted.
func (w *Watched) Await(sentinel *Server, what string, wanted func(state map[string]string) bool) {
	w.t.Helper()
	deadline := time.Now().Add(readyWithin)
	for {
		state := w.State(sentinel)
		if wanted(state) {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("a Sentinel does not say %s within %s: %v\n%s", what, readyWithin, state, sentinel.Log())
		}
		<-time.After(10 * time.Millisecond)
	}
}

// AwaitDown waits until all Sentinels that run call the master down.
func (w *Watched) AwaitDown() {
	w.t.Helper()
	for _, sentinel := range w.running() {
		w.Await(sentinel, "s_down", func(state map[string]string) bool { return strings.Contains(state["flags"], "s_down") })
	}
}

// AwaitFailover waits until all Sentinels that run name another master than the
// one that was, and returns the server that it is.
func (w *Watched) AwaitFailover() *Server {
	w.t.Helper()
	was := strconv.Itoa(w.Master.Port())
	port := ""
	for _, sentinel := range w.running() {
		w.Await(sentinel, "another master", func(state map[string]string) bool {
			port = state["port"]
			return port != was && !strings.Contains(state["flags"], "down")
		})
	}
	for _, replica := range w.Replicas {
		if strconv.Itoa(replica.Port()) == port {
			replica.AwaitInfo("replication", "role:master")
			return replica
		}
	}
	w.t.Fatalf("the new master on port %s is none of the replicas", port)
	return nil
}

// Failover makes a replica the master, as an operator would, and returns it.
func (w *Watched) Failover() *Server {
	w.t.Helper()
	w.Sentinels[0].Do("SENTINEL", "FAILOVER", w.Name)
	return w.AwaitFailover()
}

// running are the Sentinels that were not killed or suspended.
func (w *Watched) running() []*Server {
	var running []*Server
	for _, sentinel := range w.Sentinels {
		select {
		case <-sentinel.exited:
		default:
			if !sentinel.suspended {
				running = append(running, sentinel)
			}
		}
	}
	return running
}

// Testing is the test that they run for.
func (w *Watched) Testing() testing.TB { return w.t }

// Addresses are those of the Sentinels, in order.
func (w *Watched) Addresses() []string {
	addresses := make([]string, len(w.Sentinels))
	for i, sentinel := range w.Sentinels {
		addresses[i] = sentinel.Addr()
	}
	return addresses
}

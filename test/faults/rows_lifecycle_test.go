package faults

import (
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// lifecycleRows are faults that begin between a plan, or a step of a check, and
// the next.
func lifecycleRows() []row {
	// later makes places where something happens after the plan is saved.
	later := func(then func(s *redistest.Server), change func(p place, s *redistest.Server) place) func(t *testing.T) place {
		return func(t *testing.T) place {
			server := redistest.Start(t, redistest.Password("another-made-up"), user(append([]string{"&asgi*", "+info"}, coreRights...)...))
			p := of(server)
			p.url, p.expire = as("app", server.Addr()), true
			p.between = func() { then(server) }
			if change != nil {
				p = change(p, server)
			}
			return p
		}
	}
	gone := func(p place, _ *redistest.Server) place { p.servers = nil; return p }
	resumed := func(p place, s *redistest.Server) place { p.after = s.Resume; return p }
	apply := []command{applying}
	rows := []row{
		{name: "password changed after the plan", only: apply, says: failed("auth/wrong-password"),
			place: later(func(s *redistest.Server) { s.Do("ACL", "SETUSER", "app", "resetpass", ">changed") }, nil)},
		{name: "user removed after the plan", only: apply, says: failed("auth/wrong-password"),
			place: later(func(s *redistest.Server) { s.Do("ACL", "DELUSER", "app") }, nil)},
		{name: "right removed after the plan", only: apply, says: failed("acl/missing-commands"),
			place: later(func(s *redistest.Server) { s.Do("ACL", "SETUSER", "app", "-bzpopmin") }, nil)},
		{name: "keys removed after the plan", only: apply, says: failed("acl/missing-keys"),
			place: later(func(s *redistest.Server) { s.Do("ACL", "SETUSER", "app", "resetkeys") }, nil)},
		{name: "killed after the plan", only: apply, says: unknown("network/refused"), place: later((*redistest.Server).Kill, gone)},
		{name: "stopped after the plan", only: apply, says: unknown("network/silent"), place: later((*redistest.Server).Suspend, resumed)},
		{name: "restarted after the plan", only: apply, place: later((*redistest.Server).Restart, nil)},
		{name: "failover after the plan", only: apply, place: failover, says: failed("redis/replica")},
		{name: "memory full after the plan", only: apply, says: failed("redis/memory-full"),
			place: later(func(s *redistest.Server) { s.Do("CONFIG", "SET", "maxmemory", 1) }, nil)},
	}
	return append(rows, stepRows()...)
}

// failover makes another server the master, and the one of the URL its replica.
func failover(t *testing.T) place {
	master := locked(t, redistest.Config("repl-diskless-sync-delay 0", "masterauth "+planted().Text))
	replica := locked(t, redistest.ReplicaOf(master))
	replica.AwaitInfo("replication", "master_link_status:up")
	p := of(master)
	p.between = func() {
		replica.Do("REPLICAOF", "NO", "ONE")
		master.Do("REPLICAOF", "127.0.0.1", replica.Port())
		master.AwaitInfo("replication", "role:slave")
	}
	return p
}

// stepRows kill, stop and restart Redis during each step: before it is given the
// first command of that step.
func stepRows() []row {
	var rows []row
	for _, step := range []struct {
		name, command string
		tripping      bool
	}{
		{"the greeting", "HELLO", false}, {"the login", "AUTH", false}, {"the look at the server", "INFO", false},
		{"joining the group", "MULTI", true}, {"a message to one", "ZCOUNT", true}, {"the confirmation", "ZPOPMIN", true}, {"leaving the group", "ZREM", true},
	} {
		for _, event := range []struct {
			name string
			do   func(s *redistest.Server)
		}{{"killed", (*redistest.Server).Kill}, {"stopped", (*redistest.Server).Suspend}, {"restarted", (*redistest.Server).Restart}} {
			r := row{name: event.name + " during " + step.name, says: unknown("network/closed"), full: step.command == "AUTH" || step.command == "ZPOPMIN"}
			if event.name == "stopped" {
				r.says = unknown("network/silent")
			}
			if step.tripping {
				r.says, r.only = unknown("roundtrip/interrupted"), []command{applying, reading}
			}
			if event.name == "restarted" {
				// Apply waits, and finds it well again.
				r.wait, r.apply = 10*time.Second, &verdict{}
			}
			r.place = func(t *testing.T) place {
				server := locked(t)
				p := once(t, server, step.command, func(string) { event.do(server) })
				happened := p.after
				p.expire, p.after = true, func() {
					happened()
					server.Resume()
				}
				if event.name == "killed" {
					p.servers = nil
				}
				return p
			}
			rows = append(rows, r)
		}
	}
	return rows
}

package faults

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// watched is how a layer is led to a master by Sentinels. The planted secret is
// the password of the servers, and that of the Sentinels where lock says so.
type watched struct {
	addresses  []string
	name, user string
	lock       bool
}

// at is a place behind Sentinels. The URL of other rows is the password here.
func (w watched) at() place { return place{url: planted().Text, sentinels: &w} }

// hosts is the argument of the layer, with its password as an expression.
func (w watched) hosts(password string) string {
	var sentinels []string
	for _, address := range w.addresses {
		host, port, _ := net.SplitHostPort(address)
		sentinels = append(sentinels, fmt.Sprintf("{ host = %q, port = %s }", host, port))
	}
	entry := fmt.Sprintf("sentinels = [%s], master_name = %q, password = %s", strings.Join(sentinels, ", "), w.name, password)
	if w.lock {
		entry += ", sentinel_password = " + password
	}
	if w.user != "" {
		entry += fmt.Sprintf(", sentinel_username = %q", w.user)
	}
	return "hosts = [{ " + entry + " }]"
}

// entry is the same for the check alone.
func (w watched) entry() channelconfig.HostEntry {
	password := channelconfig.Known(secret.New(planted().Text))
	var sentinels []channelconfig.SentinelEntry
	for _, address := range w.addresses {
		host, text, _ := net.SplitHostPort(address)
		port, _ := strconv.ParseInt(text, 10, 64)
		sentinels = append(sentinels, channelconfig.SentinelEntry{Host: channelconfig.Known(host), Port: channelconfig.Known(port)})
	}
	entry := channelconfig.HostEntry{Sentinels: channelconfig.Known(sentinels), MasterName: channelconfig.Known(w.name), Password: password}
	if w.lock {
		entry.SentinelPassword = password
	}
	if w.user != "" {
		entry.SentinelUsername = channelconfig.Known(secret.New(w.user))
	}
	return entry
}

// guarded starts a master with the planted password and one Sentinel, which is
// enough for most faults.
func guarded(t *testing.T, watch redistest.Watch) *redistest.Watched {
	t.Helper()
	if watch.Sentinels == 0 {
		watch.Sentinels = 1
	}
	watch.Servers = append(watch.Servers, redistest.Password(planted().Text))
	return redistest.StartWatched(t, watch)
}

// by is a place at which the Sentinels of a set are asked.
func by(w *redistest.Watched) watched { return watched{addresses: w.Addresses(), name: "chat"} }

// sentinelRows are faults of Sentinels, of what they say, and of those that would
// follow the master.
func sentinelRows() []row {
	locked := func(options ...redistest.Option) redistest.Watch {
		return redistest.Watch{Watchers: append([]redistest.Option{redistest.Password(planted().Text)}, options...)}
	}
	// in makes places of a set of servers, and of what is done to it first.
	in := func(watch redistest.Watch, change func(w *redistest.Watched, at *watched)) func(t *testing.T) place {
		return func(t *testing.T) place {
			set := guarded(t, watch)
			at := by(set)
			change(set, &at)
			return at.at()
		}
	}
	plan := []command{planning}
	rows := []row{
		{name: "healthy", place: in(redistest.Watch{}, func(*redistest.Watched, *watched) {})},
		{name: "no Sentinel there", place: func(t *testing.T) place {
			return watched{addresses: []string{faults.ClosedPort(t), faults.ClosedPort(t)}, name: "chat"}.at()
		}, says: unknown("sentinel/unreachable"), golden: planning},
		{name: "one of two Sentinels is not there", only: plan, place: func(t *testing.T) place {
			at := by(guarded(t, redistest.Watch{}))
			at.addresses = append([]string{faults.ClosedPort(t)}, at.addresses...)
			return at.at()
		}, says: warns("sentinel/some-unreachable"), golden: planning},
		{name: "the address of a Redis", only: plan, place: func(t *testing.T) place {
			return watched{addresses: []string{redistest.Start(t).Addr()}, name: "chat"}.at()
		}, says: failed("sentinel/not-a-sentinel"), golden: planning},
		{name: "the Sentinels want a password", only: plan, place: in(locked(), func(*redistest.Watched, *watched) {}),
			says: failed("sentinel/no-password-given"), golden: planning},
		{name: "the Sentinels' password is wrong", place: in(redistest.Watch{Watchers: []redistest.Option{redistest.Password("another")}},
			func(_ *redistest.Watched, at *watched) { at.lock = true }), says: failed("sentinel/wrong-password"), golden: planning},
		{name: "the Sentinels have no password", only: plan, place: in(redistest.Watch{}, func(_ *redistest.Watched, at *watched) { at.lock = true }),
			says: warns("sentinel/password-not-set"), golden: planning},
		{name: "the Sentinels' user has not the right", only: plan,
			place: in(locked(redistest.User("asks", "on", ">"+planted().Text, "nocommands", "+sentinel|get-master-addr-by-name")),
				func(_ *redistest.Watched, at *watched) { at.lock, at.user = true, "asks" }),
			says: failed("sentinel/not-permitted"), golden: planning},
		{name: "the Sentinels answer the login with another error", only: plan, place: oddLogin, says: failed("sentinel/refused"), golden: planning},
		{name: "another name of the master", only: plan, place: in(redistest.Watch{}, func(_ *redistest.Watched, at *watched) { at.name = "mymaster" }),
			says: failed("sentinel/master-unknown"), golden: planning},
		{name: "no quorum", only: plan, place: in(redistest.Watch{Quorum: 2}, func(*redistest.Watched, *watched) {}), says: warns("sentinel/no-quorum"), golden: planning},
		{name: "two installations", only: plan, place: in(redistest.Watch{}, func(w *redistest.Watched, at *watched) {
			// The second Sentinel watches another master under the same name.
			other := redistest.StartWatched(w.Testing(), redistest.Watch{Sentinels: 1})
			at.addresses = append(at.addresses, other.Addresses()...)
		}), says: warns("sentinel/disagreement"), golden: planning},
	}
	return append(rows, masterRows(in)...)
}

type inSet = func(watch redistest.Watch, change func(w *redistest.Watched, at *watched)) func(t *testing.T) place

// masterRows are faults of the servers that the Sentinels watch.
func masterRows(in inSet) []row {
	plan, apply := []command{planning}, []command{applying}
	// patient Sentinels find nothing down, so that what they say stays as it is.
	patient := redistest.Watch{DownAfter: time.Hour}
	return []row{
		{name: "the master is down", only: plan, place: in(redistest.Watch{Replicas: -1}, func(w *redistest.Watched, _ *watched) {
			w.Master.Suspend()
			w.AwaitDown()
		}), says: unknown("sentinel/master-down"), golden: planning},
		{name: "the master's address does not answer", only: plan, place: in(redistest.Watch{}, func(w *redistest.Watched, _ *watched) { elsewhere(w.Master) }),
			says: unknown("sentinel/address-unreachable"), golden: planning},
		{name: "the master was made a replica", only: plan, place: in(patient, func(w *redistest.Watched, _ *watched) {
			w.Master.Do("REPLICAOF", "127.0.0.1", w.Replicas[0].Port())
		}), says: failed("sentinel/stale-master"), golden: planning},
		{name: "no replica", only: plan, place: in(redistest.Watch{Replicas: -1}, func(*redistest.Watched, *watched) {}),
			says: warns("sentinel/no-replica"), golden: planning},
		{name: "a replica does not answer", only: plan, place: in(redistest.Watch{}, func(w *redistest.Watched, _ *watched) { elsewhere(w.Replicas[0]) }),
			says: warns("sentinel/replica-unreachable"), golden: planning},
		{name: "a replica has another password", only: plan, place: in(redistest.Watch{}, func(w *redistest.Watched, _ *watched) {
			w.Replicas[0].Do("CONFIG", "SET", "requirepass", "another")
		}), says: warns("sentinel/replica-unfit"), golden: planning},
		{name: "failover after the plan", only: apply, wait: 20 * time.Second, place: func(t *testing.T) place {
			// No Sentinel may find the new master down, on a machine that is slow,
			// and put back the old one.
			set := guarded(t, redistest.Watch{Sentinels: 3, DownAfter: time.Hour})
			p := by(set).at()
			p.between = func() { set.Failover() }
			return p
		}},
		{name: "the master killed after the plan", only: apply, wait: 30 * time.Second, place: func(t *testing.T) place {
			// With a second replica there is one to follow the new master.
			set := guarded(t, redistest.Watch{Sentinels: 3, Replicas: 2})
			p := by(set).at()
			p.between = func() { set.Master.Kill() }
			return p
		}},
		{name: "the master frozen after the plan", only: apply, wait: 30 * time.Second, full: true, place: func(t *testing.T) place {
			set := guarded(t, redistest.Watch{Sentinels: 3, Replicas: 2})
			p := by(set).at()
			p.between = func() { set.Master.Suspend() }
			return p
		}},
	}
}

// elsewhere lets a server listen at another address from now on. The Sentinel and
// the other servers stay connected: to them it is well, as behind a translation of
// addresses that leads only them to it.
func elsewhere(s *redistest.Server) { s.Do("CONFIG", "SET", "bind", "127.0.0.9") }

// oddLogin is a Sentinel behind a relay that makes another error of a refusal.
func oddLogin(t *testing.T) place {
	set := guarded(t, redistest.Watch{Watchers: []redistest.Option{redistest.Password("another")}})
	relay := faults.Between(t, set.Addresses()[0], faults.Relay{Message: func(m faults.Message) faults.Verdict {
		if m.Has("WRONGPASS") {
			return faults.Verdict{Pass: []byte("-ERR made up\r\n")}
		}
		return m.Pass()
	}})
	return watched{addresses: []string{relay.Addr()}, name: "chat", lock: true}.at()
}

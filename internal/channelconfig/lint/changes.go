package lint

import (
	"fmt"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// ChangeDocs are the docs of what a change of settings gives, which the
// settings alone do not.
func ChangeDocs() []finding.Doc { return []finding.Doc{docHostsOrder} }

var docHostsOrder = finding.Doc{
	ID:       "hosts/order-changed",
	Title:    "A change of hosts moves channels and groups to other hosts",
	Severity: finding.Warning,
	Why: "Which host a channel or a group belongs to is computed from its name and from the number of hosts; the number of the host is its place in " +
		"the list. Another order or another number sends names to other hosts than before. The end of the list makes no exception: one host more " +
		"moves most names. What waits on the old place, messages and memberships of groups, is not found any more, and while some processes have " +
		"the old list and others the new one they do not hear each other.",
	Django: "Raises nothing. Messages in flight are lost, and sockets that joined their groups before the change hear nothing until they reconnect.",
	Fix:    "Stop all processes of the app, web and workers, and start them together with the new list, when sockets that reconnect hurt least.",
	Since:  "0.1.0",
	Sources: []string{
		"https://github.com/django/channels_redis/blob/4.3.0/channels_redis/utils.py",
	},
}

// HostsChanged is the finding of a change from one list of hosts to another; not
// ok where every name stays where it is, or nobody knows.
func HostsChanged(before, after []channelconfig.Host) (_ finding.Finding, ok bool) {
	uncertain := func(host channelconfig.Host) bool { return placeOf(host) == "" }
	if len(before) == 0 || len(after) == 0 || slices.ContainsFunc(before, uncertain) || slices.ContainsFunc(after, uncertain) {
		return finding.Finding{}, false
	}
	if len(before) != len(after) {
		return docHostsOrder.New(channelconfig.SettingHosts, fmt.Sprintf("hosts were %d and become %d: most channels and groups move to another host. "+
			"Messages in flight and memberships of groups are lost.", len(before), len(after))), true
	}
	moved := 0
	for i := range before {
		if !samePlace(before[i], after[i]) {
			moved++
		}
	}
	if moved == 0 {
		return finding.Finding{}, false
	}
	return docHostsOrder.New(channelconfig.SettingHosts, fmt.Sprintf("hosts have another Redis at %d of %d places: the channels and groups of those places "+
		"move. Messages in flight and memberships of groups on them are lost.", moved, len(before))), true
}

// samePlace reports whether two entries lead to one Redis. A Sentinel that comes
// or goes leaves the master where it is, as long as one of them stays.
func samePlace(a, b channelconfig.Host) bool {
	if a.Sentinel == nil || b.Sentinel == nil {
		return placeOf(a) == placeOf(b)
	}
	known := sentinelsOf(a.Sentinel)
	shared := slices.ContainsFunc(sentinelsOf(b.Sentinel), func(address string) bool { return slices.Contains(known, address) })
	return shared && masterOf(a) == masterOf(b)
}

package redisprobe

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docNoReplica = finding.Doc{
	ID:       "sentinel/no-replica",
	Title:    "No replica could take the master's place",
	Severity: finding.Warning,
	Why: "Sentinels make a replica the master when the master is gone. Here there is none that they would choose: none is connected, all are down, " +
		"or all have replica-priority 0, which says never to.",
	Django: "Nothing yet. When the master goes, redis-py raises MasterNotFoundError until the master itself is back.",
	Fix:    "Add a replica (replicaof), start those that are down, or set replica-priority to other than 0 on one of them.",
	Live:   true, Since: since,
}

func (a *attempt) noReplica(by *told) *problem {
	why := "knows no replica of it"
	if len(by.replicas) > 0 {
		why = "knows only replicas that are down or have replica-priority 0:"
		var addresses []string
		for _, replica := range by.replicas {
			state := " (replica-priority 0)"
			if isDown(replica) {
				state = " (down)"
			}
			addresses = append(addresses, replica.address()+state)
		}
		why += " " + listOf(addresses)
	}
	return wrong(docNoReplica, "The Sentinel at "+by.address+" watches the master "+a.by.name+" and "+why+".",
		"The app works until the master goes; then it raises MasterNotFoundError.")
}

var docReplicaUnreachable = finding.Doc{
	ID:       "sentinel/replica-unreachable",
	Title:    "A replica that may become master cannot be reached from here",
	Severity: finding.Warning,
	Why: "Sentinels know this replica and find it up, and after a failover they may give clients its address. From here it does not answer: " +
		"it announces an address of a container or of a network of its own (replica-announce-ip), or a firewall lets nobody but the Sentinels reach it.",
	Django: "Nothing yet. If it is so where the app runs, redis-py raises ConnectionError or TimeoutError after a failover to this replica.",
	Fix:    "Let the replica announce an address that the app can reach (replica-announce-ip, replica-announce-port), and open the firewall to it.",
	Live:   true, Since: since,
	Sources: []string{"https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-docker-nat-and-possible-issues"},
}

func (a *attempt) replicaUnreachable(one *follower) *problem {
	return wrong(docReplicaUnreachable,
		"The Sentinel at "+a.by.by+" finds the replica "+one.state.address()+" of the master "+a.by.name+" up, and, seen from "+a.here()+", it "+networkPhrase(one.result.problem)+".",
		"After a failover to it the app cannot connect, if it is so where the app runs.")
}

var docReplicaUnfit = finding.Doc{
	ID:       "sentinel/replica-unfit",
	Title:    "A replica that may become master cannot carry the layer",
	Severity: finding.Warning,
	Why: "Replicas copy the data of the master, and not its configuration: users and passwords, memory limits, eviction policy and version are each server's own. " +
		"The check connects to each replica as the app would after a failover. What it finds there, and does not find at the master, comes to the app with the failover.",
	Django: "Nothing yet. After a failover to this replica, redis-py raises what the findings named say of a master.",
	Fix:    "Give the replica the configuration of the master: users (ACL file), requirepass and masterauth, maxmemory and maxmemory-policy, version.",
	Live:   true, Since: since,
}

// replicaUnfit names what is wrong by the findings that the replica would give
// as a master; none are for one that has lost the master.
func (a *attempt) replicaUnfit(one *follower, found []*problem) *problem {
	at := "The replica " + one.state.address() + " of the master " + a.by.name
	var parts, fixes []string
	if linkLost(one.state) {
		parts = append(parts, "It is not connected to the master, so that it would come without the groups and messages of now.")
		fixes = append(fixes, "look into the log of the replica for why it does not follow the master (masterauth, if the master has a password)")
	}
	for _, p := range found {
		f := p.finding()
		parts = append(parts, strings.TrimSuffix(p.observed, ".")+" ("+string(f.ID)+").")
		fixes = append(fixes, strings.TrimSuffix(f.Fix, "."))
	}
	p := wrong(docReplicaUnfit, at+" is not fit to take its place. "+strings.Join(parts, " "), "So the app would find it after a failover.")
	p.fix = "On " + one.state.address() + ": " + strings.Join(fixes, "; ") + "."
	return p
}

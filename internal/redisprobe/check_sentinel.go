package redisprobe

import (
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// notFound begins the sentences about what redis-py does without a master.
const notFound = "redis-py raises MasterNotFoundError (\"No master found for ...\")"

var docNoSentinel = finding.Doc{
	ID:       "sentinel/unreachable",
	Title:    "None of the Sentinels answers",
	Severity: finding.Warning,
	Why: "Sentinels say which of several Redis servers is the master now. The app asks them before it connects, so that without one of them it finds no Redis, however well that may be. " +
		"A Sentinel usually listens on port 26379; inside a Docker or Kubernetes network it often has a name that exists only there.",
	Django: "If it is so where the app runs, " + notFound + ", a ConnectionError, " + atFirstUse + " One that accepts connections and says nothing blocks redis-py before 8 for ever.",
	Fix:    "Start the Sentinels, or correct their addresses; if they can be reached only from inside the app's network, run the check there.",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py, redis/asyncio/sentinel.py, Sentinel.discover_master"},
}

// noSentinel names each of them and what it does.
func (a *attempt) noSentinel(answers []*told) *problem {
	observed := "There is no Sentinel to ask for the master " + a.request.Sentinel.name() + "."
	if len(answers) > 0 {
		observed = "No Sentinel says which server is the master " + a.request.Sentinel.name() + ": " + failures(answers) + "."
	}
	return maybe(docNoSentinel, observed, "If it is so where the app runs, "+a.client()+" raises MasterNotFoundError "+atFirstUse)
}

// failures are the Sentinels that did not tell and why, for a sentence.
func failures(answers []*told) string {
	var parts []string
	for _, answer := range answers {
		if answer.problem == nil {
			continue
		}
		why := networkPhrase(answer.problem)
		if why == "" {
			why = "gives an answer that is of no use (" + string(answer.problem.doc.ID) + ")"
		}
		parts = append(parts, answer.address+" "+why)
	}
	return strings.Join(parts, ", ")
}

var docNotASentinel = finding.Doc{
	ID:       "sentinel/not-a-sentinel",
	Title:    "A Redis answers in place of a Sentinel",
	Severity: finding.Error,
	Why: "A Sentinel is a process of its own beside the Redis servers, usually on port 26379. What answers here is an ordinary Redis, or something before one, " +
		"which does not know the command SENTINEL: often the port is that of the Redis, or the Sentinel was never started in its mode (redis-server --sentinel).",
	Django: "redis-py raises ResponseError (\"unknown command 'SENTINEL'\") " + atFirstUse + " It does not go on to the next Sentinel: one such address is enough, if it is asked before one that names the master.",
	Fix:    "Correct the address to that of a Sentinel, usually port 26379, or give the host as an ordinary Redis.",
	Live:   true, Since: since,
}

func (a *attempt) notASentinel() *problem {
	return wrong(docNotASentinel, "What answers at "+a.address()+" does not know the command SENTINEL: it is no Sentinel.",
		a.client()+" raises ResponseError, and does not go on to the next Sentinel.")
}

var docSentinelNotPermitted = finding.Doc{
	ID:       "sentinel/not-permitted",
	Title:    "The Sentinel user may not ask for the master",
	Severity: finding.Error,
	Why: "Sentinels know users with rights of their own (ACLs), apart from those of the Redis servers. redis-py asks for the master with SENTINEL MASTERS, not with SENTINEL GET-MASTER-ADDR-BY-NAME " +
		"as most other clients do, so that a user made for those lacks it.",
	Django: "redis-py raises NoPermissionError " + atFirstUse + " It does not go on to the next Sentinel.",
	Fix:    "Grant the user +sentinel|masters on every Sentinel (ACL SETUSER, as an administrator).",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py, redis/commands/sentinel.py, sentinel_masters"},
}

func (a *attempt) sentinelNotPermitted() *problem {
	return wrong(docSentinelNotPermitted, "The Sentinel at "+a.address()+" does not let this user run SENTINEL MASTERS.",
		a.client()+" raises NoPermissionError "+atFirstUse)
}

var docMasterUnknown = finding.Doc{
	ID:       "sentinel/master-unknown",
	Title:    "The Sentinels do not know this master",
	Severity: finding.Error,
	Varies:   "A warning where only some of the Sentinels do not know it.",
	Why:      "A Sentinel may watch several masters, each under a name that its configuration gives (sentinel monitor <name> ...). Names are compared letter by letter; that of most examples is mymaster.",
	Django:   notFound + ", a ConnectionError, " + atFirstUse,
	Fix:      "Set the master's name to the one in the configuration of the Sentinels (redis-cli -p 26379 SENTINEL MASTERS shows it).",
	Live:     true, Since: since,
}

func (a *attempt) masterUnknown(answers []*told) *problem {
	observed := "The Sentinel at " + addressesOf(answers) + " does not watch a master " + a.request.Sentinel.name() + "; "
	if len(answers) > 1 {
		observed = "The Sentinels at " + addressesOf(answers) + " do not watch a master " + a.request.Sentinel.name() + "; "
	}
	var names []string
	for _, answer := range answers {
		for _, name := range answer.names {
			if shown := showName(name); !slices.Contains(names, shown) {
				names = append(names, shown)
			}
		}
	}
	if len(names) == 0 {
		observed += "there is none."
	} else {
		slices.Sort(names)
		observed += "there is " + listOf(names) + "."
	}
	return wrong(docMasterUnknown, observed, a.client()+" raises MasterNotFoundError "+atFirstUse)
}

func addressesOf(answers []*told) string {
	var addresses []string
	for _, answer := range answers {
		addresses = append(addresses, answer.address)
	}
	return listOf(addresses)
}

var docMasterDown = finding.Doc{
	ID:       "sentinel/master-down",
	Title:    "The Sentinels say that the master is down",
	Severity: finding.Warning,
	Why: "The master has not answered the Sentinels for as long as they allow (down-after-milliseconds). If enough of them agree, they make a replica the master, which takes seconds; " +
		"if not, or if no replica is fit, it stays so until the master is back.",
	Django: "redis-py skips a master that is called down, and raises MasterNotFoundError for every message until there is another one. Connections that are open fail with ConnectionError.",
	Fix:    "Wait for the failover; if none comes, start the master, and look into the log of the Sentinels for why (quorum, replicas).",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py, redis/asyncio/sentinel.py, Sentinel.check_master_state"},
}

func (a *attempt) masterDown(by *told) *problem {
	how := "down (s_down: this Sentinel alone has found it so)"
	switch {
	case by.state.is("o_down"):
		how = "down (o_down: enough Sentinels agree, and a failover follows if a replica is fit)"
	case !by.state.is("master"):
		how = "no master"
	}
	return maybe(docMasterDown, "The Sentinel at "+by.address+" calls the master "+a.request.Sentinel.name()+" at "+by.state.address()+" "+how+".",
		a.client()+" raises MasterNotFoundError as long as it lasts.")
}

var docAddressUnreachable = finding.Doc{
	ID:       "sentinel/address-unreachable",
	Title:    "The master's address from the Sentinels does not answer here",
	Severity: finding.Warning,
	Why: "Sentinels give clients the address by which they know the master themselves. In a container, or behind address translation (NAT), that is an address of their own network, " +
		"such as 172.18.0.3, which means nothing, or another machine, to an app elsewhere. The Sentinels answer all the same, so that everything looks well.",
	Django: "If it is so where the app runs, redis-py finds the master's name, and raises ConnectionError or TimeoutError for its address " + atFirstUse,
	Fix: "Let the servers announce addresses that the app can reach (replica-announce-ip and replica-announce-port in redis.conf, the same address in sentinel monitor, " +
		"sentinel announce-ip in sentinel.conf), or run the check where the app runs.",
	Live: true, Since: since,
	Sources: []string{"https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-docker-nat-and-possible-issues"},
}

// here is where the check looks from.
func (a *attempt) here() string {
	if way := a.way(); way != nil {
		return way.Name()
	}
	return "here"
}

// unreachable makes of a problem of the master's address one of who gave it.
func (f *found) unreachable(tell func(*attempt) *problem) func(*attempt) *problem {
	return func(b *attempt) *problem {
		led := &attempt{network: b.network, request: b.request.toServer(f.host, f.port)}
		p := tell(led)
		phrase := networkPhrase(p)
		if phrase == "" || p.doc.ID == docConnectFailed.ID {
			return p
		}
		observed := "The Sentinel at " + f.by + " answers, and says that the master " + f.name + " is at " + led.address() + ", which, seen from " + led.here() + ", " + phrase + "."
		if f.loops() {
			observed += " That address means the machine that asks, wherever it is."
		}
		return maybe(docAddressUnreachable, observed, "If it is so where the app runs, "+led.client()+" raises ConnectionError or TimeoutError "+atFirstUse)
	}
}

var docStaleMaster = finding.Doc{
	ID:       "sentinel/stale-master",
	Title:    "The master that the Sentinels name is a replica",
	Severity: finding.Error,
	Why: "The Sentinels name a server as the master that says of itself that it is a replica, and takes no writes: a failover is under way and they have not heard of its end, " +
		"somebody made it a replica by hand (REPLICAOF), or another set of Sentinels manages the same servers.",
	Django: "The core layer raises ConnectionError (\"The previous master is now a slave\") for every message; redis-py then asks the Sentinels again. The pub/sub layer raises nothing, and messages do not arrive.",
	Fix:    "Wait for the end of the failover; if it stays so, make the roles right with SENTINEL FAILOVER <name>, or REPLICAOF NO ONE on that server.",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py, redis/asyncio/sentinel.py, SentinelManagedConnection.read_response"},
}

func (a *attempt) staleMaster() *problem {
	django := a.client() + " raises ConnectionError (\"The previous master is now a slave\") for every message."
	if a.request.layer().isPubSub() {
		django = "What the app publishes here does not reach processes that are connected to the master."
	}
	p := wrong(docStaleMaster, "The Sentinel at "+a.by.by+" names "+a.address()+" as the master "+a.by.name+", and that server says that it is a replica.", django)
	p.transient = true
	return p
}

func sentinelDocs() []finding.Doc {
	return []finding.Doc{
		docNoSentinel, docNotASentinel, docSentinelNotPermitted, docMasterUnknown, docMasterDown, docAddressUnreachable, docStaleMaster,
		docSentinelNoPassword, docSentinelWrongPassword, docSentinelPasswordNotSet, docSentinelRefused,
		docSomeSentinels, docDisagreement, docNoQuorum, docLoopbackAddress, docFewSentinels, docNoTimeLimit,
		docNoReplica, docReplicaUnreachable, docReplicaUnfit,
	}
}

package redisprobe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docSomeSentinels = finding.Doc{
	ID:       "sentinel/some-unreachable",
	Title:    "Not all of the Sentinels can be asked",
	Severity: finding.Warning,
	Why: "The app asks the Sentinels in the order of its settings until one of them names the master, and remembers which did. One that does not answer costs it nothing as long as another one before it does, " +
		"and is missing when that one goes.",
	Django: "From a Sentinel that refuses, redis-py before 7 goes on to the next at once; 7 and later try it again first, for 3 to 10 seconds. One that accepts connections and is silent is waited for: " +
		"before 8 without end, since channels_redis gives Sentinels no time limit of its own; from 8.0 for a minute. Either is paid at the first message of each process.",
	Fix:  "Start these Sentinels, or correct their addresses.",
	Live: true, Since: since,
	Sources: []string{"redis/redis-py, redis/asyncio/sentinel.py, Sentinel.discover_master"},
}

var docDisagreement = finding.Doc{
	ID:       "sentinel/disagreement",
	Title:    "The Sentinels name different masters",
	Severity: finding.Warning,
	Why: "The Sentinels of one master agree on where it is, but for the second or two that news of a failover takes. If they go on to differ, they are not one set: " +
		"the settings mix Sentinels of two installations, or one of them was cut off or restored from an old configuration.",
	Django: "redis-py believes the first Sentinel that names a master, and each process has its own idea of which one that is: messages from one do not reach the other.",
	Fix:    "Run SENTINEL RESET <name> on the Sentinel that is wrong, or take those of the other installation out of the settings.",
	Live:   true, Since: since,
}

var docNoQuorum = finding.Doc{
	ID:       "sentinel/no-quorum",
	Title:    "Too few Sentinels are left to fail over",
	Severity: finding.Warning,
	Why: "A replica becomes master only if enough Sentinels agree that the master is down (the quorum), and more than half of all of them are there to decide on it. " +
		"Fewer than that know of each other and are up now.",
	Django: "Nothing yet: the master is found. When it goes, no replica takes its place, and redis-py raises MasterNotFoundError until the master itself is back.",
	Fix:    "Start the Sentinels that are down, and see with SENTINEL CKQUORUM <name> whether they find each other.",
	Live:   true, Since: since,
}

var docLoopbackAddress = finding.Doc{
	ID:       "sentinel/loopback-address",
	Title:    "The Sentinels give a loopback address for the master",
	Severity: finding.Warning,
	Why: "The Sentinels know the master by an address such as 127.0.0.1 (sentinel monitor <name> 127.0.0.1 6379 ...), and give that to clients. " +
		"It always means the machine that asks: an app on another machine connects to itself.",
	Django: "redis-py raises ConnectionError (Error 111), or uses whatever Redis runs on the app's own machine, unless the app runs on the master's.",
	Fix:    "Give the master's address in its network to sentinel monitor, and to replica-announce-ip on the servers.",
	Live:   true, Since: since,
}

var docFewSentinels = finding.Doc{
	ID:       "sentinel/few",
	Title:    "Fewer than three Sentinels watch the master",
	Severity: finding.Info,
	Why: "A failover needs more than half of all Sentinels: of two, both; of one, that one, which alone decides that the master is down. " +
		"With three on three machines, one of them may be lost.",
	Django: "Nothing, as long as those are up.",
	Fix:    "Run three Sentinels on three machines, with a quorum of 2.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, Sentinel, Fundamental things to know about Sentinel before deploying"},
}

var docNoTimeLimit = finding.Doc{
	ID:       "sentinel/no-time-limit",
	Title:    "A master that freezes is waited for without end",
	Severity: finding.Info,
	Why: "A process that is killed closes its connections, and the app notices at once. A machine that freezes, or that the network loses, closes nothing: " +
		"redis-py before 8 then waits for an answer without a limit, and asks the Sentinels for the new master only when it connects again.",
	Django: "After such a failover the core layer goes on waiting for the old master: nothing is raised, and no message arrives, until the process is restarted. redis-py 8 gives up after 5 seconds.",
	Fix:    "Give the connection a time limit: socket_timeout = 10 (above the 5 seconds for which the core layer waits for messages) and socket_connect_timeout = 3.",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py, redis/asyncio/connection.py, AbstractConnection.read_response"},
}

func (a *attempt) noTimeLimit() *problem {
	reply, _ := a.request.Connection.SocketTimeouts(a.oldestLine())
	if reply != nil || !a.request.layer().isCore() {
		return nil
	}
	client := a.client()
	if a.request.Redis == nil {
		client += " before 8"
	}
	return wrong(docNoTimeLimit, "The connection to the master "+a.by.name+" has no time limit (socket_timeout).",
		"If the master freezes, "+client+" waits for it without end, failover or not.")
}

// noteSentinels says what all of them together make of the master.
func (a *attempt) noteSentinels(asked *inquiry, by *told) {
	var silent, ignorant, differing []*told
	for _, answer := range asked.answers {
		switch {
		case answer.problem != nil && isNetwork(answer.problem):
			silent = append(silent, answer)
		case answer.problem != nil:
			// What a Sentinel answers wrongly has a name of its own, and no app is
			// stopped by it now.
			a.note(mild(answer.problem))
		case answer.state == nil:
			ignorant = append(ignorant, answer)
		case answer.serves() && answer.state.address() != by.state.address():
			differing = append(differing, answer)
		}
	}
	if len(silent) > 0 {
		a.note(wrong(docSomeSentinels, "Of the Sentinels, "+failures(silent)+".", a.heldUp(silent, asked.answers)))
	}
	if len(ignorant) > 0 {
		a.note(mild(a.masterUnknownTo(ignorant)))
	}
	if len(differing) > 0 {
		a.note(a.disagreement(by, differing))
	}
	a.note(a.sentinelOpen(by), a.quorum(by), a.loopback(by), a.few(by), a.noTimeLimit())
}

// mild is a problem that does not stop the app today.
func mild(p *problem) *problem {
	q := *p
	q.severity = finding.Warning
	q.undetermined, q.transient = false, false
	return &q
}

// masterUnknownTo is told where others know the master.
func (a *attempt) masterUnknownTo(answers []*told) *problem {
	p := wrong(docMasterUnknown, "Other Sentinels know the master "+a.by.name+"; "+addressesOf(answers)+" does not watch it.",
		a.client()+" goes on to the next Sentinel, and has fewer to ask when one goes.")
	if len(answers) > 1 {
		p.observed = "Other Sentinels know the master " + a.by.name + "; " + addressesOf(answers) + " do not watch it."
	}
	p.fix = "Let these Sentinels watch the same master (sentinel monitor), or take them out of the settings."
	return p
}

// heldUp says what silent Sentinels cost the app.
func (a *attempt) heldUp(silent, all []*told) string {
	if !slices.ContainsFunc(silent, func(t *told) bool {
		return t.problem.doc.ID == docSilent.ID || t.problem.doc.ID == docConnectTimeout.ID
	}) {
		return "The app goes on to the next Sentinel, from redis-py 7 on after some seconds, and has fewer to ask when one goes."
	}
	where := "when those before it are gone"
	if slices.Contains(silent, all[0]) {
		where = "at the first message of each process"
	}
	limit := "without end"
	switch {
	case a.request.Redis == nil:
		limit += " before 8, for a minute from 8.0 on"
	case a.request.Redis.AtLeast(8, 0, 0):
		limit = "for a minute"
	}
	return a.client() + " waits for a Sentinel that is silent " + limit + ", " + where + "."
}

func (a *attempt) disagreement(by *told, differing []*told) *problem {
	var parts []string
	for _, answer := range differing {
		parts = append(parts, answer.address+" says "+answer.state.address())
	}
	return wrong(docDisagreement, "Of the master "+a.by.name+", "+by.address+" says that it is "+by.state.address()+", "+strings.Join(parts, ", ")+".",
		"The app uses "+by.state.address()+" as long as the first Sentinel answers.")
}

func (a *attempt) quorum(by *told) *problem {
	if !by.noQuorum {
		return nil
	}
	return wrong(docNoQuorum, fmt.Sprintf("The Sentinel at %s knows %d others that watch the master %s, and too few of them are up: the quorum is %d, and a majority of all is needed besides.",
		by.address, by.state.number("num-other-sentinels", 0), a.by.name, by.state.number("quorum", 0)),
		"The app works until the master goes; then it raises MasterNotFoundError.")
}

func (a *attempt) loopback(by *told) *problem {
	if !a.by.loops() {
		return nil
	}
	return wrong(docLoopbackAddress, "The Sentinel at "+by.address+" says that the master "+a.by.name+" is at "+by.state.address()+", which means the machine that asks.",
		"Unless the app runs there, it connects to its own machine.")
}

func (a *attempt) few(by *told) *problem {
	others := by.state.number("num-other-sentinels", 2)
	if others >= 2 {
		return nil
	}
	return wrong(docFewSentinels, fmt.Sprintf("%s: the Sentinel at %s knows %d others.", docFewSentinels.Title, by.address, others), "")
}

// listOf joins names for a sentence.
func listOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

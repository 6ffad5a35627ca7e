package redisprobe

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docNotRedis = finding.Doc{
	ID:       "redis/not-redis",
	Title:    "Something that is not a Redis answers",
	Severity: finding.Error,
	Why:      "A server answers at this host and port, but it speaks another language than Redis: the port is that of another service, or a proxy answers in place of Redis.",
	Django:   "redis-py raises InvalidResponse (\"Protocol Error\") or ConnectionError, or waits for an answer that never comes, " + atFirstUse,
	Fix:      "Correct the host and port to those of Redis, which is usually 6379.",
	Live:     true,
	Since:    since,
}

func (a *attempt) notRedis(spoken protocol) *problem {
	return wrong(docNotRedis, "What answers at "+a.address()+" is "+spoken.String()+".", a.client()+" cannot talk to it and fails "+atFirstUse)
}

var docNoSuchDatabase = finding.Doc{
	ID:       "redis/database-out-of-range",
	Title:    "Redis does not have this database",
	Severity: finding.Error,
	Why: "A Redis holds several databases, told apart by a number: 0 to 15 unless its configuration says otherwise, and only 0 in a Cluster, " +
		"with many hosted services, and behind most proxies.",
	Django: "redis-py sends SELECT when it connects and raises ResponseError (\"DB index is out of range\") " + atFirstUse,
	Fix:    "Use database 0, or raise databases in the configuration of Redis.",
	Live:   true,
	Since:  since,
}

func (a *attempt) databaseProblem(because string) *problem {
	return wrong(docNoSuchDatabase,
		"Redis at "+a.address()+" refuses database "+shortNumber(a.request.Connection.DB)+": "+because+".",
		a.client()+" raises ResponseError "+atFirstUse)
}

func (a *attempt) noSuchDatabase() *problem { return a.databaseProblem("it has none of that number") }

func (a *attempt) databaseInCluster() *problem {
	p := a.databaseProblem("it is part of a Cluster, which has database 0 only")
	p.fix = "Use database 0."
	return p
}

func (a *attempt) databasesUnknown() *problem {
	p := a.databaseProblem("it does not know the command SELECT, as a Sentinel or a proxy does not")
	p.fix = "Use database 0, and the address of Redis itself."
	return p
}

var docProtectedMode = finding.Doc{
	ID:       "redis/protected-mode",
	Title:    "Redis is in protected mode and accepts only local connections",
	Severity: finding.Error,
	Why: "A Redis with neither a password nor a bind address refuses everyone but its own machine, so that it is not open to the world by mistake. " +
		"From another container or machine, the app is such a stranger.",
	Django: "redis-py raises ResponseError (\"DENIED Redis is running in protected mode\") or ConnectionError (\"Connection lost\") " + atFirstUse,
	Fix:    "Set a password on Redis (requirepass) and put it into REDIS_URL.",
	Live:   true,
	Since:  since,
}

func (a *attempt) protectedMode() *problem {
	return wrong(docProtectedMode, "Redis at "+a.address()+" refuses connections from other machines (protected mode).",
		a.client()+" raises an exception "+atFirstUse)
}

var docTooManyClients = finding.Doc{
	ID:       "redis/too-many-clients",
	Title:    "Redis has no room for another client",
	Severity: finding.Error,
	Why: "Redis serves a limited number of connections (maxclients, 10,000 unless set, far less with small hosted plans), and all are taken. " +
		"Each process of the app holds several, and code that opens layers without closing them collects them.",
	Django: "redis-py raises ConnectionError (\"max number of clients reached\", or \"Connection lost\") for each new connection; those that are open go on working.",
	Fix:    "Find out with CLIENT LIST who holds the connections, and raise maxclients if they are all needed.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"django/channels_redis#279", "django/channels_redis#332",
	},
}

func (a *attempt) tooManyClients() *problem {
	p := wrong(docTooManyClients, "Redis at "+a.address()+" refuses new connections: as many as it allows are open.",
		a.client()+" raises ConnectionError for every new connection.")
	p.transient = true
	return p
}

var docLoading = finding.Doc{
	ID:       "redis/loading",
	Title:    "Redis is still loading its data",
	Severity: finding.Warning,
	Why:      "After a start Redis reads its data from disk and answers nothing else until that is done: seconds as a rule, minutes with much data.",
	Django:   "redis-py raises BusyLoadingError while it lasts; the app works as soon as it is over.",
	Fix:      "Wait until Redis has loaded its data.",
	Live:     true,
	Since:    since,
}

func (a *attempt) loading() *problem {
	return maybe(docLoading, "Redis at "+a.address()+" is starting and still loads its data.", a.client()+" raises BusyLoadingError until it has.")
}

var docNotReady = finding.Doc{
	ID:       "redis/not-ready",
	Title:    "Redis answers that it takes no commands now",
	Severity: finding.Warning,
	Why: "Redis is there and knows the user, but is in a state in which it refuses work: a script runs too long (BUSY), a replica has lost its master (MASTERDOWN), " +
		"a Cluster is incomplete (CLUSTERDOWN), or the data cannot be written to disk (MISCONF).",
	Django: "redis-py raises ResponseError, or one of its kinds, for what the core layer sends; the pub/sub layer may go on working.",
	Fix:    "Look into the log of Redis for what it is stuck at.",
	Live:   true,
	Since:  since,
}

// notReady names the state by its code, one of those that are known.
func (a *attempt) notReady(text string) *problem {
	code := "BUSY"
	for _, known := range refusalPrefixes {
		if known.kind == refusalBusy && len(text) >= len(known.prefix) && strings.EqualFold(text[:len(known.prefix)], known.prefix) {
			code = known.prefix
		}
	}
	return maybe(docNotReady, "Redis at "+a.address()+" answers "+code+".", a.client()+" raises ResponseError as long as it lasts.")
}

var docUnexpected = finding.Doc{
	ID:       "redis/unexpected-answer",
	Title:    "Redis answers with an unknown error",
	Severity: finding.Warning,
	Why:      "The server speaks the language of Redis, but answered a harmless command with an error that this check does not know, so that whether the app would work was not found out.",
	Django:   "redis-py raises ResponseError if the app's own commands are answered likewise.",
	Fix:      "Run redis-cli -h <host> -p <port> --askpass ping, which prints the whole answer.",
	Live:     true,
	Since:    since,
}

// unexpected never quotes the answer: it is the server's.
func (a *attempt) unexpected(stage StageName) *problem {
	switch stage {
	case StageAuth:
		return wrong(docRefusedLogin, "The server at "+a.address()+" answers the login with an error that is not shown here.",
			a.client()+" raises an exception "+atFirstUse)
	case StageSelect:
		return a.databaseProblem("it gives an error that is not shown here")
	default:
		asked := "PING"
		if a.request.looks() {
			asked = "a harmless question"
		}
		p := maybe(docUnexpected, "The server at "+a.address()+" answers "+asked+" with an error that is not shown here.", "")
		p.transient = false
		return p
	}
}

var docOversized = finding.Doc{
	ID:       "redis/oversized-answer",
	Title:    "The server answers with more than any Redis sends",
	Severity: finding.Warning,
	Why: "An answer announced more bytes or elements, or was nested deeper, than any answer of a Redis to these questions is. The check stopped reading there, " +
		"before the machine that runs it ran out of memory, so that whether the app would work was not found out. A server that is broken or hostile does so, or a proxy that mixes up answers.",
	Django: "redis-py has no such bound: it reads on until the answer is complete, or the process is out of memory.",
	Fix:    "Correct the host and port to those of Redis, and look at what stands between here and Redis.",
	Live:   true,
	Since:  since,
}

func (a *attempt) oversized() *problem {
	p := maybe(docOversized, "The server at "+a.address()+" began an answer that is larger, or nested deeper, than any of a Redis.",
		"redis-py would read on until it is complete.")
	p.transient = false
	return p
}

func serverDocs() []finding.Doc {
	return []finding.Doc{
		docOversized,
		docNotRedis, docNoSuchDatabase, docProtectedMode, docTooManyClients, docLoading, docNotReady, docUnexpected,
	}
}

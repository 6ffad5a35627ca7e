package redisprobe

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var docSentinel = finding.Doc{
	ID:       "redis/sentinel",
	Title:    "A Sentinel answers in place of Redis",
	Severity: finding.Error,
	Why: "A Sentinel is a watchman: it tells which of several Redis servers is the master now, and keeps no data itself. " +
		"It speaks the language of Redis and answers a ping, so that it is easily taken for one; its port is usually 26379.",
	Django: "redis-py connects, and the first message raises ResponseError (\"unknown command\").",
	Fix:    "Use the address of the Redis itself, usually on port 6379, or configure the host as a Sentinel with its master's name.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, Sentinel", "django/channels_redis, README, hosts"},
}

func (a *attempt) isSentinel() *problem {
	return wrong(docSentinel, "What answers at "+a.address()+" is a Sentinel, which watches over Redis servers and is none itself.", a.client()+" raises ResponseError for every command of the layer.")
}

var docCluster = finding.Doc{
	ID:       "redis/cluster",
	Title:    "This Redis is part of a Cluster, where the core layer cannot work",
	Severity: finding.Error,
	Why: "A Cluster spreads its keys over several servers, and one command may only use keys that lie together. The core layer's commands use several at once " +
		"and expect them all on the server they talk to. With a single server in the Cluster, a first test passes and the first group with two members fails.",
	Django: "redis-py raises MovedError, or ResponseError (\"CROSSSLOT\", \"Script attempted to access a non local key\"), for most messages. " +
		"The pub/sub layer works: it keeps no keys.",
	Fix:  "Use a Redis that is not in cluster mode, or the pub/sub backend.",
	Live: true, Since: since,
	Sources: []string{"django/channels_redis#420", "django/channels_redis#381"},
}

func (a *attempt) isCluster() *problem {
	return wrong(docCluster, "Redis at "+a.address()+" runs in cluster mode.", a.client()+" raises an exception for messages whose keys do not happen to lie together on this server.")
}

var docReplica = finding.Doc{
	ID:       "redis/replica",
	Title:    "This Redis is a replica",
	Severity: finding.Error,
	Why: "A replica is the copy of another Redis, its master, and follows it: it takes no writes of its own, and what is published on it reaches only those who are connected to it. " +
		"Often the address is that of a service's reading end, or the roles changed in a failover.",
	Django: "The core layer raises ReadOnlyError for every message. The pub/sub layer raises nothing, and messages do not arrive at processes that are connected to the master.",
	Fix:    "Use the address of the master.",
	Live:   true, Since: since,
	Sources: []string{"django/channels#1252"},
}

func (a *attempt) isReplica(learned *survey) *problem {
	if a.by != nil {
		return a.staleMaster()
	}
	observed := "Redis at " + a.address() + " is a replica"
	if learned.info["master_link_status"] == "down" {
		observed += ", and it has lost the connection to its master"
	}
	django := a.client() + " raises ReadOnlyError for every message."
	if a.request.layer().isPubSub() {
		django = "What the app publishes here does not reach processes that are connected to the master."
	}
	return wrong(docReplica, observed+". Replicas take no writes.", django)
}

// kindProblems are those of servers that are the wrong one for a layer.
func (a *attempt) kindProblems(learned *survey) []*problem {
	server := a.result.server
	if server == nil {
		server = &Server{}
	}
	var problems []*problem
	is := func(value *string, wanted string) bool { return value != nil && *value == wanted }
	switch {
	case is(server.Mode, modeSentinel):
		return []*problem{a.isSentinel()}
	case is(server.Mode, modeCluster) && a.request.layer().isCore(), learned.info["cluster_enabled"] == "1" && a.request.layer().isCore():
		problems = append(problems, a.isCluster())
	}
	if !a.standby && (is(server.Role, roleReplica) || learned.permit == permitReadOnly) {
		problems = append(problems, a.isReplica(learned))
	}
	return problems
}

func kindDocs() []finding.Doc { return []finding.Doc{docSentinel, docCluster, docReplica} }

package redisprobe

import (
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docTooOld = finding.Doc{
	ID:       "redis/too-old",
	Title:    "This Redis lacks BZPOPMIN, which the core layer needs",
	Severity: finding.Error,
	Why: "The core layer waits for messages with the command BZPOPMIN, which Redis has since version 5.0 (2018). " +
		"An older Redis, a proxy in front of one, or one whose administrator has renamed the command does not know it.",
	Django: "Sending works. Receiving raises ResponseError (\"unknown command 'BZPOPMIN'\"), so that no consumer ever gets a message.",
	Fix:    "Use a Redis of version 6.2 or later, or the pub/sub backend.",
	Live:   true, Since: since,
	Sources: []string{"django/channels_redis#385", "django/channels_redis#397", "django/channels_redis#218"},
}

var docCommandMissing = finding.Doc{
	ID:       "redis/command-missing",
	Title:    "This Redis lacks commands that the layer needs",
	Severity: finding.Error,
	Why: "A server that speaks the language of Redis need not know all its commands: proxies and hosted services leave some out, " +
		"and the administrator of a Redis can rename them (rename-command).",
	Django: "redis-py raises ResponseError (\"unknown command\") as soon as the layer uses one of them.",
	Fix:    "Use a Redis that has these commands.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, redis.conf, rename-command", "envoyproxy/envoy, docs, redis.rst", "twitter/twemproxy, notes/redis.md"},
}

var docNoHello = finding.Doc{
	ID:       "redis/no-hello",
	Title:    "This Redis does not know HELLO, with which redis-py 8 begins",
	Severity: finding.Error,
	Varies:   "A warning where the version was only seen among the server's clients, and info where nobody stated it.",
	Why: "From version 8 on, redis-py begins every connection with the command HELLO, which Redis has since version 6.0, and does not go on without it. " +
		"Earlier versions do not use it.",
	Django: "redis-py 8 and later raise ResponseError (\"unknown command 'HELLO'\") " + atFirstUse,
	Fix:    "Use a Redis of version 6.2 or later, or append protocol=2 to the query of REDIS_URL, as in ?protocol=2.",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py#4031", "redis/redis-py#4089"},
}

// before5 reports a Redis that says it is older than 5.0.
func before5(server *Server) bool {
	major := majorOf(server)
	return major > 0 && major < 5
}

// majorOf is the major version of a Redis, 0 where it is not known or another
// product's.
func majorOf(server *Server) int {
	if server == nil || server.Version == nil || server.Product != nil && *server.Product != "redis" {
		return 0
	}
	version, err := packages.ParseVersion(*server.Version)
	if err != nil {
		return 0
	}
	return version.Major
}

// commandProblems are about commands that nobody may run here, because the
// server does not have them. An old server is one cause, and one finding.
func (a *attempt) commandProblems(learned *survey) []*problem {
	lacks := slices.Clone(learned.rights.lacks)
	tooOld := a.request.layer().isCore() && (before5(a.result.server) || slices.Contains(lacks, "bzpopmin"))
	lacks = slices.DeleteFunc(lacks, func(command string) bool { return command == "bzpopmin" })
	var problems []*problem
	if tooOld {
		problems = append(problems, a.tooOld(learned))
	}
	if len(lacks) > 0 {
		problems = append(problems, wrong(docCommandMissing,
			"Redis at "+a.address()+" does not know "+sentenceOf(lacks)+".",
			a.client()+" raises ResponseError as soon as the layer uses one of them."))
	}
	if learned.noHello && !tooOld {
		if p := a.noHello(learned); p != nil {
			problems = append(problems, p)
		}
	}
	return problems
}

func (a *attempt) tooOld(learned *survey) *problem {
	observed := "Redis at " + a.address() + " does not know BZPOPMIN"
	if before5(a.result.server) {
		observed = "Redis at " + a.address() + " is version " + *a.result.server.Version + ", and BZPOPMIN came with 5.0"
	}
	django := a.client() + " raises ResponseError whenever a consumer waits for a message."
	if learned.noHello {
		django += " It does not know HELLO either, without which redis-py 8 does not connect."
	}
	return wrong(docTooOld, observed+".", django)
}

// noHello depends on the client: nil if it does not use the command.
func (a *attempt) noHello(learned *survey) *problem {
	p := wrong(docNoHello, "Redis at "+a.address()+" does not know the command HELLO.", a.client()+" raises ResponseError "+atFirstUse)
	does, known := a.loginsWithHello()
	switch seen := learned.clients.newest(false); {
	case known && !does:
		return nil
	case known:
	case seen != nil && seen.AtLeast(8, 0, 0):
		p.severity = finding.Warning
		p.django = "redis-py " + seen.String() + " was seen among its clients; it raises ResponseError unless it is told to use another protocol."
	default:
		p.severity = finding.Info
		p.django = "If the app has redis-py 8 or later, it raises ResponseError " + atFirstUse
	}
	return p
}

// sentenceOf are commands in a sentence: "ZADD, ZREM and DEL".
func sentenceOf(commands []string) string {
	names := strings.Split(strings.ToUpper(strings.Join(commands, " ")), " ")
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func commandDocs() []finding.Doc { return []finding.Doc{docTooOld, docCommandMissing, docNoHello} }

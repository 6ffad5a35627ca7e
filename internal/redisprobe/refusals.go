package redisprobe

import (
	"context"
	"strings"
)

// refusal is the kind of an error reply, by the words it begins with. Only
// these kinds are ever told: the text of a reply is the server's and may say
// anything.
type refusal int

const (
	refusalOther refusal = iota
	refusalWrongPassword
	refusalNoAuth
	refusalNoPasswordSet    // Redis 6 and later
	refusalNoPasswordSetOld // before Redis 6
	refusalWrongArity
	refusalProtected
	refusalTooManyClients
	refusalLoading
	refusalNoPermission
	refusalBusy
	refusalUnknownCommand
	refusalNoSuchDB
	refusalCluster
)

// refusalPrefixes are what servers say, Redis 2.6 to 8, Valkey and the proxies
// before them; compared without case.
var refusalPrefixes = []struct {
	prefix string
	kind   refusal
}{
	{"WRONGPASS", refusalWrongPassword},
	{"ERR invalid password", refusalWrongPassword},
	{"NOAUTH", refusalNoAuth},
	{"ERR operation not permitted", refusalNoAuth},
	{"ERR AUTH <password> called without any password", refusalNoPasswordSet},
	{"ERR Client sent AUTH, but no password is set", refusalNoPasswordSetOld},
	{"ERR wrong number of arguments for 'auth'", refusalWrongArity},
	{"DENIED", refusalProtected},
	{"ERR max number of clients", refusalTooManyClients},
	{"LOADING", refusalLoading},
	{"NOPERM", refusalNoPermission},
	{"BUSY", refusalBusy},
	{"MASTERDOWN", refusalBusy},
	{"CLUSTERDOWN", refusalBusy},
	{"TRYAGAIN", refusalBusy},
	{"MISCONF", refusalBusy},
	{"ERR unknown command", refusalUnknownCommand},
	{"ERR command not found", refusalUnknownCommand},
	{"ERR unsupported command", refusalUnknownCommand},
	{"ERR DB index is out of range", refusalNoSuchDB},
	{"ERR invalid DB index", refusalNoSuchDB},
	{"ERR value is not an integer or out of range", refusalNoSuchDB},
	{"ERR value is out of range", refusalNoSuchDB},
	{"ERR SELECT is not allowed in cluster mode", refusalCluster},
}

func kindOf(text string) refusal {
	for _, known := range refusalPrefixes {
		if len(text) >= len(known.prefix) && strings.EqualFold(text[:len(known.prefix)], known.prefix) {
			return known.kind
		}
	}
	return refusalOther
}

func isWrongArity(r reply) bool { return kindOf(r.refusal) == refusalWrongArity }

// judgeRefusal is what an error reply means whichever command it answers; nil
// if that depends on the command.
func (a *attempt) judgeRefusal(stage StageName, text string) *problem {
	switch kindOf(text) {
	case refusalProtected:
		return a.protectedMode()
	case refusalTooManyClients:
		return a.tooManyClients()
	case refusalLoading:
		return a.loading()
	case refusalBusy:
		return a.notReady(text)
	case refusalNoAuth:
		if a.credentials() == nil {
			return a.noPasswordGiven()
		}
		// A password was sent: answers are out of step, or a proxy lost it.
		return a.unexpected(stage)
	default:
		return a.unexpected(stage)
	}
}

// judgeAuth is the outcome of HELLO and AUTH.
func (a *attempt) judgeAuth(ctx context.Context, said answers) *problem {
	if said.hello.broken != nil {
		return a.unanswered(ctx, said.hello.broken)
	}
	a.greeted = true
	switch kindOf(said.hello.refusal) {
	case refusalProtected, refusalTooManyClients, refusalLoading:
		return a.judgeRefusal(StageAuth, said.hello.refusal)
	}
	if said.auth.broken != nil {
		return a.unanswered(ctx, said.auth.broken)
	}
	if a.credentials() == nil {
		// HELLO says it first: Redis 7 hangs up on a longer command of somebody
		// who has not logged in, and what follows may be one.
		if kindOf(said.hello.refusal) == refusalNoAuth {
			return a.noPasswordGiven()
		}
		if kindOf(said.ping.refusal) == refusalNoAuth || kindOf(said.choose.refusal) == refusalNoAuth {
			return a.noPasswordGiven()
		}
		return nil
	}
	if said.auth.accepted() {
		if said.hello.accepted() && a.isDefaultUser() {
			// Nobody had logged in, and HELLO was obeyed.
			a.note(a.openRedis())
		}
		return nil
	}
	switch kindOf(said.auth.refusal) {
	case refusalWrongPassword:
		return a.wrongPassword()
	case refusalNoPasswordSet:
		return a.passwordNotSet()
	case refusalNoPasswordSetOld:
		return a.passwordNotSetOld()
	default:
		return a.judgeRefusal(StageAuth, said.auth.refusal)
	}
}

func (a *attempt) isDefaultUser() bool {
	username := a.request.Connection.Username
	return username.IsEmpty() || username.Reveal() == "default"
}

func (a *attempt) judgeSelect(ctx context.Context, said reply) *problem {
	switch {
	case said.broken != nil:
		return a.unanswered(ctx, said.broken)
	case said.accepted():
		return nil
	}
	switch kindOf(said.refusal) {
	case refusalNoSuchDB:
		return a.noSuchDatabase()
	case refusalCluster:
		return a.databaseInCluster()
	case refusalUnknownCommand:
		return a.databasesUnknown()
	case refusalNoPermission:
		return a.selectNotPermitted()
	default:
		return a.judgeRefusal(StageSelect, said.refusal)
	}
}

// judgePing: redis-py does not send PING, so a server that knows the user and
// refuses the command, or does not know it, has done all that the app needs.
func (a *attempt) judgePing(ctx context.Context, said reply) *problem {
	switch {
	case said.broken != nil:
		return a.unanswered(ctx, said.broken)
	case said.accepted():
		return nil
	}
	switch kindOf(said.refusal) {
	case refusalNoPermission, refusalUnknownCommand:
		return nil
	default:
		return a.judgeRefusal(StagePing, said.refusal)
	}
}

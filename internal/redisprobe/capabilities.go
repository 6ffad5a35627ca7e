package redisprobe

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// The look at capabilities takes two round trips after the HELLO that begins
// the connection: with the login go a second HELLO, which tells every user who
// the server is, and the question for the user's rights; then, in one packet,
// whatever this user is known to be permitted. So nothing is refused that could
// have been left out, and a refusal is an entry in the server's ACL LOG.

// asked are the questions that travel with the login.
type asked struct{ hello, rights *redis.Cmd }

// askFirst puts them into the pipeline. EVAL takes the place of PING: what
// answers it has answered, and many users may do either or neither.
func (a *attempt) askFirst(ctx context.Context, pipe redis.Pipeliner) asked {
	return asked{
		hello:  pipe.Do(ctx, "HELLO", "2"),
		rights: pipe.Do(ctx, evaluation(rightsScript, a.rightsArguments())...),
	}
}

// survey is what a look at capabilities has learned.
type survey struct {
	hello   helloFacts
	noHello bool // the server does not know the command
	info    info
	rights  rights
	permit  permit
	clients clientVersions
	// channels is how many there are with the prefix, -1 for unknown.
	channels int64
}

// wrongKind is what makes the rest of the login meaningless: a database other
// than 0 is refused by what is no ordinary Redis, and that is the cause to tell.
func (a *attempt) wrongKind(said answers) *problem {
	hello := readHello(said.asked.hello)
	switch {
	case hello.mode == modeSentinel:
		a.result.server = hello.server()
		return a.isSentinel()
	case hello.mode == modeCluster && a.request.layer().isCore() && a.selects():
		a.result.server = hello.server()
		return a.isCluster()
	default:
		return nil
	}
}

// survey judges the answers to the first questions, asks the others and turns
// what was learned into facts and findings.
func (a *attempt) survey(ctx context.Context, s *session, said answers) {
	learned := &survey{
		hello:    readHello(said.asked.hello),
		noHello:  kindOf(said.hello.refusal) == refusalUnknownCommand,
		channels: -1,
	}
	a.result.server = learned.hello.server()
	p := a.judgeRights(ctx, said, learned)
	if p != nil {
		a.record(StageRights, p, said.restTook)
		return
	}
	started := time.Now()
	if broken := a.askMore(ctx, s, learned); broken != nil {
		a.record(StageServer, a.unanswered(ctx, broken), time.Since(started))
		return
	}
	asking := time.Since(started)
	a.result.server = a.facts(learned)
	rights := a.rightsProblems(learned)
	a.rightsKnown = !learned.rights.unknown()
	a.recordPart(StageRights, rights, a.rightsKnown, said.restTook)
	server := a.serverProblems(learned)
	a.recordPart(StageServer, server, learned.info != nil, asking)
	a.note(rights...)
	a.note(server...)
	a.sortNotes()
}

// sortNotes puts the grave ones first.
func (a *attempt) sortNotes() {
	slices.SortStableFunc(a.result.notes, func(p, q *problem) int {
		return cmp.Compare(q.finding().Severity, p.finding().Severity)
	})
}

// recordPart lists a stage of which each finding stands for itself and none
// stops the check.
func (a *attempt) recordPart(name StageName, problems []*problem, known bool, took time.Duration) {
	status := finding.Undetermined
	if known {
		status = finding.Passed
	}
	for _, p := range problems {
		if p != nil && p.finding().Severity > finding.Info {
			status = finding.Failed
		}
	}
	a.result.stages = append(a.result.stages, Stage{Name: name, Status: status, Duration: took})
}

// judgeRights reads the answer to the question for rights. It is a problem
// only where the server is in no state to be asked.
func (a *attempt) judgeRights(ctx context.Context, said answers, learned *survey) *problem {
	reply := replyOf(said.asked.rights.Err())
	if reply.broken != nil {
		return a.unanswered(ctx, reply.broken)
	}
	switch kindOf(reply.refusal) {
	case refusalBusy:
		if learned.hello.role == roleReplica && !a.standby {
			return a.isReplica(learned)
		}
		return a.judgeRefusal(StageRights, reply.refusal)
	case refusalLoading, refusalProtected, refusalTooManyClients, refusalNoAuth:
		return a.judgeRefusal(StageRights, reply.refusal)
	}
	learned.rights = readRights(said.asked.rights, a.questions())
	return nil
}

// more are the questions of the last round trip, nil for those not asked.
type more struct{ info, clients, channels, user, permit *redis.Cmd }

// askMore asks what this user is permitted to ask. The error is that of a
// connection that broke.
func (a *attempt) askMore(ctx context.Context, s *session, learned *survey) error {
	var m more
	_, _ = s.conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		m = a.askRest(ctx, pipe, learned)
		return nil
	})
	for _, cmd := range []*redis.Cmd{m.info, m.clients, m.channels, m.user, m.permit} {
		if cmd != nil {
			if reply := replyOf(cmd.Err()); reply.broken != nil {
				return reply.broken
			}
		}
	}
	learned.info = readInfo(m.info)
	learned.clients = readClients(m.clients, a.request)
	learned.channels = readCount(m.channels)
	learned.permit = readPermit(m.permit)
	learned.rights.consult(m.user, a.request.layer())
	return nil
}

func (a *attempt) askRest(ctx context.Context, pipe redis.Pipeliner, learned *survey) more {
	var m more
	rights, layer := &learned.rights, a.request.layer()
	if rights.may("info") {
		m.info = pipe.Do(ctx, "INFO")
	}
	if layer.isPubSub() && rights.may("pubsub") {
		m.channels = pipe.Do(ctx, "PUBSUB", "CHANNELS", globEscape(layer.Options.Prefix)+"*")
	}
	// Which client library a connection uses is shown since Redis 7.2.
	if (learned.hello.showsLibraries() || !learned.hello.seen) && rights.granted("client") {
		m.clients = pipe.Do(ctx, "CLIENT", "LIST", "TYPE", clientType(layer))
	}
	if rights.wantsUser(learned.hello) {
		m.user = pipe.Do(ctx, "ACL", "GETUSER", a.username())
	}
	// The last one: a refusal that says READONLY makes go-redis close the
	// connection.
	if rights.checked && !layer.isPubSub() {
		m.permit = pipe.Do(ctx, evaluation(permitScript, nil)...)
	}
	return m
}

func clientType(layer Layer) string {
	if layer.isPubSub() {
		return "pubsub"
	}
	return "normal"
}

// username is the ACL user that the connection is logged in as.
func (a *attempt) username() string {
	if username := a.request.Connection.Username; !username.IsEmpty() {
		return username.Reveal()
	}
	return defaultUser
}

const defaultUser = "default"

// evaluation is an EVAL without keys. Scripts are constants and what differs
// are arguments, so that a server caches each of them once.
func evaluation(script string, arguments []string) []any {
	command := []any{"EVAL", script, "0"}
	for _, argument := range arguments {
		command = append(command, argument)
	}
	return command
}

// globEscape writes text as a pattern of Redis that matches it alone.
func globEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(text)
}

// readCount is the length of an array, -1 if there is none.
func readCount(cmd *redis.Cmd) int64 {
	if cmd == nil || cmd.Err() != nil {
		return -1
	}
	values, ok := cmd.Val().([]any)
	if !ok {
		return -1
	}
	return int64(len(values))
}

// permitScript does nothing, but by its first line declares that it may write:
// Redis 7 and later then say whether they would take a write now, as they would
// to the layer's own scripts, without there being one. Earlier ones do not know
// the line.
const permitScript = "#!lua\nreturn 1"

// permit is whether the server would take a write of this layer now.
type permit int

const (
	permitUnknown permit = iota
	permitGiven
	permitReadOnly
	permitMemory
	permitDisk
	permitReplicas
)

func readPermit(cmd *redis.Cmd) permit {
	if cmd == nil {
		return permitUnknown
	}
	refusal := replyOf(cmd.Err()).refusal
	for prefix, kind := range map[string]permit{
		"READONLY": permitReadOnly, "OOM": permitMemory, "MISCONF": permitDisk, "NOREPLICAS": permitReplicas,
	} {
		if strings.HasPrefix(refusal, prefix) {
			return kind
		}
	}
	if cmd.Err() == nil {
		return permitGiven
	}
	return permitUnknown
}

// serverProblems are what is wrong, or worth knowing, with the server itself.
// The first kind makes the others meaningless: what a wrong server refuses is
// told once.
func (a *attempt) serverProblems(learned *survey) []*problem {
	problems := a.kindProblems(learned)
	if len(problems) == 0 && a.request.layer().isCore() {
		problems = append(a.memoryProblems(learned), a.writeProblems(learned)...)
	}
	problems = append(problems, a.commandProblems(learned)...)
	return append(problems, a.clientsNearlyFull(learned), a.restarted(learned), a.socketTimeout(learned))
}

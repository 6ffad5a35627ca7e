package redisprobe

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// answers are the replies to the login, in the order of the commands. Those of
// commands that were not sent count as accepted.
type answers struct {
	hello, auth, choose reply
	// ping is what answered last: PING, or what takes its place.
	ping reply
	// asked are the further questions of a check that looks.
	asked asked
	// helloTook is the first round trip, restTook the second.
	helloTook, restTook time.Duration
}

// credentials are the arguments of the AUTH that redis-py would send, nil for
// none (connection.py, on_connect, with UsernamePasswordCredentialProvider): a
// user without a password logs in with an empty one.
func (a *attempt) credentials() []any {
	username, password := a.request.Connection.Username, a.request.Connection.Password
	switch {
	case !username.IsEmpty():
		return []any{"AUTH", username.Reveal(), password.Reveal()}
	case !password.IsEmpty():
		return []any{"AUTH", password.Reveal()}
	default:
		return nil
	}
}

// talk logs in, selects the database and pings, in two round trips: HELLO, and
// the rest in one pipeline.
func (a *attempt) talk(ctx context.Context) {
	s := open(a.plain, a.address(), a.request.timeout())
	defer s.close()
	credentials := a.credentials()
	said := a.login(ctx, s, credentials)
	if isWrongArity(said.auth) {
		// A server before ACLs knows AUTH with a password only, and redis-py
		// falls back to that (on_connect, AuthenticationWrongNumberOfArgsError).
		credentials = []any{"AUTH", a.request.Connection.Password.Reveal()}
		said = a.login(ctx, s, credentials)
	}
	if said.auth.accepted() {
		a.accepted = credentials
	}
	a.judge(ctx, s, said)
}

// login runs the pipeline; on a fresh session go-redis sends HELLO before it.
func (a *attempt) login(ctx context.Context, s *session, credentials []any) answers {
	var auth, choose, ping *redis.Cmd
	var asked asked
	started := time.Now()
	_, _ = s.conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		if credentials != nil {
			auth = pipe.Do(ctx, credentials...)
		}
		if db := a.request.Connection.DB; db != nil && db.Sign() != 0 {
			choose = pipe.Do(ctx, "SELECT", db.String())
		}
		if a.request.looks() {
			asked = a.askFirst(ctx, pipe)
			ping = asked.rights
			return nil
		}
		ping = pipe.Do(ctx, "PING")
		return nil
	})
	if !s.hello.seen {
		s.hello.err = ping.Err()
	}
	said := answers{
		hello:     replyOf(s.hello.err),
		ping:      replyOf(ping.Err()),
		asked:     asked,
		helloTook: s.hello.took,
		restTook:  time.Since(started) - s.hello.took,
	}
	if auth != nil {
		said.auth = replyOf(auth.Err())
	}
	if choose != nil {
		said.choose = replyOf(choose.Err())
	}
	return said
}

// judge turns the replies into stages and a problem.
func (a *attempt) judge(ctx context.Context, s *session, said answers) {
	p := a.judgeAuth(ctx, said)
	a.record(StageAuth, p, said.helloTook)
	if p != nil {
		return
	}
	if a.request.looks() {
		if p = a.wrongKind(said); p != nil {
			a.record(StageServer, p, said.restTook)
			return
		}
	}
	if a.selects() {
		p = a.judgeSelect(ctx, said.choose)
		a.record(StageSelect, p, 0)
		if p != nil {
			return
		}
	}
	if a.request.looks() {
		a.note(a.open(said))
		with := a.invite(ctx)
		defer with.leave()
		a.survey(ctx, s, said)
		a.roundTrip(ctx, s, with)
		a.lendOut(ctx, s)
		return
	}
	a.record(StagePing, a.judgePing(ctx, said.ping), said.restTook)
	a.lendOut(ctx, s)
}

func (a *attempt) selects() bool {
	db := a.request.Connection.DB
	return db != nil && db.Sign() != 0
}

// salvageWithin is how long to listen for the reason of a hang-up.
const salvageWithin = 100 * time.Millisecond

// unanswered says why there was no reply.
func (a *attempt) unanswered(ctx context.Context, err error) *problem {
	timedOut := ctx.Err() != nil || isTimeout(err)
	if !timedOut && !a.plain.answered() {
		// The write may have failed before the reason was read.
		if later := a.plain.salvage(salvageWithin); later != nil && !isTimeout(later) {
			err = later
		}
	}
	greeting := a.plain.greeting()
	switch spoken := recognise(greeting); {
	case errors.Is(err, transport.ErrReplyTooLarge) && (spoken == speaksRESP || spoken == speaksErrorReply):
		return a.oversized()
	case spoken == speaksErrorReply && !a.greeted && a.turnedAway(string(greeting[1:])):
		return a.judgeRefusal(StageAuth, string(greeting[1:]))
	case spoken == speaksTLS:
		return a.tlsRequired()
	case spoken == speaksRESP || spoken == speaksErrorReply || spoken == speaksNothing:
		return a.brokenOff(ctx, err, spoken, timedOut)
	default:
		return a.notRedis(spoken)
	}
}

// turnedAway reports an error reply that says by itself why nothing followed it.
// That HELLO needs a password is said to everybody: it explains nothing to who
// has one to send.
func (a *attempt) turnedAway(text string) bool {
	switch kindOf(text) {
	case refusalOther:
		return false
	case refusalNoAuth:
		return a.credentials() == nil
	default:
		return true
	}
}

// brokenOff is silence or a hang-up, of something that may be a Redis.
func (a *attempt) brokenOff(ctx context.Context, err error, spoken protocol, timedOut bool) *problem {
	switch {
	case timedOut:
		return a.unheard(spoken, (*attempt).silent)
	case isRemoteAlert(err):
		return a.refusedByAlert(err)
	case isHangUp(err):
		if spoken == speaksNothing && a.plain == a.raw && a.speaksTLS(ctx) {
			return a.tlsRequired()
		}
		return a.unheard(spoken, (*attempt).closed)
	default:
		return a.notRedis(spoken)
	}
}

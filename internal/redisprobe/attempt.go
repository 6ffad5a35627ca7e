package redisprobe

import (
	"context"
	"crypto/tls"
	"sync"
	"sync/atomic"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// result is how one attempt went, before it is told to anybody: the report's
// setting and hints differ between the callers that share it.
type result struct {
	problem  *problem   // what stopped it, nil if nothing did
	notes    []*problem // what was seen on the way and does not stop the check
	server   *Server    // what the server said of itself, nil if it was not asked
	stages   []Stage
	answered bool
	attempts int
	duration time.Duration
	waited   time.Duration // all attempts together

	roundTrip *RoundTrip // nil if it was not reached

	// by is what led to the server, nil for a host that was given.
	by *found

	// death is what others may take of it, nil where somebody answered.
	death *death

	// lost says that the way to the server broke off.
	lost bool

	// ended says that the context of the attempt was canceled.
	ended bool
}

// attempt is one run up the ladder.
type attempt struct {
	network Network
	request Request
	log     Log
	result  result
	heard   *pulse // told when the other end sends something, nil if nobody asks
	raw     *wire  // TCP or Unix
	plain   *wire  // what RESP is spoken over: raw, or TLS over raw
	greeted bool   // HELLO had a reply
	dialed  string // the address of the connection, "" for a Unix socket
	// accepted are the arguments of the AUTH that was accepted, nil if none was
	// sent.
	accepted []any
	// last is what is said before the context cuts the connection.
	last atomic.Pointer[lastWords]
	// rightsKnown: what this user may do was learned before a round trip.
	rightsKnown bool
	// by is what led to the server, nil for a host that was given.
	by *found
	// standby: the server is a replica, and looked at as what may become master.
	standby bool
	// lend is what is done with the connection in the end, nil for nothing.
	lend Use
	// hanging is held while the connection is hung up.
	hanging sync.Mutex
}

// run makes one attempt within the request's timeout. It opens one connection;
// a second one only to tell a TLS port from a server that hangs up, without
// ever sending a secret over it; and two more for a round trip. It leaves
// nothing open behind it.
func run(ctx context.Context, network Network, log Log, request Request, heard *pulse) result {
	return runAndLend(ctx, &attempt{network: network, request: request, log: log, heard: heard})
}

// runAndLend is run that lends the connection in the end, if that is asked for.
func runAndLend(ctx context.Context, a *attempt) result {
	started := time.Now()
	log, request := a.log, a.request
	timed, cancel := context.WithTimeout(ctx, request.timeout())
	defer cancel()
	if bug := crash.Guard(func() { a.climb(timed) }); bug != nil {
		a.result.problem, a.result.death = crashed(ctx, log, bug), nil
	}
	a.blameWay()
	if bug := crash.Guard(a.close); bug != nil {
		a.result.problem, a.result.death = crashed(ctx, log, bug), nil
	}
	a.result.attempts = 1
	a.result.duration = time.Since(started)
	a.result.ended = ctx.Err() != nil
	return a.result
}

// crashed keeps a defect of the check from ending the process. The value of a
// panic may hold anything, so that only its type and the stack are logged.
func crashed(ctx context.Context, log Log, bug *crash.Report) *problem {
	log.write(ctx, "the check of a Redis crashed", map[string]any{"panic_type": bug.Kind, "stack": bug.Stack})
	return crashedProblem()
}

// safely is do for a goroutine of its own: a defect of it is logged and ends
// nothing.
func (a *attempt) safely(ctx context.Context, do func()) func() {
	return func() {
		if bug := crash.Guard(do); bug != nil {
			_ = crashed(ctx, a.log, bug)
		}
	}
}

func (a *attempt) climb(ctx context.Context) {
	if a.request.Sentinel != nil {
		a.climbBySentinel(ctx)
		return
	}
	a.up(ctx, a.talk)
}

// up connects and then talks.
func (a *attempt) up(ctx context.Context, talk func(context.Context)) {
	connection := a.request.Connection
	switch connection.Transport {
	case redisurl.Unix:
		if !a.stage(StageConnect, func() *problem { return a.connectUnix(ctx) }) {
			return
		}
	default:
		if p := checkPort(connection); p != nil {
			a.result.problem = p
			return
		}
		var addresses []string
		if !a.stage(StageResolve, func() (p *problem) { addresses, p = a.resolve(ctx); return p }) ||
			!a.stage(StageConnect, func() *problem { return a.connect(ctx, addresses) }) {
			return
		}
	}
	// Nothing that blocks on the connection outlives the context.
	stop := context.AfterFunc(ctx, a.safely(ctx, a.hangUp))
	defer stop()
	a.plain = a.raw
	if connection.Transport == redisurl.TLS {
		if !a.stage(StageTLS, func() *problem { return a.secure(ctx) }) {
			return
		}
	}
	talk(ctx)
}

// stage runs one step, times it, and reports whether to go on.
func (a *attempt) stage(name StageName, step func() *problem) bool {
	started := time.Now()
	p := step()
	a.record(name, p, time.Since(started))
	return p == nil
}

func (a *attempt) record(name StageName, p *problem, took time.Duration) {
	status := finding.Passed
	if p != nil {
		status = finding.Failed
		if p.undetermined {
			status = finding.Undetermined
		}
		a.result.problem = p
	}
	a.result.stages = append(a.result.stages, Stage{Name: name, Status: status, Duration: took})
}

// note keeps what does not stop the check; nil is nothing to note.
func (a *attempt) note(problems ...*problem) {
	for _, p := range problems {
		if p != nil {
			a.result.notes = append(a.result.notes, p)
		}
	}
}

func (a *attempt) close() {
	if a.raw == nil {
		return
	}
	a.result.answered = a.result.answered || a.raw.answered()
	if a.plain != nil && a.plain != a.raw {
		if secured, ok := a.plain.Conn.(*tls.Conn); ok {
			// A polite end, that does not wait for a peer that is not there.
			_ = secured.SetDeadline(time.Now().Add(farewell))
			_ = secured.Close()
		}
	}
	_ = a.raw.Close()
}

// farewell is how long saying goodbye may take.
const farewell = 50 * time.Millisecond

func checkPort(connection redisurl.Connection) *problem {
	port := connection.Port
	if port == nil || (port.Sign() >= 0 && port.BitLen() <= 16) {
		return nil
	}
	return wrong(docPortOutOfRange,
		"Port "+shortNumber(port)+" does not exist: ports end at 65535.",
		"With an address redis-py raises ConnectionError (an OverflowError below it: port must be 0-65535); "+
			"with a name, Linux either finds no such service or takes the remainder by 65536, which is another port.")
}

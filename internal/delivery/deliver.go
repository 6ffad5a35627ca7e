package delivery

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// Report is what a delivery found. It holds no secret.
type Report struct {
	// Outcome is Passed only if the message came out. Undetermined is what the
	// place or the moment may explain.
	Outcome finding.Outcome
	// Redis and WebSocket are what was found at either end.
	Redis     redisprobe.Report
	WebSocket wsprobe.Report
	// Took is from the message's way into Redis to its arrival.
	Took time.Duration
	// Transient says that time alone may heal what was found.
	Transient bool
	// Canceled says that the caller's context ended before there was a result.
	Canceled bool
	// Attempts is how often it was tried, Waited how long in all.
	Attempts int
	Waited   time.Duration
}

// Delivered reports whether the message came out of the WebSocket.
func (r Report) Delivered() bool { return r.Outcome.Status == finding.Passed && r.WebSocket.Replied }

// Courier delivers. The zero value lacks a Prober.
type Courier struct {
	Prober *redisprobe.Prober
	// Network is the way to the WebSocket.
	Network netprobe.Network
	Log     wsprobe.Log
}

// reserve is what is left of an attempt's time to look where a message is that
// has not come out.
func reserve(timeout time.Duration) time.Duration { return min(timeout/5, 500*time.Millisecond) }

// Deliver makes one attempt, within the request's timeout.
func (c Courier) Deliver(ctx context.Context, request Request) Report {
	a := &attempt{courier: c, request: request, deadline: time.Now().Add(request.timeout())}
	a.borrow(ctx, request.needed(), nil)
	a.report.Attempts = 1
	a.report.Canceled = ctx.Err() != nil
	switch {
	case a.report.Canceled:
		a.report.Outcome = finding.Unknown()
	case !a.begun:
		a.report.Outcome, a.report.Transient = a.report.Redis.Outcome, a.report.Redis.Transient
		if a.report.Outcome.Status == finding.Passed {
			a.report.Outcome.Status = finding.Undetermined
		}
	default:
		a.conclude()
	}
	return a.report
}

// attempt is one delivery.
type attempt struct {
	courier  Courier
	request  Request
	deadline time.Time
	report   Report
	begun    bool // Redis was ready
	problem  *problem
}

// conclude says what came of an attempt that got past Redis.
func (a *attempt) conclude() {
	outcome := a.report.WebSocket.Outcome
	a.report.Transient = a.report.WebSocket.Transient
	if a.problem != nil {
		// What the WebSocket did not say is explained better.
		outcome.Findings = append([]finding.Finding{a.problem.finding()}, slices.DeleteFunc(slices.Clone(outcome.Findings), func(f finding.Finding) bool {
			return f.Severity > finding.Info
		})...)
		outcome.Status = finding.Failed
		if a.problem.undetermined {
			outcome.Status = finding.Undetermined
		}
		a.report.Transient = a.problem.transient
	}
	if outcome.Status == finding.Passed && !a.report.WebSocket.Replied {
		outcome.Status = finding.Undetermined
	}
	a.report.Outcome = outcome
}

// borrow borrows the connections to the hosts, and carries when it has them all.
// The report is that of the first that is not ready, else of the last.
func (a *attempt) borrow(ctx context.Context, hosts []int, got shards) {
	redis := a.request.host(hosts[0])
	redis.Depth, redis.Timeout = redisprobe.DepthCapabilities, max(time.Until(a.deadline), time.Millisecond)
	ready := false
	report := a.courier.Prober.Lend(ctx, redis, func(ctx context.Context, conn channellayer.Conn, leaving redisprobe.Leaving) {
		ready = true
		more := got.with(hosts[0], lent{conn, leaving})
		if len(hosts) > 1 {
			a.borrow(ctx, hosts[1:], more)
			return
		}
		a.carry(ctx, more)
	})
	if !ready || len(hosts) == 1 {
		a.report.Redis = report
	}
}

// carry is what is done over the connections to Redis.
func (a *attempt) carry(ctx context.Context, over shards) {
	a.begun = true
	way, err := a.request.way(over)
	if err == nil {
		err = way.before(ctx)
	}
	if err != nil {
		a.problem = a.failed(err)
		return
	}
	opening := a.request.WebSocket
	opening.Expect = nil
	opening.Timeout = time.Until(a.deadline) - reserve(a.request.timeout())
	socket := wsprobe.Begin(ctx, a.courier.Network, a.courier.Log, opening)
	defer func() { a.report.WebSocket = socket.End() }()
	if socket.IsOpen() {
		a.problem = a.deliver(ctx, way, socket)
	}
}

// unlessClosed is the problem of a WebSocket whose consumer is in no group. One
// that the app closed by itself has left the group, or never joined it: how it
// was closed says more.
func (a *attempt) unlessClosed(socket *wsprobe.Session, p *problem) *problem {
	if !socket.StaysOpen() {
		return nil
	}
	return p
}

// graceful is how long a consumer may take to join its group behind accept().
const graceful = time.Second

// deliver puts the message in and waits for it to come out.
func (a *attempt) deliver(ctx context.Context, way way, socket *wsprobe.Session) *problem {
	who, err := a.awaitMember(ctx, way)
	if err != nil {
		return a.failed(err)
	}
	if who == nobody {
		return a.unlessClosed(socket, a.noMembers())
	}
	token := newToken()
	started := time.Now()
	what, err := a.put(ctx, way, token)
	switch {
	case err != nil:
		return a.failed(err)
	case what == full:
		return a.full()
	case what == noReceiver && a.request.Channel != "":
		return a.nobodyListens()
	case what == noReceiver:
		return a.unlessClosed(socket, a.noMembers())
	}
	arrived := socket.Await(wsprobe.Expectation{Text: secret.New(token)})
	a.report.Took = time.Since(started)
	left, err := way.tidy(ctx)
	switch {
	case arrived:
		return nil
	case isGoingDown(socket.CloseCode()):
		return nil // The WebSocket says so itself: the message has nothing to do with it.
	case socket.CloseCode() != 0:
		return a.consumerClosed(socket.CloseCode())
	case err != nil:
		return a.failed(err)
	case left && a.request.Channel != "":
		return a.nobodyListens()
	case left:
		return a.notTaken()
	case who == others:
		return a.notJoined()
	default:
		return a.notPassedOn()
	}
}

// isGoingDown reports the codes of servers that stop, or have too much to do.
func isGoingDown(code int) bool { return code == 1001 || code >= 1012 && code <= 1014 }

// awaitMember waits until the consumer of the WebSocket is in the group, for a
// moment: it may join behind accept().
func (a *attempt) awaitMember(ctx context.Context, way way) (joining, error) {
	until := time.Now().Add(graceful)
	for {
		who, err := way.look(ctx)
		if err != nil || who == joined || who == unclear || !pause(ctx, until) {
			return who, err
		}
	}
}

// put puts the message in. To a pub/sub layer it is put again, for a moment, as
// long as nobody receives it: nothing else says who is in a group.
func (a *attempt) put(ctx context.Context, way way, token string) (putting, error) {
	until := time.Now().Add(graceful)
	for {
		what, err := way.put(ctx, a.request.filled(token))
		if err != nil || what != noReceiver || !pause(ctx, until) {
			return what, err
		}
	}
}

// pause reports whether there is time for another look.
func pause(ctx context.Context, until time.Time) bool {
	const step = 50 * time.Millisecond
	if time.Until(until) < step {
		return false
	}
	timer := time.NewTimer(step)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// failed is an error of the connection to Redis, or a refusal.
func (a *attempt) failed(err error) *problem {
	var refused *channellayer.ReplyError
	var option *channellayer.OptionError
	var message *channellayer.MessageError
	switch {
	case errors.As(err, &refused):
		return a.refused(refused.Code())
	case errors.As(err, &option), errors.As(err, &message):
		return a.impossible(err)
	default:
		return a.interrupted()
	}
}

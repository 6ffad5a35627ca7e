package redisprobe

import (
	"context"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// Prober checks connections and remembers, so that equal ones are checked once
// in its life, which is one walk of Terraform. It is safe for concurrent use
// and has nothing to close.
type Prober struct {
	keys    keyring
	network Network
	log     Log
	attempt func(context.Context, Request, *pulse) result
	looks   board
	proofs  board
	// seen are the addresses that did not answer a look, vain those that were
	// waited for in vain.
	seen, vain deaths
}

// runAgain makes an attempt, and in the time that is left another one if the way
// to the server broke off under the first.
func (p *Prober) runAgain(ctx context.Context, request Request, heard *pulse) result {
	started := time.Now()
	r := run(ctx, p.network, p.log, request, heard)
	left := request.timeout() - time.Since(started)
	if !r.lost || r.ended || left < lastChance {
		return r
	}
	request.Timeout = left
	return run(ctx, p.network, p.log, request, heard)
}

// Option changes a [Prober].
type Option func(*Prober)

// WithNetwork sets the way to the servers; the default is this machine's own.
func WithNetwork(network Network) Option { return func(p *Prober) { p.network = network } }

// WithLog sets who takes what helps to debug the check; the default drops it.
func WithLog(log Log) Option { return func(p *Prober) { p.log = log } }

// New makes a Prober that remembers nothing yet.
func New(options ...Option) *Prober {
	p := &Prober{
		keys: newKeyring(), network: SystemNetwork{},
		looks: newBoard(), proofs: newBoard(), seen: newDeaths(), vain: newDeaths(),
	}
	p.attempt = func(ctx context.Context, request Request, heard *pulse) result {
		return p.runAgain(ctx, request, heard)
	}
	for _, option := range options {
		option(p)
	}
	return p
}

// Look checks a connection, or waits for a check of it that is under way, or
// returns what an earlier one found, failures included. That an address does
// not answer is shared with other connections to it as well. It takes no longer
// than the request's timeout and returns at once when ctx ends, with
// Report.Canceled; the check goes on for as long as anybody waits for it.
func (p *Prober) Look(ctx context.Context, request Request) Report {
	anyOf := func(*death) bool { return true }
	return p.tell(ctx, p.looks.share(ctx, p.keys.of(request), true, p.once(request, anyOf), nil), request)
}

// Join is Look for those who want the present state: it joins a check that is
// under way, but takes no earlier result, and leaves none for others. Only that
// an address does not answer is taken, if finding it out costs time and it was
// found out within the last second.
func (p *Prober) Join(ctx context.Context, request Request) Report {
	present := func(d *death) bool {
		return (d.slow(request.timeout()) || d.answered()) && time.Since(d.at) <= fresh
	}
	return p.tell(ctx, p.looks.share(ctx, p.keys.of(request), false, p.once(request, present), nil), request)
}

func (p *Prober) once(request Request, take func(*death) bool) work {
	return p.guarded(func(ctx context.Context, _ func(result)) result {
		return p.try(ctx, p.seen, p.keys.site(request), request, take, func(ctx context.Context, heard *pulse) result {
			return p.attempt(ctx, request, heard)
		})
	})
}

// tell is the report of a result. A defect in making it is one of the check.
func (p *Prober) tell(ctx context.Context, r result, request Request) (report Report) {
	if bug := crash.Guard(func() { report = r.report(request) }); bug != nil {
		return Report{
			Outcome:  finding.Unknown(crashed(ctx, p.log, bug).finding()),
			Address:  "(an address that is not shown)",
			Attempts: r.attempts,
			Duration: r.duration,
		}
	}
	if way, ok := p.network.(netprobe.Way); ok {
		report.Over = way.Name()
	}
	return report
}

// guarded keeps a defect in a goroutine of its own from ending the process.
func (p *Prober) guarded(do work) work {
	return func(ctx context.Context, progress func(result)) (r result) {
		if bug := crash.Guard(func() { r = do(ctx, progress) }); bug != nil {
			return result{problem: crashed(ctx, p.log, bug), attempts: 1}
		}
		return r
	}
}

// Prove checks a connection until it is ready, for no longer than wait (and one
// attempt, if wait is shorter), as long as time may heal what is wrong: a name
// that does not resolve yet, a server that is silent or still loading. It takes
// no result of Look. What it proved, or waited for in vain, is shared by later
// calls for an equal connection with the same wait, so that many layers on one
// address cost one wait. An address that did not answer is asked once more by
// those who come later than that is fresh, or than the wait if it costs time.
//
// onWait, which may be nil, is called with each attempt that is followed by
// another one, in the caller's goroutine.
func (p *Prober) Prove(ctx context.Context, request Request, wait time.Duration, onWait func(Report)) Report {
	var each func(result)
	if onWait != nil {
		each = func(r result) { onWait(p.tell(ctx, r, request)) }
	}
	site := p.keys.site(request, wait.String())
	// A Redis may have come up since, as what the later one depends on: what was
	// waited for in vain is believed only as long as asking again would cost more.
	believe := func(d *death) bool {
		age := time.Since(d.at)
		return age <= fresh || d.slow(request.timeout()) && age <= wait
	}
	insist := p.guarded(func(ctx context.Context, progress func(result)) result {
		again := p.vain.last(site, p.keys.way(request)) != nil
		return p.try(ctx, p.vain, site, request, believe, func(ctx context.Context, heard *pulse) result {
			if again {
				if r := p.attempt(ctx, request, heard); r.ended || r.death != nil || !r.heals() {
					return r
				}
			}
			return p.insist(ctx, request, wait, heard, progress)
		})
	})
	return p.tell(ctx, p.proofs.share(ctx, p.keys.of(request, "prove", wait.String()), true, insist, each), request)
}

// Pauses between the attempts of a proof: the first, and the longest.
const (
	firstPause   = 250 * time.Millisecond
	longestPause = 2 * time.Second
	// lastChance is the least time that another attempt is worth.
	lastChance = 500 * time.Millisecond
)

// insist tries until it works, or time cannot heal it, or time is up.
func (p *Prober) insist(ctx context.Context, request Request, wait time.Duration, heard *pulse, progress func(result)) result {
	started := time.Now()
	deadline := started.Add(wait)
	pause := firstPause
	full := request.timeout()
	var before *result
	for n := 1; ; n++ {
		heard.felt.Store(false)
		r := p.attempt(ctx, request, heard)
		r.attempts, r.waited = n, time.Since(started)
		if before != nil && request.timeout() < full && r.heals() {
			// This attempt was cut short: what it did not see in time, the one
			// before may have.
			before.attempts, before.waited, before.ended = r.attempts, r.waited, r.ended
			r = *before
		}
		left := time.Until(deadline)
		if r.ended || !r.heals() || left <= lastChance {
			return r
		}
		progress(r)
		if !sleep(ctx, min(pause, left-lastChance)) {
			r.ended = true
			return r
		}
		pause = min(2*pause, longestPause)
		request.Timeout = min(full, time.Until(deadline))
		before = &r
	}
}

// sleep reports whether the pause was over before the context was.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// work is what a flight does; it calls progress with what it found so far.
type work func(ctx context.Context, progress func(result)) result

// board holds the flights that are under way and the results worth keeping.
type board struct {
	mu      *sync.Mutex
	flights map[key]*flight
	results map[key]result
}

func newBoard() board {
	return board{mu: new(sync.Mutex), flights: map[key]*flight{}, results: map[key]result{}}
}

// flight is work under way and those who wait for it. Its fields are guarded
// by the board's mutex.
type flight struct {
	cancel  context.CancelFunc
	waiters int
	keep    bool // somebody wants the result kept
	latest  result
	changed chan struct{} // closed, and replaced, when latest changes
	done    chan struct{} // closed when latest is final
}

// share returns a kept result, or the result of the flight under way, or of
// one that it starts. A flight ends early when nobody waits for it any more.
func (b board) share(ctx context.Context, k key, keep bool, do work, each func(result)) result {
	if ctx.Err() != nil {
		return result{ended: true}
	}
	b.mu.Lock()
	if kept, ok := b.results[k]; ok && keep {
		b.mu.Unlock()
		return kept
	}
	f, ok := b.flights[k]
	if !ok {
		f = b.start(ctx, k, do)
	}
	f.waiters++
	f.keep = f.keep || keep
	b.mu.Unlock()
	return b.await(ctx, k, f, each)
}

// start begins a flight. It keeps the values of the first caller's context,
// where loggers live, and not its end.
func (b board) start(ctx context.Context, k key, do work) *flight {
	flying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, changed: make(chan struct{}), done: make(chan struct{})}
	b.flights[k] = f
	go func() {
		defer cancel()
		r := do(flying, func(r result) { b.progress(f, r) })
		b.mu.Lock()
		defer b.mu.Unlock()
		f.latest = r
		if b.flights[k] == f {
			delete(b.flights, k)
			// Deaths are kept by address, and not for ever.
			if f.keep && !r.ended && r.death == nil {
				b.results[k] = r
			}
		}
		close(f.done)
	}()
	return f
}

func (b board) progress(f *flight, r result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.latest = r
	close(f.changed)
	f.changed = make(chan struct{})
}

// await waits for the end of a flight, and leaves it when the context ends.
func (b board) await(ctx context.Context, k key, f *flight, each func(result)) result {
	b.mu.Lock()
	changed := f.changed
	b.mu.Unlock()
	for {
		select {
		case <-f.done:
			b.mu.Lock()
			defer b.mu.Unlock()
			return f.latest
		case <-ctx.Done():
			b.leave(k, f)
			return result{ended: true}
		case <-changed:
			b.mu.Lock()
			r := f.latest
			changed = f.changed
			b.mu.Unlock()
			if each != nil {
				each(r)
			}
		}
	}
}

// leave ends a flight that nobody waits for any more, and makes room for
// another one at once.
func (b board) leave(k key, f *flight) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	if b.flights[k] == f {
		delete(b.flights, k)
	}
}

package redisprobe

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// told is what one Sentinel answered.
type told struct {
	// address is the Sentinel's, for people, and distant that it is on another
	// machine than the one that asks.
	address string
	distant bool
	// problem is why it did not tell its masters, nil if it did.
	problem *problem
	// stops: redis-py raises an exception over it that ends the discovery, and
	// asks no other Sentinel.
	stops bool
	// noted is what was seen on the way.
	noted []*problem
	// names are the masters that it watches, and state is ours among them, nil
	// where it is none.
	names []string
	state instance
	// replicas are those of the master, nil where it did not say.
	replicas []instance
	// noQuorum: it says that too few Sentinels are left to agree on a failover.
	noQuorum bool
	// said is closed when all this is known.
	said chan struct{}
}

// serves reports a Sentinel that names a master that redis-py would take.
func (t *told) serves() bool { return t.problem == nil && t.state != nil && t.state.serves() }

// inquiry are all Sentinels being asked side by side.
type inquiry struct {
	answers []*told
	all     sync.WaitGroup
	cancel  context.CancelFunc
}

// end waits for those that still ask, which then give up.
func (q *inquiry) end() {
	q.cancel()
	q.all.Wait()
}

// inquire begins to ask all Sentinels, each on one connection. redis-py asks
// one after the other until one names a master; the others matter to the app
// when that one is gone. They have half of the time, so that one that is silent
// leaves enough for the master.
func (a *attempt) inquire(ctx context.Context) *inquiry {
	q := &inquiry{}
	ctx, q.cancel = context.WithTimeout(ctx, halfOf(ctx))
	name := a.request.Sentinel.MasterName
	for _, c := range a.request.Sentinel.Sentinels {
		b := &attempt{network: a.network, request: a.request.toSentinel(c), log: a.log, heard: a.heard}
		t := &told{address: b.address(), distant: c.Transport != redisurl.Unix && !isLoopback(c.Host), said: make(chan struct{})}
		q.answers = append(q.answers, t)
		q.all.Go(func() {
			defer close(t.said)
			t.problem = b.apart(ctx, func() { b.ask(ctx, name, t) })
			t.noted = b.result.notes
		})
	}
	return q
}

// apart does something in a goroutine of its own, hangs up, and returns what
// stopped it.
func (a *attempt) apart(ctx context.Context, do func()) *problem {
	bug := a.guarded(ctx, func() *problem { do(); return nil })
	if closing := a.guarded(ctx, func() *problem { a.close(); return nil }); bug == nil {
		bug = closing
	}
	if bug != nil {
		return bug
	}
	return a.result.problem
}

// halfOf is half of the time that is left.
func halfOf(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return DefaultTimeout / 2
	}
	return time.Until(deadline) / 2
}

// ask connects to a Sentinel and asks it.
func (a *attempt) ask(ctx context.Context, name string, t *told) {
	a.up(ctx, func(ctx context.Context) {
		s := open(a.plain, a.address(), a.request.timeout())
		defer s.close()
		masters, p := a.askMasters(ctx, s, t)
		if p != nil {
			a.result.problem = p
			return
		}
		for _, master := range masters {
			t.names = append(t.names, master["name"])
			if master["name"] == name {
				t.state = master
			}
		}
		if t.state != nil && a.request.looks() {
			askAbout(ctx, s, name, t)
		}
	})
}

// askMasters logs in and sends what redis-py sends (asyncio/sentinel.py,
// Sentinel.discover_master).
func (a *attempt) askMasters(ctx context.Context, s *session, t *told) ([]instance, *problem) {
	var auth, masters *redis.Cmd
	_, _ = s.conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		if credentials := a.credentials(); credentials != nil {
			auth = pipe.Do(ctx, credentials...)
		}
		masters = pipe.Do(ctx, "SENTINEL", "MASTERS")
		return nil
	})
	if !s.hello.seen {
		s.hello.err = masters.Err()
	}
	said := answers{hello: replyOf(s.hello.err), ping: replyOf(masters.Err())}
	if auth != nil {
		said.auth = replyOf(auth.Err())
	}
	if p := a.judgeAuth(ctx, said); p != nil {
		// redis-py knows WRONGPASS, and that no password is set, since 4.4; before,
		// both are a ResponseError, which discover_master does not catch.
		t.stops = a.loginException() == "ResponseError" && !p.undetermined && p.doc.ID != docNoPasswordGiven.ID
		return nil, a.sentinelLogin(p)
	}
	switch {
	case said.ping.broken != nil:
		return nil, a.unanswered(ctx, said.ping.broken)
	case said.ping.accepted():
		return instances(masters.Val()), nil
	}
	p, stops := a.judgeMasters(said.ping.refusal)
	t.stops = stops
	return nil, p
}

// judgeMasters is the refusal of SENTINEL MASTERS. It stops redis-py where it
// becomes a ResponseError, and not a ConnectionError.
func (a *attempt) judgeMasters(refusal string) (_ *problem, stops bool) {
	switch kindOf(refusal) {
	case refusalUnknownCommand:
		return a.notASentinel(), true
	case refusalNoPermission:
		return a.sentinelNotPermitted(), true
	case refusalLoading, refusalTooManyClients:
		return a.judgeRefusal(StageSentinel, refusal), false
	default:
		return a.judgeRefusal(StageSentinel, refusal), true
	}
}

// askAbout asks what redis-py does not: who would follow the master, and
// whether the Sentinels could agree on it. What is refused is not known.
func askAbout(ctx context.Context, s *session, name string, t *told) {
	var replicas, quorum *redis.Cmd
	_, _ = s.conn.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		replicas = pipe.Do(ctx, "SENTINEL", "REPLICAS", name)
		quorum = pipe.Do(ctx, "SENTINEL", "CKQUORUM", name)
		return nil
	})
	if replicas.Err() == nil {
		t.replicas = append([]instance{}, instances(replicas.Val())...)
	}
	t.noQuorum = strings.HasPrefix(replyOf(quorum.Err()).refusal, "NOQUORUM")
}

package redisprobe

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// death is that an address does not answer: its name does not resolve, nothing
// accepts connections there, or not a byte came over one. Who asks makes no
// difference to it: whatever the credentials, the database and the depth, all
// that was done until then is the same.
type death struct {
	// tell makes the problem of it, as it is for an attempt.
	tell func(*attempt) *problem
	// of is the result of the attempt that saw it.
	of result
	// at is when that ended.
	at time.Time
	// everywhere: it is the way that leads nowhere, whatever is asked for.
	everywhere bool
}

// dead keeps what tell says for others that ask the same address, and says it.
func (a *attempt) dead(tell func(*attempt) *problem) *problem {
	if a.by != nil {
		tell = a.by.unreachable(tell)
	}
	p := tell(a)
	// What failed on this machine says nothing about the address.
	if p.doc.ID != docConnectFailed.ID {
		a.result.death = &death{tell: tell}
	}
	return p
}

// unheard is a connection that ended, or time that ran out, before a whole
// answer: a death where there was not a byte of it.
func (a *attempt) unheard(spoken protocol, tell func(_ *attempt, midway bool) *problem) *problem {
	if spoken != speaksNothing {
		return tell(a, true)
	}
	return a.dead(func(b *attempt) *problem { return tell(b, false) })
}

// retold is the result that the death is for another request.
func (d *death) retold(network Network, request Request) result {
	r := d.of
	r.problem = d.tell(&attempt{network: network, request: request})
	return r
}

// slow reports whether finding it out cost a good part of a time-out.
func (d *death) slow(timeout time.Duration) bool { return d.of.duration >= timeout/2 }

// answered reports a way that answered and leads nowhere, as one does that
// refuses the login: asked again and again, it turns this machine away.
func (d *death) answered() bool {
	return d.everywhere && d.of.problem != nil && !d.of.problem.undetermined
}

// fresh is how old what was seen of an address may be for those who want the
// present state.
const fresh = time.Second

// pulse says that the other end has sent something.
type pulse struct{ felt atomic.Bool }

// deaths are the addresses that do not answer.
type deaths struct {
	mu    *sync.Mutex
	sites map[key]*site
}

func newDeaths() deaths { return deaths{mu: new(sync.Mutex), sites: map[key]*site{}} }

// site is what is known of an address.
type site struct {
	// known is the last death, nil if there was none.
	known *death
	// next ends when another one becomes known.
	next context.Context //nolint:containedctx // it stands for an event that others wait for
	toll context.CancelFunc
}

func (d deaths) at(k key) site {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.sites[k]
	if !ok {
		p = &site{}
		p.next, p.toll = context.WithCancel(context.Background())
		d.sites[k] = p
	}
	return *p
}

func (d deaths) record(k key, known *death) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.sites[k]
	p.known = known
	p.toll()
	p.next, p.toll = context.WithCancel(context.Background())
}

// try does something unless the address is known to be dead in a way that is
// good enough for take. Others may try the same address at the same time: who
// first finds it dead tells the rest, and those that have not heard from it
// either stop there. Nobody waits for anybody, so that one who leaves disturbs
// no other, and an address that answers is never waited for.
func (p *Prober) try(ctx context.Context, d deaths, k key, request Request, take func(*death) bool,
	do func(context.Context, *pulse) result,
) result {
	way := p.keys.way(request)
	trying, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := &pulse{}
	for _, place := range []key{k, way} {
		here := d.at(place)
		if here.known != nil && take(here.known) {
			return here.known.retold(p.network, request)
		}
		stop := context.AfterFunc(here.next, func() {
			if !heard.felt.Load() {
				cancel()
			}
		})
		defer stop()
	}
	r := do(trying, heard)
	switch after := d.last(k, way); {
	case r.ended && ctx.Err() == nil && after != nil:
		return after.retold(p.network, request)
	case r.death != nil && !r.ended:
		known := *r.death
		known.of, known.at = r, time.Now()
		if known.everywhere {
			k = way
		}
		d.record(k, &known)
	}
	return r
}

// last is the death of those places that was seen last, nil if there was none.
func (d deaths) last(places ...key) *death {
	var last *death
	for _, place := range places {
		if known := d.at(place).known; known != nil && (last == nil || known.at.After(last.at)) {
			last = known
		}
	}
	return last
}

// way is the key of the way to all servers, for checks that may take as long.
func (k keyring) way(r Request) key {
	return k.of(Request{Timeout: r.Timeout}, "way")
}

// site is the key of what a request reaches before it says who it is: the
// address, how the connection to it is secured, and how long that may take.
func (k keyring) site(r Request, more ...string) key {
	return k.of(Request{Connection: placeOf(r.Connection), Sentinel: r.Sentinel.places(), TLS: r.TLS, Timeout: r.Timeout}, more...)
}

// placeOf is a connection without what is told to the other end.
func placeOf(c redisurl.Connection) redisurl.Connection {
	options := map[string]redisurl.Option{}
	for name, option := range c.Options {
		if c.Transport == redisurl.TLS && strings.HasPrefix(name, "ssl_") {
			options[name] = option
		}
	}
	return redisurl.Connection{Transport: c.Transport, Host: c.Host, Port: c.Port, Path: c.Path, Options: options}
}

package cli

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// gathered is what the servers said.
type gathered struct {
	reports        []redisprobe.Report // one for each request
	group, channel *Looked
}

// gather asks all servers side by side, and then for what was asked by name.
func (p Process) gather(ctx context.Context, plan plan) gathered {
	p.progress(plan)
	g := gathered{reports: make([]redisprobe.Report, len(plan.requests))}
	prober := redisprobe.New(redisprobe.WithNetwork(p.Network))
	var waiting sync.WaitGroup
	for i, request := range plan.requests {
		waiting.Go(func() { g.reports[i] = prober.Look(ctx, request) })
	}
	waiting.Wait()
	for _, l := range plan.looks(p.Now()) {
		found := p.look(ctx, plan, g.reports, l)
		if l.kind == channellayer.GroupName {
			g.group = &found
		} else {
			g.channel = &found
		}
	}
	p.progressed(plan)
	return g
}

func (p Process) look(ctx context.Context, plan plan, reports []redisprobe.Report, l look) Looked {
	switch {
	case plan.backend() == channelconfig.InMemory:
		return l.missed(unseenMemory)
	case l.shard >= len(reports) || len(l.commands) == 0 || !reached(reports[l.shard]):
		return l.missed(unseenNotReached)
	}
	request := reports[l.shard].Led(plan.requests[l.shard])
	ctx, cancel := context.WithTimeout(ctx, request.Timeout)
	defer cancel()
	conn, err := connect(ctx, p.Network, request, plan.line)
	if err != nil {
		return l.missed(unseenBroken)
	}
	defer func() { _ = conn.Close() }()
	replies, err := conn.Exchange(ctx, l.commands...)
	if err != nil {
		return l.missed(unseenBroken)
	}
	return l.answered(replies)
}

// reached reports whether the server let the probe in.
func reached(r redisprobe.Report) bool {
	return r.Ready || slices.ContainsFunc(r.Stages, func(stage redisprobe.Stage) bool {
		return stage.Name == redisprobe.StageRights || stage.Name == redisprobe.StageServer
	})
}

// progress tells a person what is being waited for, and progressed takes it
// away.
func (p Process) progress(plan plan) {
	if p.ErrTerminal && len(plan.requests) > 0 {
		_, _ = io.WriteString(p.Stderr, "Connecting, for at most "+plan.options.timeout.String()+" ...")
	}
}

func (p Process) progressed(plan plan) {
	if p.ErrTerminal && len(plan.requests) > 0 {
		_, _ = io.WriteString(p.Stderr, "\r\x1b[K")
	}
}

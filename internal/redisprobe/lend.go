package redisprobe

import (
	"context"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// Use is what somebody does over the connection of a check. It returns when the
// context ends.
type Use func(ctx context.Context, conn channellayer.Conn)

// Lend checks a connection as [Prober.Look] does, and nobody shares the result.
// If the server is ready it lends the connection, logged in and with its
// database chosen, before it ends: the request's timeout bounds both.
func (p *Prober) Lend(ctx context.Context, request Request, use Use) Report {
	if ctx.Err() != nil {
		return canceled(request.address())
	}
	return runAndLend(ctx, &attempt{network: p.network, request: request, log: p.log, lend: use}).report(request)
}

// lendOut lends the connection of an attempt that found nothing in the way.
func (a *attempt) lendOut(ctx context.Context, s *session) {
	if a.lend == nil || !a.result.ready() {
		return
	}
	a.lend(ctx, transport.Over(s.conn, transport.Watch(hangUp{a.plain, a})))
}

package redisprobe

import (
	"context"
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// Use is what somebody does over the connection of a check. It returns when the
// context ends. What it told leaving last is said before the connection is cut
// because of that, so that nothing is left behind; nobody waits for the replies.
type Use func(ctx context.Context, conn channellayer.Conn, leaving Leaving)

// Leaving takes the commands that are said when the context ends; none are for
// nothing to say. Their words are strings or bytes.
type Leaving func(commands ...channellayer.Command)

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
	leaving := func(commands ...channellayer.Command) {
		if len(commands) == 0 {
			a.last.Store(nil)
			return
		}
		var text []byte
		for _, command := range commands {
			words := make([]string, len(command))
			for i, word := range command {
				words[i] = fmt.Sprintf("%s", word)
			}
			text = append(text, respCommand(words...)...)
		}
		a.last.Store(&lastWords{conn: a.plain, text: text})
	}
	a.lend(ctx, transport.Over(s.conn, transport.Watch(hangUp{a.plain, a})), leaving)
	if ctx.Err() != nil {
		a.hangUp() // waits for one that is under way: the connection is needed for it
	}
	a.last.Store(nil)
}

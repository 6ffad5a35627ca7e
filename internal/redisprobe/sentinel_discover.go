package redisprobe

import (
	"context"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// climbBySentinel asks for the master, climbs to it as to any host, and then
// says what it learned of the Sentinels and of those that would follow.
func (a *attempt) climbBySentinel(ctx context.Context) {
	asked := a.inquire(ctx)
	defer asked.end()
	var by *told
	if !a.stage(StageSentinel, func() (p *problem) { by, p = a.discover(ctx, asked); return p }) {
		return
	}
	a.by = &found{
		by: by.address, name: a.request.Sentinel.name(), distant: by.distant,
		host: by.state["ip"], port: by.state.port(),
	}
	a.request = a.request.toServer(a.by.host, a.by.port)
	a.result.by = a.by
	followers := a.visit(ctx, by)
	defer followers.end()
	a.up(ctx, a.talk)
	if a.result.problem != nil || !a.request.looks() {
		return
	}
	asked.all.Wait()
	followers.all.Wait()
	if p := crashedIn(asked, followers); p != nil {
		a.result.problem = p
		return
	}
	a.noteSentinels(asked, by)
	a.noteReplicas(followers, by)
	a.sortNotes()
}

// crashedIn is a defect of the check beside the way to the master, nil for none.
func crashedIn(asked *inquiry, followers *followers) *problem {
	var problems []*problem
	for _, answer := range asked.answers {
		problems = append(problems, answer.problem)
	}
	for _, one := range followers.seen {
		problems = append(problems, one.result.problem)
	}
	for _, p := range problems {
		if p != nil && p.doc.ID == finding.IDCrashed {
			return p
		}
	}
	return nil
}

// discover is redis-py's Sentinel.discover_master: the first Sentinel in order
// that names a master which serves is believed. It catches ConnectionError and
// TimeoutError, asks the next one then, and raises MasterNotFoundError in the
// end; whatever else a Sentinel gives rise to ends the search.
func (a *attempt) discover(ctx context.Context, asked *inquiry) (*told, *problem) {
	for _, answer := range asked.answers {
		select {
		case <-answer.said:
		case <-ctx.Done():
			<-answer.said // it ends with the context as well
		}
		switch {
		case answer.serves():
			return answer, nil
		case answer.stops:
			return nil, answer.problem
		}
	}
	return nil, a.notDiscovered(asked.answers)
}

// notDiscovered is the reason that tells most: of the Sentinels that answered
// before those that did not, and of what they know before what they refuse.
func (a *attempt) notDiscovered(answers []*told) *problem {
	var refused, silent *problem
	var unknown []*told
	for _, answer := range answers {
		switch {
		case answer.problem == nil && answer.state != nil:
			return a.masterDown(answer)
		case answer.problem == nil:
			unknown = append(unknown, answer)
		case !isNetwork(answer.problem) && refused == nil:
			refused = answer.problem
		default:
			silent = answer.problem
		}
	}
	switch {
	case len(unknown) > 0:
		return a.masterUnknown(unknown)
	case refused != nil:
		return refused
	case silent != nil:
		return a.dead(func(b *attempt) *problem { return b.noSentinel(answers) })
	default:
		return a.noSentinel(nil)
	}
}

// isNetwork reports a problem of something that did not answer.
func isNetwork(p *problem) bool { return networkPhrase(p) != "" }

// networkPhrase says how something did not answer, "" for another problem.
func networkPhrase(p *problem) string {
	return map[finding.ID]string{
		docNameNotResolved.ID: "has a name that does not resolve",
		docRefused.ID:         "refuses connections",
		docNoRoute.ID:         "cannot be reached (no route)",
		docConnectTimeout.ID:  "does not answer to a connection",
		docConnectFailed.ID:   "could not be connected to",
		docSilent.ID:          "accepts connections and says nothing",
		docClosed.ID:          "hangs up",
	}[p.doc.ID]
}

package redisprobe

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// followers are the replicas that a failover could make the master, being
// looked at side by side, as the layer would find them then.
type followers struct {
	seen   []*follower
	all    sync.WaitGroup
	cancel context.CancelFunc
}

type follower struct {
	state  instance
	result result
}

func (f *followers) end() {
	f.cancel()
	f.all.Wait()
}

// mostFollowers bounds how many replicas are looked at.
const mostFollowers = 16

// visit begins to look at the replicas, each on one connection with the
// master's user and password. They have half of the time, like the Sentinels.
func (a *attempt) visit(ctx context.Context, by *told) *followers {
	f := &followers{}
	ctx, f.cancel = context.WithTimeout(ctx, halfOf(ctx))
	if !a.request.looks() {
		return f
	}
	for _, state := range candidates(by.replicas) {
		if len(f.seen) == mostFollowers {
			break
		}
		one := &follower{state: state}
		f.seen = append(f.seen, one)
		request := a.request.toServer(state["ip"], state.port())
		request.Depth = DepthCapabilities
		b := &attempt{network: a.network, request: request, log: a.log, standby: true}
		f.all.Go(func() {
			started := time.Now()
			p := b.apart(ctx, func() { b.up(ctx, b.talk) })
			one.result = b.result
			one.result.problem = p
			one.result.duration = time.Since(started)
		})
	}
	return f
}

// candidates are the replicas that Sentinels choose among (Redis 7, sentinel.c,
// sentinelSelectSlave): up, and with a priority other than 0.
func candidates(replicas []instance) []instance {
	var fit []instance
	for _, replica := range replicas {
		if !isDown(replica) && replica["slave-priority"] != "0" {
			fit = append(fit, replica)
		}
	}
	return fit
}

// isDown: one that is only disconnected is about to be connected to, as all are
// after a failover, or soon called down.
func isDown(i instance) bool { return i.is("s_down") || i.is("o_down") }

// linkLost reports a replica that follows nobody, and that not only since a
// failover a moment ago. Below 0 it has not found the master that it was given;
// the Sentinel then tells how long it knows the replica as one.
func linkLost(i instance) bool {
	down := i.number("master-link-down-time", 0)
	if down < 0 {
		down = i.number("role-reported-time", 0)
	}
	return i["master-link-status"] == "err" && down >= linkLostAfter
}

// linkLostAfter is milliseconds.
const linkLostAfter = 10_000

// noteReplicas says which of those that could follow the layer could not work
// with, or that there are none.
func (a *attempt) noteReplicas(f *followers, by *told) {
	if by.replicas == nil {
		return // the Sentinel did not say
	}
	var problems []*problem
	if len(candidates(by.replicas)) == 0 {
		problems = append(problems, a.noReplica(by))
	}
	for _, one := range f.seen {
		problems = append(problems, a.unfit(one))
	}
	var longest result
	for _, one := range f.seen {
		if one.result.duration > longest.duration {
			longest = one.result
		}
	}
	a.recordPart(StageReplicas, problems, true, longest.duration)
	a.note(problems...)
}

// unfit is why a layer could not work with a replica that became the master,
// and could with the master of today; nil if it could.
func (a *attempt) unfit(one *follower) *problem {
	if p := one.result.problem; p != nil {
		if isNetwork(p) {
			if one.state.is("disconnected") || one.state.number("last-ping-sent", 0) > 0 {
				// The Sentinel waits for it as well, and will soon call it down: the old
				// master after a failover.
				return nil
			}
			return a.replicaUnreachable(one)
		}
		return a.replicaUnfit(one, []*problem{p})
	}
	var worse []*problem
	for _, p := range one.result.notes {
		if tellsOfReplica(p) && !slices.ContainsFunc(a.result.notes, func(q *problem) bool { return q.doc.ID == p.doc.ID }) {
			worse = append(worse, p)
		}
	}
	if linkLost(one.state) || len(worse) > 0 {
		return a.replicaUnfit(one, worse)
	}
	return nil
}

// tellsOfReplica: a note that is worth a word before the replica is the master.
// One that may evict is, if the master does not: what it would delete then is
// the master's data.
func tellsOfReplica(p *problem) bool {
	return p.doc.ID != docRestarted.ID && (p.finding().Severity > finding.Info || p.doc.ID == docEviction.ID)
}

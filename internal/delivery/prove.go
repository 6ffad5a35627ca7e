package delivery

import (
	"context"
	"time"
)

// Pauses between the attempts of a proof: the first, and the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 5 * time.Second
	// lastChance is the least time that another attempt is worth.
	lastChance = time.Second
)

// Prove delivers until a message comes out, for no longer than wait (and one
// attempt, if wait is shorter), as long as time may heal what is wrong: an app
// that is not up yet, or one that is being replaced. onWait, which may be nil,
// is called with each attempt that is followed by another one.
func (c Courier) Prove(ctx context.Context, request Request, wait time.Duration, onWait func(Report)) Report {
	started := time.Now()
	deadline := started.Add(wait)
	step, whole := firstPause, request.timeout()
	var before *Report
	for n := 1; ; n++ {
		report := c.Deliver(ctx, request)
		if before != nil && request.Timeout < whole && report.Transient && !report.Canceled {
			// This attempt was cut short: what it did not see in time, the one
			// before may have.
			report = *before
		}
		report.Attempts, report.Waited = n, time.Since(started)
		left := time.Until(deadline)
		if report.Canceled || !report.Transient || left <= lastChance {
			return report
		}
		if onWait != nil {
			onWait(report)
		}
		timer := time.NewTimer(min(step, left-lastChance))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			report.Canceled = true
			return report
		}
		step = min(2*step, longestPause)
		request.Timeout = min(whole, time.Until(deadline))
		before = &report
	}
}

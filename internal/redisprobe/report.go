package redisprobe

import (
	"fmt"
	"slices"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// heals reports whether time alone may change the result to a pass.
func (r result) heals() bool { return r.problem != nil && r.problem.transient }

// report tells a result to one of those who asked for it.
func (r result) report(request Request) Report {
	if r.ended {
		return canceled(request.address())
	}
	notes := make([]finding.Finding, len(r.notes))
	for i, note := range r.notes {
		notes[i] = tell(note, request, r)
	}
	report := Report{
		Stages:    slices.Clone(r.stages),
		Address:   request.address(),
		Answered:  r.answered,
		Transient: r.heals(),
		Attempts:  r.attempts,
		Duration:  r.duration,
	}
	switch {
	case r.problem == nil:
		report.Outcome = finding.Fail(notes...)
	case r.problem.undetermined:
		report.Outcome = finding.Merge(finding.Unknown(tell(r.problem, request, r)), finding.Fail(notes...))
	default:
		report.Outcome = finding.Fail(append([]finding.Finding{tell(r.problem, request, r)}, notes...)...)
	}
	return report
}

// tell makes the finding that a problem is for a request.
func tell(p *problem, request Request, r result) finding.Finding {
	f := p.finding()
	f.Setting = request.Setting
	if r.attempts > 1 && p.transient {
		f.Detail += fmt.Sprintf(" It was tried %d times in %s.", r.attempts, r.waited.Round(time.Second))
	}
	if p.undetermined {
		if explained := hint(p.hint, request); explained != "" {
			f.Detail += " " + explained
		}
	}
	return f
}

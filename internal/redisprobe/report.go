package redisprobe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// heals reports whether time alone may make the result ready.
func (r result) heals() bool {
	if r.problem != nil {
		return r.problem.transient
	}
	heals := false
	for _, note := range r.notes {
		if note.finding().Severity < finding.Error {
			continue
		}
		if !note.transient {
			return false
		}
		heals = true
	}
	return heals
}

// ready reports whether the check came to its end without an error.
func (r result) ready() bool {
	return r.problem == nil && !r.ended &&
		!slices.ContainsFunc(r.notes, func(note *problem) bool { return note.finding().Severity >= finding.Error })
}

// outcome is the result with its findings as they are told.
func (r result) outcome(request Request) finding.Outcome {
	var findings []finding.Finding
	if r.problem != nil {
		findings = append(findings, tell(r.problem, request, r))
	}
	unknown := false
	for _, note := range r.notes {
		findings = append(findings, tell(note, request, r))
		unknown = unknown || note.undetermined
	}
	outcome := finding.Fail(findings...)
	if r.problem != nil && r.problem.undetermined || unknown && outcome.Status == finding.Passed {
		outcome.Status = finding.Undetermined
	}
	return outcome
}

// way is the address of the way where that is at fault.
func (r result) way() string {
	if r.problem == nil {
		return ""
	}
	return r.problem.way
}

// report tells a result to one of those who asked for it.
func (r result) report(request Request) Report {
	if r.ended {
		return canceled(request.address())
	}
	address := request.address()
	if r.by != nil {
		address = request.toServer(r.by.host, r.by.port).address()
	}
	return Report{
		Outcome:   r.outcome(request),
		Ready:     r.ready(),
		Stages:    slices.Clone(r.stages),
		Server:    r.server,
		Address:   address,
		Way:       r.way(),
		Answered:  r.answered,
		Transient: r.heals(),
		Attempts:  r.attempts,
		Duration:  r.duration,
		RoundTrip: r.roundTrip,
		by:        r.by,
	}
}

// tell makes the finding that a problem is for a request.
func tell(p *problem, request Request, r result) finding.Finding {
	f := p.finding()
	f.Setting = request.Setting
	if p.setting != "" {
		f.Setting = p.setting
	}
	if p.mildInDebug && request.Debug {
		f.Severity = finding.Info
	}
	if r.attempts > 1 && p.transient {
		f.Detail += fmt.Sprintf(" It was tried %d times in %s.", r.attempts, r.waited.Round(time.Second))
	}
	if p.undetermined {
		if explained := hint(p.hint, request); explained != "" {
			f.Detail += " " + explained
		}
	}
	if strings.HasPrefix(request.Setting, channelconfig.SettingHosts+"[") {
		// The docs speak of the one URL that most layers have.
		names := strings.NewReplacer(channelconfig.SettingRedisURL, request.Setting, channelconfig.SettingRedisHost, request.Setting)
		f.Detail, f.Fix = names.Replace(f.Detail), names.Replace(f.Fix)
	}
	return f
}

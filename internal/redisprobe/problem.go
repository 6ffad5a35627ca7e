package redisprobe

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// problem is what stopped a check, or a note that did not.
type problem struct {
	doc finding.Doc
	// observed says what was seen and django what the app does then; together
	// they are the finding's detail.
	observed, django string
	// severity overrides the doc's, fix the doc's fix.
	severity finding.Severity
	fix      string
	// undetermined: the place or the moment may explain it, so that the app
	// may fare better.
	undetermined bool
	// transient: time alone may heal it.
	transient bool
	// setting names the place, where that is not the request's own.
	setting string
	// mildInDebug: of severity Info where DEBUG holds.
	mildInDebug bool
	// way is the address of the way to the server, for people, where that is at
	// fault and not the server.
	way string
	// hint names what the host's kind explains (see hints.go).
	hint hintKind
}

// finding makes the finding; its Setting is filled in for each caller.
func (p *problem) finding() finding.Finding {
	f := p.doc.New("", strings.TrimSpace(p.observed+" "+p.django))
	if p.severity != 0 {
		f = f.WithSeverity(p.severity)
	}
	if p.fix != "" {
		f = f.WithFix(p.fix)
	}
	return f
}

// maybe makes a problem that the place or the moment may explain.
func maybe(doc finding.Doc, observed, django string) *problem {
	return &problem{doc: doc, observed: observed, django: django, undetermined: true, transient: true}
}

// wrong makes a problem that the server itself answered.
func wrong(doc finding.Doc, observed, django string) *problem {
	return &problem{doc: doc, observed: observed, django: django}
}

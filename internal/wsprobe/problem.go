package wsprobe

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Settings are the places that findings name.
const (
	SettingURL          = "url"
	SettingOrigin       = "origin"
	SettingSubprotocols = "subprotocols"
	SettingTLS          = "tls"
	SettingExpect       = "expect"
)

// problem is what stopped a probe, or a note that did not.
type problem struct {
	doc finding.Doc
	// observed says what was seen and hint what may explain it here; with what the
	// doc says of causes and of Django they are the finding's detail.
	observed, hint string
	setting        string
	// fix overrides the doc's.
	fix string
	// undetermined: the place or the moment may explain it, so that browsers may
	// fare better.
	undetermined bool
	// transient: time alone may heal it.
	transient bool
}

func (p *problem) finding() finding.Finding {
	setting := p.setting
	if setting == "" {
		setting = SettingURL
	}
	f := p.doc.New(setting, strings.Join(strings.Fields(strings.Join([]string{p.observed, p.hint, p.doc.Why, p.doc.Django}, " ")), " "))
	if p.fix != "" {
		f = f.WithFix(p.fix)
	}
	return f
}

// maybe makes a problem that the place or the moment may explain.
func maybe(doc finding.Doc, observed, hint string) *problem {
	return &problem{doc: doc, observed: observed, hint: hint, undetermined: true, transient: true}
}

// wrong makes a problem that the other end itself answered.
func wrong(doc finding.Doc, observed string) *problem {
	return &problem{doc: doc, observed: observed}
}

// passing is wrong that time may heal, as while an app is replaced by its next
// version.
func passing(doc finding.Doc, observed string) *problem {
	p := wrong(doc, observed)
	p.transient = true
	return p
}

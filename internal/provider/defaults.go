package provider

import (
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// defaults are the provider's arguments and what its objects share in one
// walk. They are written before any object is planned or applied.
type defaults struct {
	redisURL channelconfig.Value[secret.String]
	packages packages.Set
	// versionsUnknown is set while the versions are not all known yet.
	versionsUnknown bool
	check           checkModel
	findings        severities
	checksOff       bool
	// prober is nil while nothing is configured, as in the validate walk.
	prober *redisprobe.Prober
	// explained are the findings of a walk that were shown once in full: a
	// hundred layers on one silent Redis give one warning, and of errors one
	// that explains and ninety-nine of a sentence.
	explained sync.Map
	// users are those that refreshes saw.
	users sync.Map
}

func newDefaults() *defaults { return &defaults{} }

// fault tells faults of a walk apart. What an address answers may depend on
// who asks; that it does not answer at all does not.
type fault struct {
	// proof tells what a proof found from what a look did.
	proof                         bool
	address, id, severity, detail string
	username, password            secret.String
	db                            string
}

func faultOf(report redisprobe.Report, f finding.Finding, c redisurl.Connection) fault {
	it := fault{address: report.Address, id: string(f.ID), severity: f.Severity.String()}
	if report.Answered {
		it.detail, it.username, it.password, it.db = f.Detail, c.Username, c.Password, c.DB.String()
	}
	return it
}

// explainOnce is true the first time in this walk that the fault is shown.
func (d *defaults) explainOnce(it fault) bool {
	_, again := d.explained.LoadOrStore(it, true)
	return !again
}

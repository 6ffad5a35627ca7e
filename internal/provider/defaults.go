package provider

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
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
	// tls are texts in the place of files that the app has.
	tls       tlsDefaults
	findings  severities
	checksOff bool
	// tunnel says how Redis is reached, as written.
	tunnel tunnelModel
	// network is the way to Redis, and prober checks over it. Both are nil while
	// nothing is configured, as in the validate walk, and while it is not known
	// yet which way leads to Redis.
	network netprobe.Network
	prober  *redisprobe.Prober
	// wayless is why both are nil, if it is not that something is not known yet.
	wayless string
	// explained are the findings of a walk that were shown once in full: a
	// hundred layers on one silent Redis give one warning, and of errors one
	// that explains and ninety-nine of a sentence.
	explained sync.Map
	// users are those that refreshes saw.
	users sync.Map
	// making are the locks of the users that are being made, by their names.
	making sync.Map
}

func newDefaults() *defaults { return &defaults{} }

// connect makes the way to Redis, and what checks over it. Nothing is dialled yet,
// and nothing is, where it is not known yet which way to take.
func (d *defaults) connect(env environment) (diags diag.Diagnostics) {
	d.network, d.prober, d.wayless = nil, nil, ""
	if d.tunnel.unknown() {
		return nil
	}
	network, err := d.tunnel.network(env)
	switch {
	case err != nil && d.checksOff:
		// No check goes that way. What is no check may not go around it.
		d.wayless = "The way to Redis cannot be used: " + err.Error() + "."
		return nil
	case err != nil:
		diags.AddError("The way to Redis cannot be used", err.Error()+".")
		return diags
	}
	d.network = network
	d.prober = redisprobe.New(redisprobe.WithNetwork(network), redisprobe.WithLog(tflogDebug))
	return nil
}

// wayUnknown is why nothing was looked at where d.prober is nil.
const wayUnknown = "Nothing was looked at: the provider's ssh or socks5 is not known yet."

// noWay is why d.prober is nil, for what is no check.
func (d *defaults) noWay() string {
	if d.wayless != "" {
		return d.wayless
	}
	return wayUnknown
}

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
	it := fault{address: placeOf(report), id: string(f.ID), severity: f.Severity.String()}
	if report.Answered {
		it.detail, it.username, it.password, it.db = f.Detail, c.Username, c.Password, c.DB.String()
	}
	return it
}

// placeOf is what a report is about: the way to Redis, where that is at fault,
// else Redis.
func placeOf(report redisprobe.Report) string {
	if report.Way != "" {
		return report.Way
	}
	return report.Address
}

// explainOnce is true the first time in this walk that the fault is shown.
func (d *defaults) explainOnce(it fault) bool {
	_, again := d.explained.LoadOrStore(it, true)
	return !again
}

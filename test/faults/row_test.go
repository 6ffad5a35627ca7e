package faults

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// row is one fault and what is said of it.
type row struct {
	name string
	// place makes the fault, anew for each command.
	place func(t *testing.T) place
	// says is what plan, apply and the data source say; the other three are
	// what one of them says otherwise.
	says              verdict
	plan, apply, data *verdict
	// only are the commands that the fault can meet; all where empty.
	only []command
	// timeout is the configured one, a second where 0.
	timeout time.Duration
	// wait is how long apply waits; where 0, it tries once.
	wait time.Duration
	// also is a static warning beside it, at the command line.
	also finding.ID
	// golden is the command whose output is the golden file of the finding.
	golden command
	// commandLine rows cannot be made in one process.
	commandLine bool
	// full rows run at the command line only with CHANNELS_FULL=1.
	full bool
	// memory bounds what the run may take, in bytes; 0 is no bound.
	memory int64
}

// command is what a row is run for.
type command string

const (
	planning command = "plan"
	applying command = "apply"
	reading  command = "data"
)

var commands = []command{planning, applying, reading}

// verdict is what is said of a fault. The zero value is a pass without a word.
type verdict struct {
	id       finding.ID
	severity finding.Severity
	// undetermined: it could not be found out, which is never a pass.
	undetermined bool
	// open: all went well, but what the user may do could not all be learned.
	open bool
}

// failed is an error that the server answered.
func failed(id finding.ID) verdict { return verdict{id: id, severity: finding.Error} }

// warns is a warning beside a pass.
func warns(id finding.ID) verdict { return verdict{id: id, severity: finding.Warning} }

// unknown is what the place or the moment may explain.
func unknown(id finding.ID) verdict {
	return verdict{id: id, severity: finding.Warning, undetermined: true}
}

// passesOpen is a pass, for a command that the fault does not meet, where not all rights could be learned.
func passesOpen() *verdict { return &verdict{open: true} }

// stops reports whether the command fails over it.
func (v verdict) stops() bool { return v.undetermined || v.severity == finding.Error }

// place is where a fault is.
type place struct {
	// url is the REDIS_URL; it carries the canary as its password.
	url string
	// sentinels lead to it in place of a URL, which then is a password.
	sentinels *watched
	// settings are further arguments of the layer and of the data source.
	settings []string
	// servers are those whose connections and keys are watched.
	servers []*redistest.Server
	// fakes are those whose connections are watched.
	fakes []*faults.Server
	// expire: keys may be left, and must expire.
	expire bool
	// within is a command that Terraform runs in.
	within []string
	// network is the way to it in process; the system's where nil.
	network redisprobe.Network
	// between happens between a plan, which passes, and the apply of it.
	between func()
	// after puts in order what the watch needs in order.
	after func()
}

// planted is the canary that the URL of every row carries as its password, and
// that no output, log, plan or state may show.
func planted() canary.Secret { return canary.New("password of the URL") }

// at is the URL of an address.
func at(address string) string { return "redis://:" + planted().Text + "@" + address + "/0" }

// as is the URL of an address with a user.
func as(user, address string) string {
	return "redis://" + url.PathEscape(user) + ":" + planted().Text + "@" + address + "/0"
}

// locked is a server with the canary as its password.
func locked(t testing.TB, options ...redistest.Option) *redistest.Server {
	t.Helper()
	return redistest.Start(t, append([]redistest.Option{redistest.Password(planted().Text)}, options...)...)
}

// of is the place of a real server.
func of(server *redistest.Server) place {
	return place{url: at(server.Addr()), servers: []*redistest.Server{server}}
}

// through is the place of a relay before a real server.
func through(t testing.TB, server *redistest.Server, relay faults.Relay) place {
	t.Helper()
	before := faults.Between(t, server.Addr(), relay)
	return place{url: at(before.Addr()), servers: []*redistest.Server{server}, fakes: []*faults.Server{before}}
}

// fake makes places of a server that is none.
func fake(behave faults.Behaviour) func(*testing.T) place {
	return func(t *testing.T) place {
		server := faults.Serve(t, behave)
		return place{url: at(server.Addr()), fakes: []*faults.Server{server}}
	}
}

// with adds settings to a place.
func (p place) with(settings ...string) place {
	p.settings = append(slices.Clone(p.settings), settings...)
	return p
}

// The defaults of a row.
func (r row) limit() time.Duration {
	if r.timeout == 0 {
		return time.Second
	}
	return r.timeout
}

func (r row) verdict(c command) verdict {
	if own := map[command]*verdict{planning: r.plan, applying: r.apply, reading: r.data}[c]; own != nil {
		return *own
	}
	return r.says
}

func (r row) runs(c command) bool { return len(r.only) == 0 || slices.Contains(r.only, c) }

// theme is a file of rows.
type theme struct {
	name string
	rows []row
}

// themes are all rows there are.
func themes() []theme {
	return []theme{
		{"dns", dnsRows()},
		{"network", networkRows()},
		{"unix", unixRows()},
		{"auth", authRows()},
		{"protocol", protocolRows()},
		{"tls", tlsRows()},
		{"server", serverRows()},
		{"lifecycle", lifecycleRows()},
		{"sentinel", sentinelRows()},
	}
}

package cli

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// defaultDepth is how far a check goes where the arguments say nothing else.
const defaultDepth = redisprobe.DepthCapabilities

func (o options) depth() redisprobe.Depth {
	if o.roundTrip {
		return redisprobe.DepthRoundTrip
	}
	return defaultDepth
}

// plan is what follows from the variables without a network, and what to ask
// of the servers.
type plan struct {
	options    options
	given      given
	settings   channelconfig.Settings
	resolution channelconfig.Resolution
	line       redisurl.Line
	// static is what the rules say, and the reading of a .env file.
	static finding.Outcome
	// layer are the options of CONFIG that matter on the wire.
	layer channellayer.Options
	// requests is one for each host; none where unasked says why.
	requests []redisprobe.Request
	unasked  string
}

// newPlan decides what to check.
func newPlan(o options, g given) plan {
	p := plan{options: o, given: g}
	p.settings = settingsOf(o, g)
	p.resolution = channelconfig.Resolve(p.settings)
	p.line = lineOf(p.settings)
	in := lint.NewInput(p.settings, p.resolution, true)
	in.Here = true
	p.static = finding.Merge(g.reading, lint.Run(in))
	p.layer, _ = channellayer.OptionsOf(p.settings.Config)
	p.requests, p.unasked = p.ask()
	return p
}

func settingsOf(o options, g given) channelconfig.Settings {
	debug := channelconfig.DebugReader{Unset: o.debugUnset.Or(false)}
	s := channelconfig.SettingsFrom(g.variables, channelconfig.DefaultVariables(), debug)
	s.Backend = o.backend
	s.Config.Prefix = o.prefix
	s.Packages = g.packages
	if o.redis != nil {
		s.Packages.Redis = o.redis
	}
	if o.channelsRedis != nil {
		s.Packages.ChannelsRedis = o.channelsRedis
	}
	return s
}

// lineOf is the redis-py line to look through: the one stated, or the nearest
// to it that is mirrored; else the newest.
func lineOf(s channelconfig.Settings) redisurl.Line {
	if s.Packages.Redis == nil {
		return redisurl.Newest
	}
	line, _ := redisurl.LineOf(*s.Packages.Redis)
	return line
}

// Reasons for which nothing is connected to.
const (
	unaskedException = "Nothing was connected to: Django does not start with these settings."
	unaskedUncertain = "Nothing was connected to: where the layer leads is not certain."
	unaskedError     = "Nothing was connected to, because of the error in the settings: what stands in the place of the host may be something else."
	unaskedMemory    = "The messages stay in the memory of one process; there is no server."
)

// ask makes a request for each host, or says why there is none. Settings with
// an error are not tried: a piece of a password may stand in the place of the
// host, and would be looked up.
func (p plan) ask() ([]redisprobe.Request, string) {
	hosts, known := p.resolution.Hosts.Get()
	switch {
	case p.resolution.Exception != nil:
		return nil, unaskedException
	case hasError(p.static.Findings):
		return nil, unaskedError
	case !known:
		return nil, unaskedUncertain
	case len(hosts) == 0:
		return nil, unaskedMemory
	}
	requests := make([]redisprobe.Request, 0, len(hosts))
	for _, host := range hosts {
		connection, err := host.Connection(p.line)
		if err != nil {
			return nil, unaskedError
		}
		sentinel, err := redisprobe.SentinelOf(host, p.line)
		if err != nil {
			return nil, unaskedError
		}
		requests = append(requests, redisprobe.Request{
			Connection: connection,
			Sentinel:   sentinel,
			Redis:      p.settings.Packages.Redis,
			Setting:    host.Setting,
			Hidden:     !host.Showable(p.line),
			Timeout:    p.options.timeout,
			Depth:      p.options.depth(),
			Layer:      &redisprobe.Layer{Backend: p.backend(), Options: p.layer},
			Debug:      p.resolution.Debug.Or(false),
		})
	}
	return requests, ""
}

// backend is what the settings come to; Auto where that is not certain.
func (p plan) backend() channelconfig.Backend { return p.resolution.Backend.Or(channelconfig.Auto) }

func hasError(findings []finding.Finding) bool {
	for _, f := range findings {
		if f.Severity == finding.Error {
			return true
		}
	}
	return false
}

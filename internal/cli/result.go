package cli

import (
	"math/big"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// formatVersion is that of the JSON object: the first number rises when a field
// changes its meaning or goes away, the second when one is added.
const formatVersion = "1.1"

// Result is all that the command says. It holds no secret. The names of its
// fields in JSON are stable.
type Result struct {
	FormatVersion string         `json:"format_version"`
	Version       string         `json:"version"`
	Status        finding.Status `json:"status"`
	// Depth is how far it was asked to go: "capabilities" or "round_trip".
	Depth  string `json:"depth"`
	Source Source `json:"source"`
	Layer  Layer  `json:"layer"`
	// Unconnected is why nothing was connected to, "" where something was.
	Unconnected string `json:"unconnected"`
	// Servers are the hosts of the layer, in their order.
	Servers []Server `json:"servers"`
	// Group and Channel are what was asked for by name; null where nothing was.
	Group    *Looked           `json:"group"`
	Channel  *Looked           `json:"channel"`
	Findings []finding.Finding `json:"findings"`
	NextStep string            `json:"next_step"`
}

// Source is where the variables were read.
type Source struct {
	// Kind is "environment" or "env_file".
	Kind string `json:"kind"`
	Path string `json:"path,omitempty"`
}

// Layer is what the settings code makes of the variables. A value that does not
// play a role is null.
type Layer struct {
	Backend *Value `json:"backend"`
	URL     *Value `json:"url"`
	// Hosts are several hosts, in their order; null where there is one.
	Hosts  []Value `json:"hosts"`
	Host   *Value  `json:"host"`
	Port   *Value  `json:"port"`
	Debug  *Value  `json:"debug"`
	Prefix *Value  `json:"prefix"`
	// Redis and ChannelsRedis are the versions of the app's packages.
	Redis         *Value `json:"redis_version"`
	ChannelsRedis *Value `json:"channels_redis_version"`
	// Exception is what importing the settings raises.
	Exception *Exception `json:"exception"`
}

// Value is a value and what decided about it: a variable, a flag or "default".
type Value struct {
	// Value is null where it is not certain or not shown; Note says which.
	Value  any    `json:"value"`
	Origin string `json:"origin"`
	Note   string `json:"note,omitempty"`
}

// Exception is a Python exception.
type Exception struct {
	Class   string `json:"class"`
	Setting string `json:"setting"`
	Message string `json:"message"`
}

// Server is a host of the layer, and how connecting to it went.
type Server struct {
	// Address is "host:port" or "unix:path".
	Address string         `json:"address"`
	Status  finding.Status `json:"status"`
	// Answered says that something is there, Redis or not; Ready that a layer
	// can work with it.
	Answered bool    `json:"answered"`
	Ready    bool    `json:"ready"`
	Millis   float64 `json:"milliseconds"`
	Stages   []Stage `json:"stages"`
	// Facts are what the server said of itself, null where nothing.
	Facts *redisprobe.Server `json:"facts"`
	// RoundTrip is what came through, null where nothing was sent.
	RoundTrip *RoundTrip `json:"round_trip"`
}

// RoundTrip is what messages came through, between two simulated processes of
// an app.
type RoundTrip struct {
	Delivered bool `json:"delivered"`
	// Direct is the message to one channel, Members how many of the two members
	// of a group got the message to the group. Times are 0 for what did not
	// arrive.
	Direct       bool    `json:"direct"`
	DirectMillis float64 `json:"direct_milliseconds"`
	Members      int     `json:"group_members"`
	GroupMillis  float64 `json:"group_milliseconds"`
}

// Stage is a step of the check. Steps that do not apply or were not reached are
// not listed.
type Stage struct {
	Name string `json:"name"`
	// Status is failed for a step with an error or a warning.
	Status finding.Status `json:"status"`
	// Millis is 0 for a step that travels with the next.
	Millis float64 `json:"milliseconds"`
}

// originDefault and the flags are origins beside the variables.
const (
	originDefault    = "default"
	originBackend    = "--backend"
	originDebugUnset = "--debug-unset"
	originPrefix     = "--prefix"
)

const (
	noteUncertain = "not certain"
	noteHidden    = "not shown: it may be a secret in the wrong place"
	noteUnstated  = "not stated"
)

// result puts together what is known.
func (p plan) result(g gathered, version string) Result {
	r := Result{
		FormatVersion: formatVersion,
		Version:       version,
		Depth:         "capabilities",
		Source:        p.given.source,
		Layer:         p.describe(),
		Unconnected:   p.unasked,
		Servers:       []Server{},
		Group:         g.group,
		Channel:       g.channel,
	}
	if p.options.roundTrip {
		r.Depth = "round_trip"
	}
	var live []finding.Finding
	for _, report := range g.reports {
		live = append(live, report.Outcome.Findings...)
	}
	outcomes := []finding.Outcome{{Status: p.static.Status, Findings: finding.Unseen(p.static.Findings, live)}}
	statuses := []finding.Status{p.staticStatus()}
	for _, report := range g.reports {
		server := serverOf(report)
		r.Servers = append(r.Servers, server)
		outcomes = append(outcomes, report.Outcome)
		statuses = append(statuses, server.Status)
	}
	for _, looked := range []*Looked{g.group, g.channel} {
		if looked != nil {
			statuses = append(statuses, looked.Status)
		}
	}
	r.Findings = findings(outcomes)
	r.Status = worst(statuses)
	r.NextStep = nextStep(r)
	return r
}

// staticStatus is what the variables alone come to.
func (p plan) staticStatus() finding.Status {
	switch {
	case hasError(p.static.Findings) || p.resolution.Exception != nil:
		return finding.Failed
	case p.static.Status == finding.Undetermined || p.unasked == unaskedUncertain:
		return finding.Undetermined
	default:
		return finding.Passed
	}
}

// findings are those of all outcomes, the severest first.
func findings(outcomes []finding.Outcome) []finding.Finding {
	all := []finding.Finding{}
	for _, outcome := range outcomes {
		for _, f := range outcome.Findings {
			f = f.WithFix(fixFor(f))
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b finding.Finding) int { return int(b.Severity) - int(a.Severity) })
	return all
}

// statusOf makes a status of an outcome: an error fails, and so does what came
// to its end too early. Warnings alone do not, so that what could not be found
// out shows beside them.
func statusOf(outcome finding.Outcome, report redisprobe.Report) finding.Status {
	unclear := slices.ContainsFunc(report.Stages, func(stage redisprobe.Stage) bool {
		// What a server says of itself is not needed to work with it.
		return stage.Status == finding.Undetermined && stage.Name != redisprobe.StageServer
	})
	switch {
	case hasError(outcome.Findings):
		return finding.Failed
	case outcome.Status == finding.Undetermined || unclear:
		return finding.Undetermined
	case outcome.Status == finding.Failed && !report.Ready:
		return finding.Failed
	default:
		return finding.Passed
	}
}

// worst is the status of all together.
func worst(statuses []finding.Status) finding.Status {
	switch {
	case slices.Contains(statuses, finding.Failed):
		return finding.Failed
	case slices.Contains(statuses, finding.Undetermined):
		return finding.Undetermined
	default:
		return finding.Passed
	}
}

func (r Result) exitCode() int {
	switch r.Status {
	case finding.Passed:
		return ExitPassed
	case finding.Failed:
		return ExitFailed
	default:
		return ExitUndetermined
	}
}

func serverOf(report redisprobe.Report) Server {
	s := Server{
		Address: report.Address, Status: statusOf(report.Outcome, report), Answered: report.Answered, Ready: report.Ready,
		Millis: millis(report.Duration.Nanoseconds()), Stages: []Stage{}, Facts: report.Server,
	}
	for _, stage := range report.Stages {
		s.Stages = append(s.Stages, Stage{Name: string(stage.Name), Status: stage.Status, Millis: millis(stage.Duration.Nanoseconds())})
	}
	if trip := report.RoundTrip; trip != nil {
		s.RoundTrip = &RoundTrip{
			Delivered: trip.Delivered(),
			Direct:    trip.Direct, DirectMillis: millis(trip.DirectTook.Nanoseconds()),
			Members: trip.GroupMembers, GroupMillis: millis(trip.GroupTook.Nanoseconds()),
		}
	}
	return s
}

// millis are milliseconds to a hundredth.
func millis(nanoseconds int64) float64 { return float64(nanoseconds/10_000) / 100 }

// describe is the resolved layer.
func (p plan) describe() Layer {
	r := p.resolution
	if e := r.Exception; e != nil {
		return Layer{Exception: &Exception{Class: e.Class, Setting: e.Setting, Message: e.Err.Error()}}
	}
	l := Layer{Backend: uncertain(p.backendOrigin()), Debug: uncertain(p.debugOrigin())}
	if backend, ok := r.Backend.Get(); ok {
		l.Backend = &Value{Value: backend.Class(), Origin: p.backendOrigin()}
	}
	if debug, ok := r.Debug.Get(); ok {
		l.Debug = &Value{Value: debug, Origin: p.debugOrigin()}
	}
	if !p.backend().UsesRedis() {
		return l
	}
	p.describeHosts(&l)
	l.Prefix = &Value{Value: p.layer.Prefix, Origin: originDefault}
	if p.settings.Config.Prefix.IsSet() {
		l.Prefix.Origin = originPrefix
	}
	l.Redis = versionOf(p.settings.Packages.Redis, p.options.redis, "--redis-version")
	l.ChannelsRedis = versionOf(p.settings.Packages.ChannelsRedis, p.options.channelsRedis, "--channels-redis-version")
	return l
}

// describeHosts shows a URL redacted, and host and port where they look like
// such.
func (p plan) describeHosts(l *Layer) {
	if p.settings.HasHosts() {
		l.Hosts = p.severalHosts()
		return
	}
	if url := p.settings.RedisURL; url.IsUnknown() {
		l.URL = uncertain(channelconfig.SettingRedisURL)
		return
	}
	hosts, ok := p.resolution.Hosts.Get()
	if url := p.settings.RedisURL.Or(secret.String{}); !url.IsEmpty() {
		l.URL = &Value{Value: redisurl.Redact(url), Origin: channelconfig.SettingRedisURL}
		return
	}
	origins := p.resolution.Origins
	l.Host, l.Port = uncertain(p.origin(origins.Host)), uncertain(p.origin(origins.Port))
	if !ok || len(hosts) == 0 {
		return
	}
	if hosts[0].Showable(p.line) {
		l.Host = &Value{Value: hosts[0].Host, Origin: p.origin(origins.Host)}
	} else {
		l.Host.Note = noteHidden
	}
	if port := hosts[0].Port; port.Sign() >= 0 && port.Cmp(big.NewInt(65535)) <= 0 {
		l.Port = &Value{Value: port.Int64(), Origin: p.origin(origins.Port)}
	} else {
		l.Port.Note = noteHidden
	}
}

func uncertain(origin string) *Value { return &Value{Origin: origin, Note: noteUncertain} }

// origin names what a person set: the backend comes from a flag here.
func (p plan) origin(o channelconfig.Origin) string {
	switch o {
	case channelconfig.SettingBackend:
		return originBackend
	case channelconfig.SettingDebug:
		return p.debugOrigin()
	case "":
		return originDefault
	default:
		return string(o)
	}
}

// backendOrigin: where nothing else decides, DEBUG does.
func (p plan) backendOrigin() string {
	if o := p.resolution.Origins.Backend; o != channelconfig.OriginDefault {
		return p.origin(o)
	}
	return p.debugOrigin()
}

// debugOrigin: the flag counts where the variable is not there.
func (p plan) debugOrigin() string {
	names := channelconfig.DefaultVariables()
	switch {
	case p.given.variables[names.Debug].IsSet():
		return channelconfig.SettingDebug
	case p.options.debugUnset.IsSet():
		return originDebugUnset
	default:
		return originDefault
	}
}

func versionOf(v, flag *packages.Version, name string) *Value {
	switch {
	case v == nil:
		return &Value{Origin: originDefault, Note: noteUnstated}
	case flag != nil:
		return &Value{Value: v.String(), Origin: name}
	default:
		return &Value{Value: v.String(), Origin: "--requirements"}
	}
}

// String names the source for people.
func (s Source) String() string {
	switch {
	case s.Kind == "environment":
		return "the environment of this process"
	case s.Path == "-":
		return "standard input"
	default:
		return s.Path
	}
}

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// ofOneHost is a field about one Redis.
func ofOneHost(f field) field {
	f.doc += " Null where there are several hosts: `host_status` has it for each."
	return f
}

func hostStatusField() field {
	return object("host_status", "The status of each host, in their order; one entry where there is one Redis, none where nothing was looked at.",
		text("setting", "Where it stands: `REDIS_URL`, `REDIS_HOST`, `hosts[0]` ...").computed(),
		text("address", "What was connected to, `host:port` or `unix:path`.").computed(),
		boolean("reachable", "Whether anything answered there, Redis or not.").computed(),
		boolean("ready", "Whether a channel layer can use it, as far as `depth` tells.").computed(),
		text("error", "Why it is not ready, in a line; null where it is.").computed(),
		serverField(),
		roundTripField(),
	).as(kindObjectList).computed()
}

var hostStatusType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"setting":    types.StringType,
	"address":    types.StringType,
	"reachable":  types.BoolType,
	"ready":      types.BoolType,
	"error":      types.StringType,
	"server":     serverType,
	"round_trip": roundTripType,
}}

// redisStatus is what the data source found.
type redisStatus struct {
	// why says why nothing was looked at, "" where something was.
	why      string
	requests []redisprobe.Request
	reports  []redisprobe.Report
}

// notLooked is no pass, and not null either: a condition on null would stop a
// destroy that switches the checks off.
func notLooked(why string) redisStatus { return redisStatus{why: why} }

func (d *redisDataSource) look(ctx context.Context, m layerModel, resolution channelconfig.Resolution) redisStatus {
	switch {
	case d.defaults.checksOff:
		return notLooked("Nothing was looked at: checks are switched off by " + checksVariable + ".")
	case d.defaults.prober == nil:
		return notLooked(wayUnknown)
	case m.settings.RedisURL.IsUnknown():
		return notLooked("Nothing was looked at: the provider's redis_url is not known yet.")
	case !resolution.UsesRedis().Or(false):
		return notLooked("Nothing was looked at: these settings make a layer without a Redis.")
	}
	if m.tlsPending(resolution) {
		return notLooked("Nothing was looked at: the provider's tls is not known yet.")
	}
	requests, ok := requestsFor(m, resolution, m.check.depthAtPlan())
	if !ok {
		return notLooked("Nothing was looked at: redis-py refuses the URL.")
	}
	s := redisStatus{requests: requests}
	s.reports = sideBySide(requests, func(request redisprobe.Request) redisprobe.Report { return d.defaults.prober.Join(ctx, request) })
	for _, report := range s.reports {
		logReport(ctx, "Looked at Redis for a data source", report)
	}
	return s
}

func (s redisStatus) findings() []finding.Finding {
	var all []finding.Finding
	for _, report := range s.reports {
		all = append(all, report.Outcome.Findings...)
	}
	return all
}

// every reports whether all hosts are so, and there are any.
func (s redisStatus) every(is func(redisprobe.Report) bool) bool {
	for _, report := range s.reports {
		if !is(report) {
			return false
		}
	}
	return len(s.reports) > 0
}

// err is why it is not ready, "" where it is.
func (s redisStatus) err() string {
	for _, report := range s.reports {
		if line := firstLine(report); line != "" {
			return line
		}
	}
	return s.why
}

// firstLine is why Redis is not ready, in one line.
func firstLine(report redisprobe.Report) string {
	if report.Ready {
		return ""
	}
	least := finding.Error
	if undetermined(report) {
		least = finding.Warning
	}
	for _, f := range report.Outcome.Findings {
		if f.Severity >= least {
			return placeOf(report) + ": " + f.Summary + " (" + string(f.ID) + ")"
		}
	}
	return report.Address + ": it could not be found out within " + report.Duration.Round(time.Millisecond).String()
}

func (s redisStatus) outputs(findings []finding.Finding) outputs {
	var one redisprobe.Report
	if len(s.reports) == 1 {
		one = s.reports[0]
	}
	return outputs{
		"reachable": types.BoolValue(s.every(func(r redisprobe.Report) bool { return r.Answered })),
		"ready":     types.BoolValue(s.every(func(r redisprobe.Report) bool { return r.Ready })),
		"error":     textOrNull(s.err()),
		"findings":  findingsList(findings),

		"server":              serverValue(one.Server),
		"round_trip":          roundTripValue(one.RoundTrip),
		"host_status":         s.perHost(),
		"blocked_listeners":   s.sum(func(server *redisprobe.Server) *int64 { return server.BlockedListeners }),
		"subscribed_channels": s.sum(func(server *redisprobe.Server) *int64 { return server.SubscribedChannels }),
	}
}

// sum is of all hosts; null where it is not known of one.
func (s redisStatus) sum(of func(*redisprobe.Server) *int64) attr.Value {
	total := int64(0)
	for _, report := range s.reports {
		if report.Server == nil || of(report.Server) == nil {
			return types.Int64Null()
		}
		total += *of(report.Server)
	}
	if len(s.reports) == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(total)
}

func (s redisStatus) perHost() attr.Value {
	elements := make([]attr.Value, 0, len(s.reports))
	for i, report := range s.reports {
		elements = append(elements, types.ObjectValueMust(hostStatusType.AttrTypes, map[string]attr.Value{
			"setting":    types.StringValue(s.requests[i].Setting),
			"address":    types.StringValue(report.Address),
			"reachable":  types.BoolValue(report.Answered),
			"ready":      types.BoolValue(report.Ready),
			"error":      textOrNull(firstLine(report)),
			"server":     serverValue(report.Server),
			"round_trip": roundTripValue(report.RoundTrip),
		}))
	}
	return types.ListValueMust(hostStatusType, elements)
}

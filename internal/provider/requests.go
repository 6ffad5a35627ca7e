package provider

import (
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// requestsFor are the live checks of a layer, one for each host, in their order;
// not ok where there is nothing to check: no Redis, or settings that are not
// known yet or that redis-py refuses, which the static findings say.
func requestsFor(m layerModel, resolution channelconfig.Resolution, depth redisprobe.Depth) (_ []redisprobe.Request, ok bool) {
	hosts, known := resolution.Hosts.Get()
	options, complete := channellayer.OptionsOf(m.settings.Config)
	if !known || len(hosts) == 0 || resolution.Exception != nil || !complete {
		return nil, false
	}
	line := m.line()
	requests := make([]redisprobe.Request, len(hosts))
	for i, host := range hosts {
		connection, err := host.Connection(line)
		standIns, complete := m.standIns(host)
		if err != nil || !complete {
			return nil, false
		}
		sentinel, err := redisprobe.SentinelOf(host, line)
		if err != nil {
			return nil, false
		}
		requests[i] = redisprobe.Request{
			Connection: connection,
			Sentinel:   sentinel,
			Redis:      m.settings.Packages.Redis,
			TLS:        standIns,
			Setting:    host.Setting,
			Hidden:     !host.Showable(line),
			Timeout:    m.check.attempt(),
			Depth:      depth,
			Layer:      &redisprobe.Layer{Backend: resolution.Backend.Or(channelconfig.Core), Options: options},
			Debug:      resolution.Debug.Or(false),
		}
	}
	return requests, true
}

// requestFor is the live check of a layer with one host, or of the first.
func requestFor(m layerModel, resolution channelconfig.Resolution, depth redisprobe.Depth) (_ redisprobe.Request, ok bool) {
	requests, ok := requestsFor(m, resolution, depth)
	if !ok {
		return redisprobe.Request{}, false
	}
	return requests[0], true
}

// sideBySide checks hosts at the same time, so that many take no longer than
// one, and returns the reports in the order of the hosts.
func sideBySide(requests []redisprobe.Request, check func(redisprobe.Request) redisprobe.Report) []redisprobe.Report {
	reports := make([]redisprobe.Report, len(requests))
	var checks sync.WaitGroup
	for i, request := range requests {
		reports[i] = redisprobe.Report{Outcome: finding.Crashed("redis")} // unless it is replaced
		checks.Add(1)
		go crash.Contained(func() {
			defer checks.Done()
			reports[i] = check(request)
		})()
	}
	checks.Wait()
	return reports
}

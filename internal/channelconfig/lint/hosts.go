package lint

import (
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// ofOneHost reports a rule about where one Redis is and how redis-py connects
// to it.
func (r Rule) ofOneHost() bool {
	return r.category() == "url" || r.category() == "host" ||
		r.Doc.ID == ruleLayerSocketTimeout.Doc.ID || r.Doc.ID == ruleLayerPubSubDatabase.Doc.ID
}

// runHosts runs the rules about one host for each entry of hosts.
func (in Input) runHosts() []finding.Outcome {
	backend, known := in.sound.Backend.Get()
	hosts, resolved := in.sound.Hosts.Get()
	switch {
	case brokenHosts(in.Resolution), known && !backend.UsesRedis():
		return nil
	case !known, !resolved:
		return []finding.Outcome{finding.Unknown()}
	}
	rules := slices.DeleteFunc(Rules(), func(r Rule) bool { return !r.ofOneHost() })
	var outcomes []finding.Outcome
	for _, host := range hosts {
		if host.Problem != nil {
			continue // a rule of its own says so
		}
		outcomes = append(outcomes, renamed(run(rules, in.ofHost(host)), host.Setting))
		if host.Sentinel == nil {
			continue
		}
		named := slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.category() != "host" })
		for _, at := range host.Sentinel.Addresses {
			sentinel := channelconfig.Host{Host: at.Host, Port: at.Port, Setting: at.Setting}
			outcomes = append(outcomes, renamed(run(named, in.ofHost(sentinel)), at.Setting))
		}
	}
	return saidOnce(outcomes)
}

// ofHost are the settings that the layer would have if it had that host alone.
func (in Input) ofHost(host channelconfig.Host) Input {
	s := channelconfig.Settings{
		Debug: in.Settings.Debug, DebugUnreadable: in.Settings.DebugUnreadable, Backend: in.sound.Backend,
		Config: in.Settings.Config, Packages: in.Settings.Packages, Variables: in.Settings.Variables,
	}
	if url, err := host.AsURL(); err == nil && (host.Form == channelconfig.FormURL || host.Form == channelconfig.FormDict) && !isSentinelAddress(host) {
		s.RedisURL = channelconfig.Known(url)
	} else {
		s.RedisHost, s.RedisPort = channelconfig.Known(host.Host), channelconfig.Known(host.Port.String())
	}
	one := NewInput(s, channelconfig.Resolve(s), in.Existing)
	one.Here, one.entry = in.Here, &host
	return one
}

// isSentinelAddress reports an entry that is no more than where a Sentinel is.
func isSentinelAddress(host channelconfig.Host) bool {
	return strings.Contains(host.Setting, ".sentinels[")
}

// renamed are findings that name their place in hosts, where the rules name
// REDIS_URL or REDIS_HOST.
func renamed(outcome finding.Outcome, setting string) finding.Outcome {
	names := strings.NewReplacer(channelconfig.SettingRedisURL, setting, channelconfig.SettingRedisHost, setting)
	for i, f := range outcome.Findings {
		f.Detail, f.Fix, f.Setting = names.Replace(f.Detail), names.Replace(f.Fix), names.Replace(f.Setting)
		outcome.Findings[i] = f
	}
	return outcome
}

// saidOnce leaves of findings with one ID and severity the first, which names the others'
// places.
func saidOnce(outcomes []finding.Outcome) []finding.Outcome {
	type kind struct {
		id       finding.ID
		severity finding.Severity
	}
	heard := map[kind]*finding.Finding{}
	also := map[kind][]string{}
	for i := range outcomes {
		var kept []finding.Finding
		for _, f := range outcomes[i].Findings {
			k := kind{f.ID, f.Severity}
			if heard[k] != nil {
				also[k] = append(also[k], f.Setting)
				continue
			}
			heard[k] = &f
			kept = append(kept, f)
		}
		outcomes[i].Findings = kept
	}
	for i := range outcomes {
		for j, f := range outcomes[i].Findings {
			if places := also[kind{f.ID, f.Severity}]; len(places) > 0 {
				outcomes[i].Findings[j].Detail += " The same holds for " + strings.Join(places, ", ") + "."
			}
		}
	}
	return outcomes
}

// onHosts makes a check of a judgement about the entries of hosts, where those
// decide.
func onHosts(judge func(doc finding.Doc, in Input, hosts []channelconfig.Host) finding.Outcome) check {
	return func(doc finding.Doc, in Input) finding.Outcome {
		backend, known := in.sound.Backend.Get()
		hosts, resolved := in.sound.Hosts.Get()
		switch {
		case !in.several, brokenHosts(in.Resolution), known && !backend.UsesRedis():
			return finding.Pass()
		case !known, !resolved:
			return finding.Unknown()
		}
		return judge(doc, in, hosts)
	}
}

// onBrokenHosts makes a check of entries that channels_redis refuses for one of
// the reasons. The first is told, and the places of the others.
func onBrokenHosts(django string, reasons ...channelconfig.HostReason) check {
	return onHosts(func(doc finding.Doc, _ Input, hosts []channelconfig.Host) finding.Outcome {
		var outcomes []finding.Outcome
		for _, host := range hosts {
			p := host.Problem
			if p == nil || !slices.Contains(reasons, p.Reason) {
				continue
			}
			outcomes = append(outcomes, finding.Fail(doc.New(p.Setting, p.Setting+": "+p.Text()+". "+django)))
		}
		if len(outcomes) == 0 {
			return finding.Pass()
		}
		return finding.Merge(saidOnce(outcomes)...)
	})
}

// givenHosts reports whether hosts were given at all, if only an empty list.
func (in Input) givenHosts() bool {
	text := in.Settings.HostsText.Or(secret.String{})
	return in.Settings.Hosts.IsSet() || in.Settings.HostsText.IsSet() && strings.TrimSpace(text.Reveal()) != ""
}

package lint

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostLoopback = Rule{
	Doc: finding.Doc{
		ID:       "host/loopback",
		Title:    "The Redis host is the machine that the app itself runs on",
		Severity: finding.Warning,
		Varies: "Nothing with DEBUG on, and nothing in the check command, which runs beside the app. Information where the text of DEBUG " +
			"cannot be read.",
		Why: "localhost and the addresses 127.* mean the machine that asks. In a container that is the container itself, where no Redis " +
			"listens. It happens when a setting for one's own machine is carried into a deployment, and when nobody says where Redis is: " +
			"127.0.0.1 is the default of the settings code.",
		Django: "Starts. Where no Redis listens beside the app, the first message through the layer raises " +
			"\"redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:6379. Connect call failed\"",
		Fix: "Give REDIS_URL the name by which the app reaches Redis, such as that of its service; where both really share one machine, set " +
			"findings = { \"host/loopback\" = \"off\" }.",
		Bad: []string{
			"REDIS_URL=redis://localhost:6379/0",
			"REDIS_URL=redis://default:example@127.0.0.1:6379/0",
			"REDIS_HOST=::1",
			"DEBUG=False",
		},
		Good: []string{
			"REDIS_URL=redis://redis:6379/0",
			"DEBUG=True\nREDIS_URL=redis://localhost:6379/0",
			"REDIS_URL=unix:///run/redis/redis.sock",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels/issues/1585"},
	},
	Rank:  Parts,
	Check: checkHostLoopback,
}

func checkHostLoopback(doc finding.Doc, in Input) finding.Outcome {
	debug, debugKnown := in.sound.Debug.Get()
	hosts, known := in.sound.Hosts.Get()
	switch {
	case in.Here, debugKnown && debug:
		return finding.Pass()
	case !known:
		return finding.Unknown()
	case len(hosts) == 0 || !in.leadsToItself(hosts[0]):
		return finding.Pass()
	case !debugKnown && !in.Settings.DebugUnreadable:
		return finding.Unknown()
	}
	f := doc.New(hosts[0].Setting, in.whyItself(hosts[0])+" Inside a container that is the container itself, not the machine with Redis. "+
		"Django starts; where no Redis listens beside it, the first message raises \"Error 111 connecting to ...\".")
	if !debugKnown {
		f = f.WithSeverity(finding.Info)
	}
	return finding.Fail(f)
}

// leadsToItself reports a host that is meant and means the machine that asks.
// Where a URL only falls back to localhost, rules of its own say so.
func (in Input) leadsToItself(host channelconfig.Host) bool {
	if !host.IsURL() {
		return isItself(host.Host) && !in.fallsBackFromEmptyURL()
	}
	if len(in.Readings) == 0 {
		return false
	}
	u := in.Readings[len(in.Readings)-1].URL
	return u != nil && u.Scheme != "unix" && u.Written.HasHost && isItself(u.Host)
}

// fallsBackFromEmptyURL: rules about an empty URL and about empty hosts say where
// that leads.
func (in Input) fallsBackFromEmptyURL() bool {
	return (in.givenHosts() || in.Settings.RedisURL.IsSet()) && !in.Settings.RedisHost.IsSet()
}

func (in Input) whyItself(host channelconfig.Host) string {
	switch {
	case host.IsURL():
		return "The host in REDIS_URL is localhost or a loopback address."
	case in.Settings.RedisHost.IsSet():
		return "REDIS_HOST is localhost or a loopback address."
	default:
		return "Neither REDIS_URL nor REDIS_HOST is set, so the settings use 127.0.0.1."
	}
}

// shortLoopback are the forms that getaddrinfo takes besides the full one:
// 127.1 is 127.0.0.1.
var shortLoopback = regexp.MustCompile(`^127\.\d+(\.\d+)?$`)

// isItself reports a host that means the machine that asks. A connection to
// the unspecified address goes there, too (Linux, ip(7)).
func isItself(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "localhost.localdomain" || shortLoopback.MatchString(host) {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && (address.Unmap().IsLoopback() || address.IsUnspecified())
}

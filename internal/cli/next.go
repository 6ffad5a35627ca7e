package cli

import (
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// fixFor is the finding's fix in words for whoever has no Terraform at hand.
func fixFor(f finding.Finding) string {
	switch f.ID {
	case "network/name-not-resolved":
		return "Correct the host name if this is the app's own container; if it is not, run this command there, inside the app's network."
	case "network/connect-failed":
		return "Try again; if it stays, look at this machine: open files, tunnels, the network."
	case "tls/unknown-authority":
		return "Give redis-py the authority's certificate, as ?ssl_ca_certs=/path/to/ca.pem in the URL."
	case "tls/missing-file":
		return "Put that file where the settings say, or run this command where it is: in the app's container."
	case "layer/in-memory-outside-debug":
		return "Use channels_redis.core.RedisChannelLayer as the BACKEND, and give REDIS_URL."
	case "url/unescaped-character", "url/hidden-delimiter":
		return "Percent-encode the user name and the password in REDIS_URL, one by one, as Python's urllib.parse.quote(text, safe='') does."
	}
	return strings.NewReplacer(
		" (null in Terraform)", "",
		", or build the URL with provider::channels::build_url", "",
	).Replace(f.Fix)
}

// tried reports whether messages were sent.
func (r Result) tried() bool {
	return slices.ContainsFunc(r.Servers, func(s Server) bool { return s.RoundTrip != nil })
}

func hasFinding(findings []finding.Finding, id finding.ID) bool {
	return slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.ID == id })
}

// nothingSet reports whether the layer comes from no variable at all, as it
// does where the command runs beside the app and not in its container.
func (r Result) nothingSet() bool {
	l := r.Layer
	if l.URL != nil || len(l.Hosts) > 0 || l.Exception != nil || hasFinding(r.Findings, "url/empty") {
		return false
	}
	for _, value := range []*Value{l.Host, l.Port, l.Debug} {
		if value == nil || value.Origin != originDefault {
			return false
		}
	}
	return true
}

// nextStep is the one thing to do now.
func nextStep(r Result) string {
	for _, f := range r.Findings {
		if f.Severity > finding.Info {
			return f.Fix
		}
	}
	memory := r.Layer.Backend != nil && r.Layer.Backend.Value == channelconfig.InMemory.Class()
	for _, looked := range []*Looked{r.Group, r.Channel} {
		if looked != nil && looked.Status == finding.Undetermined && !memory {
			return "Find out why " + printable(looked.Name) + " could not be looked at: " + looked.Reason + "."
		}
	}
	switch {
	case memory:
		return "Nothing to mend as long as the app is one process. Set REDIS_URL where it has several: they cannot reach each other now."
	case r.Status == finding.Undetermined && !r.tried() && hasFinding(r.Findings, "acl/rights-unknown"):
		return "Run this again with --round-trip: it tries what this user may not ask."
	case r.Status == finding.Undetermined && len(r.Findings) > 0:
		return r.Findings[0].Fix
	case r.Status == finding.Undetermined:
		return "Run this again where the app runs: not everything could be found out here."
	case r.Channel.full():
		return "Look at who should receive from " + printable(r.Channel.Name) + ": it is full, so that sending to it raises ChannelFull, and messages to its groups do not reach it."
	default:
		return "Nothing to mend here. If messages do not arrive, run this in each container of the app: all must print the same layer."
	}
}

package lint

import (
	"regexp"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLSeveralHosts = Rule{
	Doc: finding.Doc{
		ID:       "url/several-hosts",
		Title:    "REDIS_URL lists several hosts; a URL can have only one",
		Severity: finding.Error,
		Why: "Some clients take a list of cluster nodes or replicas in one URL. redis-py does not, and channels_redis.core cannot " +
			"use a Redis Cluster at all.",
		Django: "\"ValueError: Port could not be cast to integer value\", or a host name that does not exist, at the first " +
			"message through the layer.",
		Fix: "Give the URL of one Redis that is not a cluster.",
		Bad: []string{
			"REDIS_URL=redis://a.example.com:6379,b.example.com:6379",
			"REDIS_URL=redis://a.example.com,b.example.com/0",
			"REDIS_URL=redis://:example@a.example.com:6379/0,redis://:example@b.example.com:6379/0",
		},
		Good:    []string{"REDIS_URL=redis://default:exam,ple@a.example.com:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/420"},
	},
	Rank: Placeholder,
	Check: onURL(func(in Input) string {
		u := in.url
		i := u.secondHost()
		if !u.knownScheme() || i < 0 {
			return ""
		}
		what := "A second host seems to begin after the separator " + u.at(i) + ". "
		if in.refusedByAll() {
			return what + refusal("ValueError")
		}
		if i >= u.authority.end {
			return what + "redis-py uses the first host only, and neither its database nor what follows: Django starts and silently uses database 0."
		}
		return what + "redis-py takes the list for one host name. " + noSuchHost
	}),
}

var secondURL = regexp.MustCompile(`[,; ]+rediss?://`)

// secondHost is the index of what separates two hosts; -1 where there is only
// one. A comma in the userinfo may belong to the password.
func (u urlText) secondHost() int {
	if found := secondURL.FindStringIndex(u.text.Reveal()); found != nil {
		return found[0]
	}
	if u.scheme == "unix" || strings.Contains(u.rest().in(u.text), "@") {
		return -1
	}
	return u.firstOf(u.hostAndPort(), ",;")
}

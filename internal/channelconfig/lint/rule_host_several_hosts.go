package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostSeveralHosts = Rule{
	Doc: finding.Doc{
		ID:       "host/several-hosts",
		Title:    "REDIS_HOST lists several hosts; it can have only one",
		Severity: finding.Error,
		Why:      "channels_redis connects to the one host of REDIS_HOST. A list of cluster nodes or replicas is no name.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Give REDIS_HOST the name of one Redis that is not a cluster.",
		Bad:     []string{"REDIS_HOST=a.example.com,b.example.com", "REDIS_HOST=a.example.com:6379;b.example.com:6379"},
		Good:    []string{"REDIS_HOST=a.example.com"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/django/channels_redis/issues/420"},
	},
	Rank: Delimiter,
	Check: onHost(func(host string) string {
		if !strings.ContainsAny(host, ",;") {
			return ""
		}
		return "REDIS_HOST holds a list of hosts, which is taken for one name. " + noSuchHost
	}),
}

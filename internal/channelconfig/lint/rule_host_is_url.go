package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostIsURL = Rule{
	Doc: finding.Doc{
		ID:       "host/is-url",
		Title:    "REDIS_HOST holds a URL instead of a host name",
		Severity: finding.Error,
		Why:      "REDIS_HOST takes a name and nothing else. A URL, which can also carry the password, belongs into REDIS_URL.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Move the value to REDIS_URL, and remove REDIS_HOST.",
		Bad:     []string{"REDIS_HOST=redis://redis:6379/0", "REDIS_HOST=tcp://10.0.0.5:6379", "REDIS_HOST=default:example@redis"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: Prefix,
	Check: onHost(func(host string) string {
		if !strings.Contains(host, "://") && !strings.Contains(host, "@") {
			return ""
		}
		return "REDIS_HOST holds a URL, or a user and password; all of it becomes the name that is looked up (and appears in the error). " + noSuchHost
	}),
}

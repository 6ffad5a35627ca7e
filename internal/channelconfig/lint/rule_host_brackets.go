package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostBrackets = Rule{
	Doc: finding.Doc{
		ID:       "host/brackets",
		Title:    "REDIS_HOST has brackets around the address",
		Severity: finding.Error,
		Why:      "Square brackets around an IPv6 address belong into a URL only. REDIS_HOST is handed to the name lookup as it is.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Write the IPv6 address in REDIS_HOST without brackets.",
		Bad:     []string{"REDIS_HOST=[2001:db8::1]"},
		Good:    []string{"REDIS_HOST=2001:db8::1"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: Split,
	Check: onHost(func(host string) string {
		if !strings.ContainsAny(host, "[]") {
			return ""
		}
		return "A square bracket stands in REDIS_HOST and becomes part of the name. " + noSuchHost
	}),
}

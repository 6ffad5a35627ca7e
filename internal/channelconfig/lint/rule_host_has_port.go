package lint

import (
	"net/netip"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostHasPort = Rule{
	Doc: finding.Doc{
		ID:       "host/has-port",
		Title:    "REDIS_HOST holds a port as well",
		Severity: finding.Error,
		Why:      "REDIS_HOST takes a name and nothing else; the port has a variable of its own, REDIS_PORT.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Move the port to REDIS_PORT.",
		Bad:     []string{"REDIS_HOST=redis:6379"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379", "REDIS_HOST=2001:db8::1"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: Split,
	Check: onHost(func(host string) string {
		_, err := netip.ParseAddr(host)
		if err == nil || strings.ContainsAny(host, "[]") || !strings.Contains(host, ":") {
			return ""
		}
		return "A colon stands in REDIS_HOST, which is no IPv6 address: all of it becomes the name that is looked up. " + noSuchHost
	}),
}

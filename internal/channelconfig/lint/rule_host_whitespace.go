package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleHostWhitespace = Rule{
	Doc: finding.Doc{
		ID:       "host/whitespace",
		Title:    "REDIS_HOST contains white space",
		Severity: finding.Error,
		Why:      "A space or newline that came along when the value was copied is invisible and becomes part of the name.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Remove the spaces and line breaks from the value of REDIS_HOST.",
		Bad:     []string{"REDIS_HOST= redis", "REDIS_HOST=redis ", "REDIS_HOST=redis one"},
		Good:    []string{"REDIS_HOST=redis"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: Blank,
	Check: onHost(func(host string) string {
		if strings.IndexFunc(host, isBlank) < 0 {
			return ""
		}
		return "White space stands in REDIS_HOST and becomes part of the name. " + noSuchHost
	}),
}

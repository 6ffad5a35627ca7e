package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleHostEmpty = Rule{
	Doc: finding.Doc{
		ID:       "host/empty",
		Title:    "REDIS_HOST is set but empty",
		Severity: finding.Error,
		Why: "An empty REDIS_HOST is not the same as none: the settings use the default 127.0.0.1 only where the variable is not set at " +
			"all. It happens when the variable that should have filled it in was empty.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Give REDIS_HOST the name of the Redis, or remove the variable (null in Terraform).",
		Bad:     []string{"REDIS_HOST="},
		Good:    []string{"REDIS_HOST=redis", "DEBUG=True\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank: First,
	Check: onHost(func(host string) string {
		if host != "" {
			return ""
		}
		return "REDIS_HOST is an empty text, which the settings use as it is instead of the default 127.0.0.1. " + noSuchHost
	}),
}

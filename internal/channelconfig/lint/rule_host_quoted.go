package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleHostQuoted = Rule{
	Doc: finding.Doc{
		ID:       "host/quoted",
		Title:    "REDIS_HOST has quotes around it that became part of it",
		Severity: finding.Error,
		Why: "Quotes in a .env file or a dashboard are for the reader to remove. docker run --env-file, Kubernetes and many dashboards do " +
			"not, so the app gets a name that begins with a quote.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Remove the quotes around the value of REDIS_HOST.",
		Bad:     []string{`REDIS_HOST="redis"`, "REDIS_HOST='redis'"},
		Good:    []string{"REDIS_HOST=redis"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.docker.com/reference/cli/docker/container/run/#env"},
	},
	Rank: Quotes,
	Check: onHost(func(host string) string {
		if !isQuoted(host) {
			return ""
		}
		return "REDIS_HOST begins with a quotation mark, which becomes part of the name. " + noSuchHost
	}),
}

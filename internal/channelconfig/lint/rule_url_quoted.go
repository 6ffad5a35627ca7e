package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLQuoted = Rule{
	Doc: finding.Doc{
		ID:       "url/quoted",
		Title:    "REDIS_URL has quotes around it that became part of it",
		Severity: finding.Error,
		Why: "Quotes in a .env file or a dashboard are for the reader to remove. docker run --env-file, Kubernetes and many " +
			"dashboards do not, so the app gets a URL that begins with a quote.",
		Django: "\"ValueError: Redis URL must specify one of the following schemes\" at the first message through the layer.",
		Fix:    "Remove the quotes around the value of REDIS_URL.",
		Bad:    []string{`REDIS_URL="redis://redis:6379/0"`, "REDIS_URL='redis://default:example@redis:6379/0'"},
		Good:   []string{"REDIS_URL=redis://redis:6379/0"},
		Since:  "0.1.0",
		Sources: []string{
			"https://github.com/frappe/gameplan/issues/402",
			"https://docs.docker.com/reference/cli/docker/container/run/#env",
		},
	},
	Rank: Quotes,
	Check: onURL(func(in Input) string {
		if !isQuoted(in.url.text.Reveal()) {
			return ""
		}
		return "REDIS_URL begins with a quotation mark, so it has no scheme that redis-py knows. " + refusal("ValueError")
	}),
}

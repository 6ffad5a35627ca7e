package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var rulePortQuoted = Rule{
	Doc: finding.Doc{
		ID:       "port/quoted",
		Title:    "REDIS_PORT has quotes around it that became part of it",
		Severity: finding.Error,
		Why: "Quotes in a .env file or a dashboard are for the reader to remove. docker run --env-file, Kubernetes and many dashboards do " +
			"not, so the app gets a text that begins with a quote.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Remove the quotes around the value of REDIS_PORT.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=\"6379\""},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/functions.html#int"},
	},
	Rank: Quotes,
	Check: onPort(func(text string) string {
		if !isQuoted(text) {
			return ""
		}
		return "REDIS_PORT begins with a quotation mark, which is no digit."
	}),
}

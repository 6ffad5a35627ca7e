package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var rulePortNotANumber = Rule{
	Doc: finding.Doc{
		ID:       "port/not-a-number",
		Title:    "REDIS_PORT is not a whole number",
		Severity: finding.Error,
		Why:      "The settings turn REDIS_PORT into a number before anything else.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Write the port as digits only, mostly 6379.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=6379.0", "REDIS_HOST=redis\nREDIS_PORT=redis", "REDIS_HOST=redis\nREDIS_PORT=6379/tcp"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6_379", "REDIS_HOST=redis\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/functions.html#int"},
	},
	Rank: Parts,
	Check: onPort(func(text string) string {
		if text == "" {
			return ""
		}
		return "REDIS_PORT is not a whole number as Python reads one."
	}),
}

package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePortEmpty = Rule{
	Doc: finding.Doc{
		ID:       "port/empty",
		Title:    "REDIS_PORT is set but empty",
		Severity: finding.Error,
		Why:      "An empty REDIS_PORT is not the same as none: the settings use the default 6379 only where the variable is not set at all.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Give REDIS_PORT a number, mostly 6379, or remove the variable.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=", "REDIS_URL=redis://redis:6379/0\nREDIS_PORT= "},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379", "REDIS_HOST=redis\nREDIS_PORT= 6379 "},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/functions.html#int"},
	},
	Rank: First,
	Check: onPort(func(text string) string {
		if strings.TrimSpace(text) != "" {
			return ""
		}
		return "REDIS_PORT holds nothing."
	}),
}

package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var rulePortUnexpandedVariable = Rule{
	Doc: finding.Doc{
		ID:       "port/unexpanded-variable",
		Title:    "REDIS_PORT holds a placeholder that nothing replaced",
		Severity: finding.Error,
		Why: "Whatever should have put a value in the place of ${NAME}, $(NAME) or {{ name }} did not: the name was not defined there, or " +
			"that tool does not replace anything in this file.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Replace the placeholder by a number, mostly 6379.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=${REDIS_PORT}", "REDIS_HOST=redis\nREDIS_PORT=$(REDIS_SERVICE_PORT)"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/Winson-030/dify-kubernetes/issues/40"},
	},
	Rank: Placeholder,
	Check: onPort(func(text string) string {
		if placeholderIn(text) < 0 {
			return ""
		}
		return "REDIS_PORT holds a placeholder for a variable, unreplaced."
	}),
}

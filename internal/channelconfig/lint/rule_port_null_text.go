package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var rulePortNullText = Rule{
	Doc: finding.Doc{
		ID:       "port/null-text",
		Title:    "REDIS_PORT holds a word for \"no value\" as its text",
		Severity: finding.Error,
		Why:      "A program that had no port wrote its own word for that (None, null, undefined) into the variable.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Remove the variable REDIS_PORT, or give it a number, mostly 6379.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=None"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/Winson-030/dify-kubernetes/issues/40"},
	},
	Rank: NullText,
	Check: onPort(func(text string) string {
		if !anyWord(text, nullWords...) {
			return ""
		}
		return "REDIS_PORT is a word that programs write for \"no value\"."
	}),
}

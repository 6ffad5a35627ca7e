package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleHostUnexpandedVariable = Rule{
	Doc: finding.Doc{
		ID:       "host/unexpanded-variable",
		Title:    "REDIS_HOST holds a placeholder that nothing replaced",
		Severity: finding.Error,
		Why: "Whatever should have put a value in the place of ${NAME}, $(NAME) or {{ name }} did not: the name was not defined there, or " +
			"that tool does not replace anything in this file.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Replace the placeholder by its value, or define the variable where REDIS_HOST is put together.",
		Bad:     []string{"REDIS_HOST=${REDIS_HOST}", "REDIS_HOST=$(REDIS_SERVICE_HOST)"},
		Good:    []string{"REDIS_HOST=redis"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/Winson-030/dify-kubernetes/issues/40"},
	},
	Rank: Placeholder,
	Check: onHost(func(host string) string {
		if placeholderIn(host) < 0 {
			return ""
		}
		return "REDIS_HOST holds a placeholder for a variable, which Python takes literally. " + noSuchHost
	}),
}

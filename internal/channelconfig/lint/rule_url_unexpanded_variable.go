package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLUnexpandedVariable = Rule{
	Doc: finding.Doc{
		ID:       "url/unexpanded-variable",
		Title:    "REDIS_URL holds a placeholder that nothing replaced",
		Severity: finding.Error,
		Why: "Whatever should have put a value in the place of ${NAME}, $(NAME) or {{ name }} did not: the name was not " +
			"defined there, or that tool does not replace anything in this file.",
		Django: "The placeholder is taken literally: as a host name that does not exist, as a password that is wrong " +
			"(WRONGPASS), or as a port that is no number (ValueError).",
		Fix: "Replace the placeholder by its value, or define the variable where the URL is put together.",
		Bad: []string{
			"REDIS_URL=${REDIS_URL}",
			"REDIS_URL=redis://default:${REDIS_PASSWORD}@redis:6379/0",
			"REDIS_URL=redis://$(REDIS_HOST):6379/0",
			"REDIS_URL=redis://redis:{{ redis_port }}/0",
			"REDIS_URL=redis://$REDIS_HOST:6379/0",
			"REDIS_URL=redis://<host>:6379/0",
		},
		Good:    []string{"REDIS_URL=redis://default:exa$mple@redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/Winson-030/dify-kubernetes/issues/40"},
	},
	Rank: Placeholder,
	Check: onURL(func(in Input) string {
		i := placeholderIn(in.url.text.Reveal())
		if i < 0 && in.hostIsPlaceholder() {
			return "The host is a placeholder for a variable, unreplaced. Django starts and takes it literally: the first message " +
				"through the layer fails with ConnectionError, because there is no host of that name."
		}
		if i < 0 {
			return ""
		}
		what := "A placeholder for a variable stands " + in.url.at(i) + ", unreplaced. "
		if in.refusedByAll() {
			return what + refusal("ValueError")
		}
		return what + "Django starts and takes it literally, as a piece of the password or of the host's name: the first message " +
			"through the layer fails with AuthenticationError or ConnectionError."
	}),
}

package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleHostNullText = Rule{
	Doc: finding.Doc{
		ID:       "host/null-text",
		Title:    "REDIS_HOST holds a word for \"no value\" as its text",
		Severity: finding.Error,
		Why: "A program that had no host wrote its own word for that (None, null, undefined) into the variable. Python takes it for a " +
			"name.",
		Django: "\"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\" at the first message " +
			"through the layer.",
		Fix:     "Remove the variable REDIS_HOST (null in Terraform), or give it the name of the Redis.",
		Bad:     []string{"REDIS_HOST=None", "REDIS_HOST=null"},
		Good:    []string{"REDIS_HOST=redis"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/Winson-030/dify-kubernetes/issues/40"},
	},
	Rank: NullText,
	Check: onHost(func(host string) string {
		if !anyWord(host, nullWords...) {
			return ""
		}
		return "REDIS_HOST is a word that programs write for \"no value\"; for Python it is the name of a host. " + noSuchHost
	}),
}

package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLNullText = Rule{
	Doc: finding.Doc{
		ID:       "url/null-text",
		Title:    "REDIS_URL holds a word for \"no value\" as its text",
		Severity: finding.Error,
		Why: "A program that had no URL wrote its own word for that (None, null, undefined) into the variable. Python " +
			"takes any text that is not empty for a URL.",
		Django: "\"ValueError: Redis URL must specify one of the following schemes\" at the first message through the layer.",
		Fix:    "Remove the variable REDIS_URL (null in Terraform), or give it the URL of the Redis.",
		Bad:    []string{"REDIS_URL=None", "REDIS_URL=null", "REDIS_URL=redis://None:6379/0"},
		Good:   []string{"REDIS_HOST=redis"},
		Since:  "0.1.0",
		Sources: []string{
			"https://github.com/Winson-030/dify-kubernetes/issues/40",
		},
	},
	Rank: NullText,
	Check: onURL(func(in Input) string {
		if anyWord(in.urlHost(), nullWords...) {
			return "The host in REDIS_URL is a word that programs write for \"no value\". Django starts and takes it literally: the first " +
				"message through the layer fails with ConnectionError, because there is no host of that name."
		}
		if !anyWord(in.url.text.Reveal(), nullWords...) {
			return ""
		}
		return "REDIS_URL is a word that programs write for \"no value\"; for Python it is a URL like any other text. " + refusal("ValueError")
	}),
}

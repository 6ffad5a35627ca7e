package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLArgumentObject = Rule{
	Doc: finding.Doc{
		ID:       "url/argument-object",
		Title:    "An argument of REDIS_URL cannot be given as text",
		Severity: finding.Error,
		Varies: "Information where the versions of the packages are not stated and some supported version of redis-py takes " +
			"the text without looking at it.",
		Why: "Some options of redis-py's connection are Python objects (retry, credential_provider, parser_class). A URL carries " +
			"only text.",
		Django: "TypeError, AttributeError or DataError at the first message through the layer.",
		Fix:    "Remove the argument from REDIS_URL.",
		Bad: []string{
			"REDIS_URL=redis://redis:6379/0?parser_class=HiredisParser",
			"REDIS_URL=redis://default:example@redis:6379/0?credential_provider=vault\nredis==6.4.0",
		},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?retry_on_timeout=true"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if !r.refused(redisurl.NotFromURL, redisurl.CredentialConflict) {
			return note{}
		}
		name := "An argument"
		if r.Err.Argument != "" {
			name = fmt.Sprintf("The argument %q", r.Err.Argument)
		}
		return note{detail: fmt.Sprintf("%s%s takes a Python object, which no URL can carry. %s", name, r.where(), refusal(r.Err.Exception))}
	}),
}

package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLUserWithoutPassword = Rule{
	Doc: finding.Doc{
		ID:       "url/user-without-password",
		Title:    "REDIS_URL has a user name but no password",
		Severity: finding.Warning,
		Why: "Often the password stands in the place of the user name: a lone password needs a colon before it, as in " +
			"redis://:password@redis. It is right only for a user that the Redis lets in without one (nopass).",
		Django: "redis-py sends the user name with an empty password. Redis answers WRONGPASS, which is AuthenticationError " +
			"(ResponseError in redis-py 4.3) at the first message.",
		Fix:     "Write redis://user:password@host, or redis://:password@host for a password alone.",
		Bad:     []string{"REDIS_URL=redis://example@redis:6379/0", "REDIS_URL=redis://default:@redis:6379/0"},
		Good:    []string{"REDIS_URL=redis://:example@redis:6379/0", "REDIS_URL=redis://default:example@redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://redis.io/docs/latest/commands/auth/"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || r.URL.Username.IsEmpty() || !r.URL.Password.IsEmpty() {
			return note{}
		}
		return note{detail: "REDIS_URL gives a user name and no password. Django starts and logs in with an empty one; unless that user needs " +
			"none, the first message through the layer raises \"redis.exceptions.AuthenticationError: invalid " +
			"username-password pair or user is disabled\"."}
	}),
}

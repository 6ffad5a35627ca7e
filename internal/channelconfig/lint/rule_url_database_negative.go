package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLDatabaseNegative = Rule{
	Doc: finding.Doc{
		ID:       "url/database-negative",
		Title:    "The database in REDIS_URL is negative, which no Redis has",
		Severity: finding.Error,
		Why:      "Redis numbers its databases from 0 (mostly to 15). redis-py passes the number on as it is.",
		Django:   "The first message through the layer raises \"redis.exceptions.ResponseError: DB index is out of range\".",
		Fix:      "Write a database from 0 up after the host, as in redis://redis:6379/1.",
		Bad:      []string{"REDIS_URL=redis://redis:6379/-1", "REDIS_URL=redis://redis:6379?db=-1"},
		Good:     []string{"REDIS_URL=redis://redis:6379/0"},
		Since:    "0.1.0",
		Sources:  []string{"https://redis.io/docs/latest/commands/select/"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || r.URL.DB.Sign() >= 0 {
			return note{}
		}
		return note{detail: "The database number in REDIS_URL is below 0. Django starts; at the first message Redis answers \"DB index is out " +
			"of range\", which redis-py raises as ResponseError."}
	}),
}

package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLDatabaseIgnored = Rule{
	Doc: finding.Doc{
		ID:       "url/database-ignored",
		Title:    "The path of REDIS_URL is not a number, so database 0 is used",
		Severity: finding.Error,
		Why: "What follows the host is the number of a database inside the Redis. redis-py ignores what it cannot read as a " +
			"number. All processes of the app have to use one database, or messages get lost between them.",
		Django:  "Silently uses database 0.",
		Fix:     "Write the database as a number after the host, as in redis://redis:6379/1, or nothing for database 0.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/abc", `REDIS_URL=redis://redis:6379/1"`, "REDIS_URL=redis://redis:6379/1;"},
		Good:    []string{"REDIS_URL=redis://redis:6379/1", "REDIS_URL=redis://redis:6379/", "REDIS_URL=redis://redis:6379"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/4308", "https://github.com/redis/redis-py/issues/728"},
	},
	Rank: Parts,
	Check: onReading(func(in Input, r Reading) note {
		if r.URL == nil || r.URL.Written.DB != redisurl.DBIgnored || !r.URL.Written.HasAuthority {
			return note{}
		}
		return note{detail: "What follows the host, " + in.url.at(in.url.path.start) + ", is not a number. redis-py ignores it: " +
			"Django starts and silently uses database 0."}
	}),
}

package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLDatabaseJoined = Rule{
	Doc: finding.Doc{
		ID:       "url/database-joined",
		Title:    "Several numbers in the path of REDIS_URL become one database",
		Severity: finding.Error,
		Why: "redis-py drops every slash of the path and reads what is left as one number: /1/2 is database 12. All processes of " +
			"the app have to use one database, or messages get lost between them.",
		Django:  "Silently uses the database of the joined digits, or fails with \"DB index is out of range\" where there is none.",
		Fix:     "Write one number after the host, as in redis://redis:6379/1.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/1/2", "REDIS_URL=redis://redis:6379/0/1"},
		Good:    []string{"REDIS_URL=redis://redis:6379/1", "REDIS_URL=redis://redis:6379/1/"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/issues/4308"},
	},
	Rank: Parts,
	Check: onReading(func(in Input, r Reading) note {
		if r.URL == nil || r.URL.Written.DB != redisurl.DBPath || r.URL.Written.PathSegments < 2 || !r.URL.Written.HasAuthority {
			return note{}
		}
		return note{detail: "What follows the host, " + in.url.at(in.url.path.start) + ", has several parts. redis-py joins their digits to one " +
			"number: Django starts and silently uses that database."}
	}),
}

package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLDatabaseTwice = Rule{
	Doc: finding.Doc{
		ID:       "url/database-twice",
		Title:    "REDIS_URL gives two databases; ?db= wins over the path",
		Severity: finding.Warning,
		Why: "The number after the host and the argument db differ. All processes of the app have to use one database, or " +
			"messages get lost between them.",
		Django:  "Silently uses the database of ?db= and ignores the number after the host.",
		Fix:     "Give the database once: as the number after the host, or as ?db=.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/1?db=2"},
		Good:    []string{"REDIS_URL=redis://redis:6379/?db=2", "REDIS_URL=redis://redis:6379/2?db=2"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(in Input, r Reading) note {
		if r.URL == nil || r.URL.Scheme == "unix" || r.URL.Written.DB != redisurl.DBQuery {
			return note{}
		}
		path := strings.Trim(in.url.path.in(in.url.text), "/ ")
		if path == "" || path == r.URL.DB.String() {
			return note{}
		}
		return note{detail: "REDIS_URL has a path after the host and an argument db that says something else. redis-py ignores the path: Django " +
			"starts and silently uses the database of the argument."}
	}),
}

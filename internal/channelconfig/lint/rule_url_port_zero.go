package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLPortZero = Rule{
	Doc: finding.Doc{
		ID:       "url/port-zero",
		Title:    "Port 0 in REDIS_URL is replaced by 6379",
		Severity: finding.Warning,
		Why: "No server can listen on port 0. redis-py takes it for \"no port given\" and uses 6379, which may be another Redis " +
			"than the one that was meant.",
		Django:  "Silently connects to port 6379.",
		Fix:     "Write the port of the Redis, mostly 6379.",
		Bad:     []string{"REDIS_URL=redis://redis:0/0"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil || !r.URL.Written.PortZero || r.URL.Scheme == "unix" {
			return note{}
		}
		return note{detail: "The port in REDIS_URL is 0, which redis-py passes over. Django starts and silently connects to port 6379 instead."}
	}),
}

package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleURLArgumentValue = Rule{
	Doc: finding.Doc{
		ID:       "url/argument-value",
		Title:    "An argument of REDIS_URL has a value that redis-py refuses",
		Severity: finding.Error,
		Varies: "Information where the versions of the packages are not stated and some supported version of redis-py takes " +
			"the value.",
		Why: "Timeouts and counts have to be plain numbers, without a unit: seconds, as in socket_timeout=10.",
		Django: "\"ValueError: Invalid value for ... in connection URL.\" at the first message through the layer; for protocol a " +
			"ConnectionError.",
		Fix: "Write the value as a plain number, in seconds for timeouts.",
		Bad: []string{
			"REDIS_URL=redis://redis:6379/0?socket_timeout=10s",
			"REDIS_URL=redis://redis:6379/?db=one",
			"REDIS_URL=redis://redis:6379/0?max_connections=-1",
			"REDIS_URL=redis://redis:6379/0?protocol=4\nredis==6.4.0",
		},
		Good:    []string{"REDIS_URL=redis://redis:6379/0?socket_timeout=10"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if !r.refused(redisurl.ArgumentValue, redisurl.NegativeMaxConnections, redisurl.Protocol) {
			return note{}
		}
		name := "an argument"
		if r.Err.Argument != "" {
			name = fmt.Sprintf("the argument %q", r.Err.Argument)
		}
		n := note{detail: fmt.Sprintf("The value of %s%s is none that redis-py can use. %s", name, r.where(), refusal(r.Err.Exception))}
		if r.refused(redisurl.Protocol) {
			n.fix = "Write protocol=2 or protocol=3, or remove the argument."
		}
		return n
	}),
}

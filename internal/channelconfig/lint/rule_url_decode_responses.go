package lint

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var ruleURLDecodeResponses = Rule{
	Doc: finding.Doc{
		ID:       "url/decode-responses",
		Title:    "decode_responses in REDIS_URL breaks every received message",
		Severity: finding.Error,
		Why: "channels_redis puts binary messages into Redis and needs them back as bytes. With this argument redis-py decodes " +
			"them as text. Any value turns it on, even False: to Python every text that is not empty is true.",
		Django:  "Sending works; receiving raises UnicodeDecodeError, so no WebSocket ever gets a message.",
		Fix:     "Remove decode_responses from REDIS_URL.",
		Bad:     []string{"REDIS_URL=redis://redis:6379/0?decode_responses=True", "REDIS_URL=redis://redis:6379/0?decode_responses=False"},
		Good:    []string{"REDIS_URL=redis://redis:6379/0"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank: Parts,
	Check: onReading(func(_ Input, r Reading) note {
		if r.URL == nil {
			return note{}
		}
		if _, given := r.URL.Options["decode_responses"]; !given {
			return note{}
		}
		return note{detail: "REDIS_URL has the argument decode_responses, which every value turns on. Django starts and sends; each receive " +
			"raises UnicodeDecodeError, as channel messages are binary."}
	}),
}

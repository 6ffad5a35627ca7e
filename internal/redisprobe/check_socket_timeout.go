package redisprobe

import (
	"strconv"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docSocketTimeout = finding.Doc{
	ID:       "layer/socket-timeout",
	Title:    "redis-py gives up while the core layer waits for messages",
	Severity: finding.Error,
	Varies:   "A warning where redis-py 8 was only seen among the server's clients, and info where nobody stated its version.",
	Why: "The core layer asks Redis for the next message and lets it wait up to five seconds for one. redis-py itself gives up on an answer after its socket_timeout, " +
		"which is five seconds from version 8 on and no limit before. When nothing is sent for that long, redis-py is first.",
	Django: "receive() raises TimeoutError (\"Timeout reading from ...\") every five seconds in which there is no message, and consumers end with it.",
	Fix:    "Append ?socket_timeout=10 to REDIS_URL.",
	Live:   true, Since: since,
	Sources: []string{"django/channels_redis#422", "redis/redis-py#4091", "redis/redis-py#583"},
}

// blockingRead is how long a core layer waits for a message, in seconds
// (channels_redis 4.0.0 to 4.3.0, core.py, brpop_timeout).
const blockingRead = 5

// socketTimeout is redis-py's own limit against the layer's blocking read; nil
// if it is longer.
func (a *attempt) socketTimeout(learned *survey) *problem {
	if a.request.layer().isPubSub() {
		return nil
	}
	if option, given := a.request.Connection.Options["socket_timeout"]; given {
		if option.Float == nil || !(*option.Float <= blockingRead) {
			return nil
		}
		p := wrong(docSocketTimeout, "The query argument socket_timeout is "+strconv.FormatFloat(*option.Float, 'g', 6, 64)+".",
			a.client()+" raises TimeoutError whenever no message arrives for so long.")
		p.fix = "Set socket_timeout=10 in the query of " + a.request.Setting + "."
		return p
	}
	p := wrong(docSocketTimeout, "", "")
	p.fix = a.addTimeout()
	stated, seen := a.request.Redis, learned.clients.newest(a.request.Redis != nil)
	switch {
	case stated != nil && stated.AtLeast(8, 0, 0):
		p.observed = "The app has redis-py " + stated.String() + ", which waits five seconds for an answer, and no socket_timeout is given."
		p.django = "Its core layer raises TimeoutError whenever no message arrives for so long."
	case seen != nil && seen.AtLeast(8, 0, 0):
		p.severity = finding.Warning
		p.observed = "redis-py " + seen.String() + ", which waits five seconds for an answer, was seen among the clients of Redis at " + a.address() + ", and no socket_timeout is given."
		p.django = "If that is the app, its core layer raises TimeoutError whenever no message arrives for so long."
	case stated == nil && seen == nil:
		p.severity = finding.Info
		p.observed = "No socket_timeout is given, and the version of redis-py in the app is not known."
		p.django = "From version 8 on, the core layer raises TimeoutError whenever no message arrives for five seconds."
	default:
		return nil
	}
	return p
}

// addTimeout says how to add the one query argument.
func (a *attempt) addTimeout() string {
	switch connection := a.request.Connection; {
	case a.request.Setting == "REDIS_HOST":
		return "Set REDIS_URL in place of host and port, as in redis://host:6379?socket_timeout=10."
	case len(connection.Options) > 0 || connection.Transport == redisurl.Unix && connection.DB.Sign() != 0:
		return "Append &socket_timeout=10 to " + a.request.Setting + "."
	default:
		return "Append ?socket_timeout=10 to " + a.request.Setting + "."
	}
}

func timeoutDocs() []finding.Doc { return []finding.Doc{docSocketTimeout} }

package lint

import (
	"strconv"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var ruleLayerSocketTimeout = Rule{
	Doc: finding.Doc{
		ID:       "layer/socket-timeout",
		Title:    "redis-py gives up while the core layer waits for messages",
		Severity: finding.Error,
		Varies: "A warning where redis-py 8 was only seen among the server's clients (that one is live), and information where nobody " +
			"stated its version.",
		Why: "The core layer asks Redis for the next message and lets it wait up to five seconds for one. redis-py itself gives up on an " +
			"answer after its socket_timeout, which is five seconds from version 8 on and no limit before. When nothing is sent for that " +
			"long, redis-py is first. A socket_timeout of 0 is no \"no limit\": every command times out at once, the pub/sub layer's too.",
		Django: "receive() raises TimeoutError (\"Timeout reading from ...\") every five seconds in which there is no message, and consumers " +
			"end with it.",
		Fix: "Append ?socket_timeout=10 to REDIS_URL.",
		Bad: []string{
			"REDIS_URL=redis://redis:6379/0\nredis==8.0.0",
			"REDIS_URL=redis://redis:6379/0?socket_timeout=5",
			"REDIS_URL=redis://redis:6379/0?socket_timeout=1\nredis==7.4.1",
			"REDIS_HOST=redis\nredis==8.1.0",
			"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0?socket_timeout=0\nredis==8.1.0",
		},
		Good: []string{
			"REDIS_URL=redis://redis:6379/0?socket_timeout=10\nredis==8.1.0",
			"REDIS_URL=redis://redis:6379/0\nredis==7.4.1",
			"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0\nredis==8.1.0\nchannels_redis==4.3.0",
		},
		Since: "0.1.0",
		Sources: []string{
			"https://github.com/django/channels_redis/issues/422", "https://github.com/redis/redis-py/issues/4091",
			"https://github.com/redis/redis-py/issues/583",
		},
	},
	Rank:  Parts,
	Check: checkLayerSocketTimeout,
}

// SocketTimeoutDoc is the documentation of layer/socket-timeout, for the live
// check that sees redis-py 8 where nobody stated it.
func SocketTimeoutDoc() finding.Doc { return ruleLayerSocketTimeout.Doc }

// BlockingRead is how long a core layer waits for a message, in seconds
// (channels_redis 4.0.0 to 4.3.0, core.py, brpop_timeout).
const BlockingRead = 5

func checkLayerSocketTimeout(doc finding.Doc, in Input) finding.Outcome {
	status := in.isBackend(channelconfig.Core, channelconfig.PubSub)
	hosts, known := in.sound.Hosts.Get()
	switch {
	case status != finding.Failed:
		return finding.Outcome{Status: status}
	case !known:
		return finding.Unknown()
	}
	limit := float64(BlockingRead)
	if in.isBackend(channelconfig.PubSub) == finding.Failed {
		limit = 0
	}
	var short []redisurl.Line
	var given *float64
	lines := linesInScope(in.Settings.Packages.Redis)
	for _, line := range lines {
		c, err := hosts[0].Connection(line)
		if err != nil {
			continue
		}
		// NaN is not longer than anything.
		if reply, _ := c.SocketTimeouts(line); reply != nil && !(*reply > limit) {
			short, given = append(short, line), c.Options["socket_timeout"].Float
		}
	}
	supposed := given == nil && len(short) < len(lines)
	if len(short) == 0 || supposed && in.Resolution.Exception != nil {
		return finding.Pass() // nothing is to be supposed of an app that does not start
	}
	f := doc.New(hosts[0].Setting, whyTimeout(given)).WithFix(timeoutFix(in, hosts[0], given))
	if given == nil {
		f.Detail += whoseTimeout(in, short)
	}
	if supposed {
		f = f.WithSeverity(finding.Info)
	}
	return finding.Fail(f)
}

func whyTimeout(given *float64) string {
	switch {
	case given == nil:
		return "No socket_timeout is given, and redis-py 8 and later wait five seconds for an answer: as long as the core layer waits for a " +
			"message, so that it raises TimeoutError whenever none arrives for so long."
	case *given <= 0:
		return "The socket_timeout in REDIS_URL is not above 0: redis-py gives up on every answer at once, and every use of the layer raises TimeoutError."
	default:
		return "The socket_timeout in REDIS_URL is " + strconv.FormatFloat(*given, 'g', 6, 64) + ", and the core layer waits five seconds for a " +
			"message: redis-py raises TimeoutError whenever none arrives for so long."
	}
}

func whoseTimeout(in Input, short []redisurl.Line) string {
	if v := in.Settings.Packages.Redis; v != nil {
		return " The app has redis-py " + v.String() + "."
	}
	return " So it is with redis-py " + describeLines(short) + "; the version that the app has is not stated."
}

// timeoutFix says where the one argument goes.
func timeoutFix(in Input, host channelconfig.Host, given *float64) string {
	switch {
	case in.entry != nil && in.Existing && in.entry.Form == channelconfig.FormDict:
		return "Add \"socket_timeout\": 10 to REDIS_URL."
	case in.entry != nil && !in.entry.IsURL():
		return "Set arguments = { socket_timeout = \"10\" } in REDIS_URL."
	case !host.IsURL():
		return "Set REDIS_URL in place of host and port, as in redis://host:6379?socket_timeout=10."
	case given != nil:
		return "Set socket_timeout=10 in the query of REDIS_URL."
	case !in.url.query.empty():
		return "Append &socket_timeout=10 to REDIS_URL."
	default:
		return "Append ?socket_timeout=10 to REDIS_URL."
	}
}

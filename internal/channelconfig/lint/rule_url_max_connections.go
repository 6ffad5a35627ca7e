package lint

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// fewConnections is up to how many a core layer is warned of: a process in
// which that many sockets answer one group message at once needs one more.
const fewConnections = 20

var ruleURLMaxConnections = Rule{
	Doc: finding.Doc{
		ID:       "url/max-connections",
		Title:    "max_connections in REDIS_URL is too small for the layer",
		Severity: finding.Error,
		Varies:   "A warning for the core layer with 2 to 20, which last as long as few sockets are open in a process.",
		Why: "max_connections counts in each process. A layer needs one connection that waits for messages and one that sends: with 1 " +
			"nothing can be sent while somebody listens. The core layer takes a connection for each send that is under way; where as many " +
			"sockets as that answer one group message at once, one too many is refused.",
		Django: "\"redis.exceptions.ConnectionError: Too many connections\" (MaxConnectionsError in newer versions) at the send that is one " +
			"too many. redis-py does not wait for a free connection.",
		Fix: "Remove max_connections from REDIS_URL.",
		Bad: []string{
			"REDIS_URL=redis://redis:6379/0?max_connections=1&socket_timeout=10",
			"REDIS_URL=redis://redis:6379/0?max_connections=5\nredis==7.4.1",
			"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0?max_connections=1",
		},
		Good: []string{
			"REDIS_URL=redis://redis:6379/0?max_connections=100\nredis==7.4.1",
			"BACKEND=pubsub\nREDIS_URL=redis://redis:6379/0?max_connections=2",
		},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/redis/redis-py/blob/v8.1.0/redis/asyncio/connection.py"},
	},
	Rank:  Parts,
	Check: checkURLMaxConnections,
}

func checkURLMaxConnections(doc finding.Doc, in Input) finding.Outcome {
	if status := in.urlStatus(); status != finding.Failed {
		return finding.Outcome{Status: status}
	}
	u := in.Readings[len(in.Readings)-1].URL
	if u == nil {
		return finding.Pass() // a rule of its own says what redis-py refuses
	}
	n := u.Options["max_connections"].Int
	core := in.isBackend(channelconfig.Core) == finding.Failed
	// 0 counts as no limit ("max_connections or 2 ** 31").
	if n == nil || n.Sign() <= 0 || !n.IsInt64() || n.Int64() > fewConnections || n.Int64() > 1 && !core {
		return finding.Pass()
	}
	f := doc.New(channelconfig.SettingRedisURL, fmt.Sprintf("max_connections in REDIS_URL is %d.", n.Int64()))
	if n.Int64() == 1 {
		f.Detail += " Waiting for messages takes that one connection, and every send beside it raises \"Too many connections\"."
		return finding.Fail(f)
	}
	f.Detail += fmt.Sprintf(" Where %d sockets of one process answer a message at the same time, a send raises \"Too many connections\".", n.Int64())
	return finding.Fail(f.WithSeverity(finding.Warning))
}

package redisprobe

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// socketTimeout is redis-py's own limit against the layer's blocking read, as
// far as only the server shows it: a redis-py 8 among its clients where another
// version is stated, or none. The rest the settings tell, and the static rule
// of the same id says it.
func (a *attempt) socketTimeout(learned *survey) *problem {
	_, given := a.request.Connection.Options["socket_timeout"]
	stated, seen := a.request.Redis, learned.clients.newest(a.request.Redis != nil)
	switch {
	case a.request.layer().isPubSub(), given, stated != nil && stated.AtLeast(8, 0, 0), seen == nil || !seen.AtLeast(8, 0, 0):
		return nil
	}
	p := wrong(lint.SocketTimeoutDoc(),
		"redis-py "+seen.String()+", which waits five seconds for an answer, was seen among the clients of Redis at "+a.address()+", and no socket_timeout is given.",
		"If that is the app, its core layer raises TimeoutError whenever no message arrives for so long.")
	p.severity, p.fix = finding.Warning, a.addTimeout()
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

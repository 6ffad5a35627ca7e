// Package flush empties a channel layer, as flush() does in channels_redis 4.1.0
// to 4.3.0: it deletes data of the app. It is a package of its own so that what
// only looks at a layer cannot import it, which is checked.
package flush

import (
	"context"
	"errors"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/pubsub"
)

// deleteScript is delete_prefix of RedisChannelLayer.flush (channels_redis
// 4.3.0, core.py); see ../core/LICENSE.channels_redis.
const deleteScript = `
            local keys = redis.call('keys', ARGV[1])
            for i=1,#keys,5000 do
                redis.call('del', unpack(keys, i, math.min(i+4999, #keys)))
            end
        `

// Core is RedisChannelLayer.flush(): every key that begins with the prefix goes,
// on every host, whoever's it is. The prefix is a pattern, as in Python: glob
// characters in it match others. The error is a [*channellayer.OperationError].
func Core(ctx context.Context, layer *core.Layer) error {
	unconfirmed := layer.WaitReceived()
	for shard, conn := range layer.Conns() {
		command := channellayer.Command{"EVAL", deleteScript, int64(0), layer.Options().Prefix + "*"}
		replies, err := conn.Exchange(ctx, command)
		if err == nil {
			err = replies[0].Err
		}
		if err != nil {
			return &channellayer.OperationError{Operation: "flush", Step: "EVAL", Shard: shard, Err: errors.Join(err, unconfirmed)}
		}
	}
	return nil
}

// PubSub is RedisPubSubChannelLayer.flush(): the process forgets its channels
// and groups and closes its connections. Redis is not told anything.
func PubSub(layer *pubsub.Layer) { layer.Reset() }

// Package channellayer is what the wire protocol of channels_redis has in
// common for its two layers: names, their validation, capacities, shards,
// options, errors, and the seam to a connection.
//
//   - package serializer makes bytes of messages, and back;
//   - package core is channels_redis.core.RedisChannelLayer;
//   - package pubsub is channels_redis.pubsub.RedisPubSubChannelLayer;
//   - package transport carries commands over go-redis;
//   - package flush empties a layer, and is kept apart from what only looks.
//
// Mirrored are channels_redis 4.1.0 to 4.3.0 (core.py, pubsub.py,
// serializers.py, utils.py) and the BaseChannelLayer of Channels 4.0 to 4.3
// (channels/layers.py). What they put on the wire is the same in all of them.
// Faults that can be seen on the wire are mirrored too, because a message must
// take the way it takes in the app:
//
//   - A message sent to a process-local channel goes to the shard of the whole
//     name, but is received from the shard of the part up to "!". With several
//     shards most direct messages are lost ([Shard]); group messages are not.
//   - Before a group message is delivered, messages that are too old are removed
//     on the shard that was used last, not on the channel's (core.GroupSend).
//
// Deliberate differences:
//
//   - Names, keys and texts are UTF-8. Python's lone surrogates have no place in
//     them; JSON with one in it is refused.
//   - A dict with keys that msgpack.unpackb would refuse is not sent; Python sends
//     it, and fails where it is received. Likewise json.dumps makes text of keys
//     that are numbers; here keys are text.
//   - Values nested more than 900 deep are refused in JSON. Python's limit is
//     about 990, less what the caller's stack has taken.
//   - JSON in UTF-16 or UTF-32, which json.loads detects, is refused.
//   - A message that is not a dict is refused when it is received; Python returns
//     it, or fails at it, depending on its type.
//   - SUBSCRIBE is waited for, and a refused one is an error. Python returns when
//     it is written, and logs the refusal.
//   - The errors of the background removal of a received message are kept for
//     who asks (core.Layer.WaitReceived); Python reports an exception that nobody
//     retrieved.
package channellayer

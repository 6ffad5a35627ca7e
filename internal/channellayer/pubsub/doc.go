// Package pubsub is channels_redis.pubsub.RedisPubSubChannelLayer, 4.1.0 to
// 4.3.0.
//
// [Protocol] is pure: names, shards, and what a message becomes. [Layer] is the
// operations, as a process with Django would run them: SUBSCRIBE, UNSUBSCRIBE
// and PUBLISH are all that it says. Names are not validated, and nothing bounds
// how many messages wait: Python's layer is no BaseChannelLayer.
//
// channels_redis has read and ignored on_disconnect and on_reconnect since 4.0.
package pubsub

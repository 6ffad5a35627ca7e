// Package redisuser makes, reads, changes and removes the Redis ACL user of one
// channel layer.
//
//   - [Spec.Rule] is what the user may do, as a pure function of the layer;
//   - [Manager] does it on each Redis of the layer, over the connections of
//     package redisprobe, so that whatever keeps an administrator from connecting
//     has the names that it has for a layer.
//
// What a layer sends is that of channels_redis 4.1.0 to 4.3.0 (core.py and
// pubsub.py) and of redis-py 4.6 to 8.1 (asyncio/connection.py); the rule is held
// to the real packages by the tests of package channellayer.
//
// A password never leaves this process in clear: Redis is given its SHA-256, as
// ACL SETUSER takes it behind "#", which is what Redis itself keeps. The hash of a
// weak password gives it away, so that hashes are secrets as well.
//
// A user is changed by one ACL SETUSER, which Redis applies to a copy of the user
// and puts into place as a whole (acl.c, aclSetUser, 6.2 to 8; Valkey likewise):
// there is no moment in which an app lacks a right that it has before and after.
package redisuser

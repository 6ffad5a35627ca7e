// Package core is channels_redis.core.RedisChannelLayer, 4.1.0 to 4.3.0.
//
// In three parts, of which only the last one touches a connection:
//
//   - [Protocol]: keys, shards, and what a message becomes. Pure.
//   - Commands: a function for each command that the layer issues ([Add],
//     [Expire], [Pop] ...), and packets of them that leave nothing without an
//     expiry ([SendPacket] ...), for probes. Pure.
//   - [Layer]: the operations, as a process with Django would run them.
//
// The texts of the Lua scripts are those of channels_redis to the byte, so that
// a server has each in its cache only once; see LICENSE.channels_redis. Flush
// is in package flush.
package core

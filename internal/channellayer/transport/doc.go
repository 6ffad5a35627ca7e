// Package transport carries the commands of a channel layer over go-redis,
// given connections that others have opened: it knows no URL, and dials nothing
// by itself. go-redis' own reconnecting, retries, identification and
// maintenance notifications are off.
//
//   - [Single] is one connection. A probe makes one around the connection that
//     it has already logged in on ([Over]), or around a fresh one ([Open]).
//     [Single.Begin] tells when a packet has been written, so that a blocking
//     read can be known to be under way.
//   - [Pool] has as many connections as are in use at once, as redis-py's
//     ConnectionPool; it is what layers run on.
//
// The end of a context ends what is under way at once, by closing the
// connection under it, as the cancellation of a task does in redis-py.
package transport

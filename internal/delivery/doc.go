// Package delivery proves the whole way of a message: it opens the WebSocket of
// a deployed app, puts a message into the channel layer through Redis as Django
// would, and waits for it at the WebSocket.
//
// Mirrored are group_send() and send() of channels_redis (core.py and pubsub.py,
// 4.1.0 to 4.3.0). It differs from them in this:
//
//   - What is added to the channel of a core layer is taken out again by its
//     exact bytes (ZREM) once the check is over, if nobody has taken it: a member
//     that is gone would leave it there until it expires.
//   - A message to a group without members is not sent: it would reach nobody.
//   - The commands of a delivery to a core layer travel in one transaction.
//
// What it cannot tell: which of several processes of the app it has reached.
package delivery

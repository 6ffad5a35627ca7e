// Package redisprobe is the live check: it connects to a Redis as a Django app
// with channels_redis would and says what is wrong, one finding for whatever
// stops it.
//
// Mirrored are redis-py's asyncio connection (redis/asyncio/connection.py,
// Connection, SSLConnection, UnixDomainSocketConnection and RedisSSLContext,
// 4.3 to 8.1) and, below it, CPython's asyncio.open_connection and
// ssl.create_default_context (3.10 to 3.13) on Linux with glibc. The transport
// is go-redis, given explicit options; its URL parser, its reading of the
// environment, its identification and its maintenance notifications are off.
//
// Deliberate differences:
//
//   - The check's own timeout bounds it, not socket_timeout and
//     socket_connect_timeout, which redis-py before 8 leaves unset: there a
//     silent server hangs the app for ever.
//   - Addresses are tried in order, as asyncio does, but each gets only a share
//     of the time that is left, so that a live one behind a dead one is found.
//   - redis-py 8 logs in with HELLO 3 AUTH, earlier ones with AUTH. The check
//     always sends one AUTH, and tells from its reply what HELLO would have
//     said, so that a wrong password leaves one entry in the server's ACL log.
//   - Certificates are verified by crypto/x509, which differs from OpenSSL in
//     small print (security levels, VERIFY_X509_STRICT of Python 3.13).
//     ssl_ciphers and ssl_include/exclude_verify_flags are not applied.
//   - Sentinels are asked side by side, in half of the time, and believed in the
//     order in which redis-py asks them (redis/asyncio/sentinel.py,
//     Sentinel.discover_master, 4.3 to 8.1). From 6.0 on redis-py tries one that
//     fails again before it goes on; the check does not.
//   - Host names outside ASCII are not looked up: they count as not resolved.
//   - PING, which redis-py does not send, ends the check. A server that refuses
//     it to this user has let the user in, and that is a pass. Deeper checks ask
//     for the rights of the user in its place.
//
// A round trip ([DepthRoundTrip]) sends what the layer would send, as two
// processes of an app, and receives it. It proves that the server, the
// credentials, their rights and the protocol carry messages from where the check
// runs. It does not prove that the app's processes use the same settings. What it
// writes is replicated, enters the append-only file and fires keyspace
// notifications like any other write. It differs from channels_redis (core.py
// and pubsub.py, 4.1.0 to 4.3.0) in this:
//
//   - Its names are its own: <prefix>specific.tfcheck<26 hex>!,
//     <prefix>:group:tfcheck-<26 hex>, and the like for pub/sub. It never uses a
//     general channel.
//   - What it writes is in one transaction with its EXPIRE, of 30 seconds. Python
//     sends the commands one by one, and gives the copy of a received message
//     ($inflight) no expiry.
//   - ZPOPMIN, which confirms a message, is in the same packet as that copy, and
//     the ZRANGE of group_send() in that of send(). Commands and order are
//     otherwise the layer's.
//   - A read blocks for 1 second, not for 5, and SUBSCRIBE is waited for.
package redisprobe

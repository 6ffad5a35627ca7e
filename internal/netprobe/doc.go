// Package netprobe is what the live checks have in common below their
// protocols: names to addresses, addresses to connections, and what the errors
// on that way and of TLS mean. It knows nothing of Redis or WebSockets.
package netprobe

// Package wsprobe opens the WebSocket of a deployed app as a browser would and
// says what is wrong, one finding for whatever stops it.
//
// Mirrored are the WebSocket constructor of browsers (WHATWG, WebSockets and
// Fetch) and RFC 6455. What servers answer, and what is usually behind it, was
// measured on daphne 4.2, uvicorn 0.54 and nginx 1.22 with Channels 4.3; the
// tests measure it again. The client is github.com/coder/websocket.
//
// Deliberate differences from a browser:
//
//   - No proxy is used, and no environment variable that names one.
//   - No compression is offered: servers must do without it.
//   - Redirects are not followed, as in a browser, but told apart.
//   - http:// and https:// are refused, which newer browsers take for ws:// and
//     wss://.
//   - Cookies and headers are those given, and a User-Agent of its own.
//   - A path is sent as it is written: ".." is not resolved.
//
// A probe opens one connection and closes it with 1000, so that the app sees
// what it sees when a browser tab is closed. It never touches the layer.
package wsprobe

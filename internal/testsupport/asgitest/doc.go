// Package asgitest starts small apps with Channels (apps.py), one for each thing
// that an app can do to a WebSocket, under real daphne and uvicorn, and a real
// nginx before them. All listen on 127.0.0.1 and end with their test.
package asgitest

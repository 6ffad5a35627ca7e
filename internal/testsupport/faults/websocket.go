package faults

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
)

// OpenWebSocket accepts a WebSocket, sends those bytes over it and nothing more.
func OpenWebSocket(frames ...[]byte) Behaviour {
	return func(conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		const suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455, section 1.3
		sum := sha1.Sum([]byte(request.Header.Get("Sec-WebSocket-Key") + suffix))
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			base64.StdEncoding.EncodeToString(sum[:]))
		for _, frame := range frames {
			if _, err := conn.Write(frame); err != nil {
				return
			}
		}
		Silent(conn)
	}
}

// TextFrame is a whole message of a WebSocket's server.
func TextFrame(text string) []byte {
	const longest, whole, length64 = 125, 0x81, 127
	if len(text) <= longest {
		return append([]byte{whole, byte(len(text))}, text...)
	}
	return append(binary.BigEndian.AppendUint64([]byte{whole, length64}, uint64(len(text))), text...)
}

// CloseFrame is a server's end of a WebSocket; the reason has no more than 123
// bytes.
func CloseFrame(code uint16, reason string) []byte {
	const closing = 0x88
	payload := append(binary.BigEndian.AppendUint16(nil, code), reason...)
	return append([]byte{closing, byte(len(payload))}, payload...)
}

package faults

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Message is what a server sent, whole: a reply of Redis, or a record of TLS.
type Message struct {
	// Conn counts connections from 1, in the order of their coming, and N
	// messages from 1, on that connection.
	Conn, N int
	Bytes   []byte
}

// Verdict is what becomes of a message on its way.
type Verdict struct {
	// Pass is passed on in its place.
	Pass []byte
	// HangUp: then both connections are closed.
	HangUp bool
	// Slowly, if set, passes one byte at a time, with that pause.
	Slowly time.Duration
}

// Pass passes a message on as it is.
func (m Message) Pass() Verdict { return Verdict{Pass: m.Bytes} }

// Half passes on half of a message and hangs up.
func (m Message) Half() Verdict {
	return Verdict{Pass: m.Bytes[:max(1, len(m.Bytes)/2)], HangUp: true}
}

// Has reports whether the message holds a text.
func (m Message) Has(text string) bool { return bytes.Contains(m.Bytes, []byte(text)) }

// Relay is what happens between clients and a server. All of it is optional.
type Relay struct {
	// To is where a connection goes, by its number; the upstream where nil.
	To func(conn int) string
	// Packet is told what a client sends, before it is passed on.
	Packet func(conn int, packet []byte)
	// Message decides about each message of the server.
	Message func(m Message) Verdict
	// TLS: the messages are records, and not replies of Redis.
	TLS bool
}

// Between starts a relay in front of a server.
func Between(t testing.TB, upstream string, r Relay) *Server {
	t.Helper()
	var count atomic.Int64
	return Serve(t, func(client net.Conn) {
		conn, address := int(count.Add(1)), upstream
		if r.To != nil {
			address = r.To(conn)
		}
		var dialer net.Dialer
		server, err := dialer.DialContext(context.Background(), "tcp", address)
		if err != nil {
			return
		}
		var both sync.WaitGroup
		both.Go(func() {
			r.forth(conn, server, client)
			_, _ = client.Close(), server.Close()
		})
		both.Go(func() {
			r.back(conn, client, server)
			_, _ = client.Close(), server.Close()
		})
		both.Wait()
	})
}

func (r Relay) forth(conn int, server, client net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if n > 0 {
			if r.Packet != nil {
				r.Packet(conn, buffer[:n])
			}
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (r Relay) back(conn int, client, server net.Conn) {
	if r.Message == nil {
		_, _ = io.Copy(client, server)
		return
	}
	read, from := readReply, bufio.NewReader(server)
	if r.TLS {
		read = readRecord
	}
	for n := 1; ; n++ {
		message, err := read(from)
		if err != nil {
			return
		}
		verdict := r.Message(Message{Conn: conn, N: n, Bytes: message})
		if !write(client, verdict.Pass, verdict.Slowly) || verdict.HangUp {
			return
		}
	}
}

func write(to net.Conn, text []byte, pause time.Duration) bool {
	if pause == 0 {
		_, err := to.Write(text)
		return err == nil
	}
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for i := range text {
		<-ticker.C
		if _, err := to.Write(text[i : i+1]); err != nil {
			return false
		}
	}
	return true
}

// readReply reads one whole reply, as its bytes.
func readReply(from *bufio.Reader) ([]byte, error) {
	line, err := from.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	count, children := 0, 0
	switch kind := line[0]; kind {
	case '$', '!', '=', '*', '~', '>', '%':
		n, err := strconv.Atoi(string(bytes.TrimSpace(line[1:])))
		switch {
		case err != nil:
			return nil, err
		case n < 0: // nil
		case kind == '$' || kind == '!' || kind == '=':
			count = n + 2
		case kind == '%':
			children = 2 * n
		default:
			children = n
		}
	}
	rest := make([]byte, count)
	if _, err := io.ReadFull(from, rest); err != nil {
		return nil, err
	}
	line = append(line, rest...)
	for range children {
		child, err := readReply(from)
		if err != nil {
			return nil, err
		}
		line = append(line, child...)
	}
	return line, nil
}

// recordHeader is the length of a TLS record's header (RFC 8446, section 5.1).
const recordHeader = 5

func readRecord(from *bufio.Reader) ([]byte, error) {
	header := make([]byte, recordHeader)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	record := make([]byte, recordHeader+int(header[3])<<8+int(header[4]))
	copy(record, header)
	_, err := io.ReadFull(from, record[recordHeader:])
	return record, err
}

// Flood answers the first read with a beginning and then the same text again
// and again, until that many bytes are out or the client has had enough.
func Flood(beginning, again string, bytes int) Behaviour {
	return func(conn net.Conn) {
		if _, err := conn.Read(make([]byte, 64<<10)); err != nil {
			return
		}
		if _, err := io.WriteString(conn, beginning); err != nil {
			return
		}
		block := repeated(again, 1<<16)
		for sent := 0; sent < bytes; sent += len(block) {
			if _, err := conn.Write(block); err != nil {
				return
			}
		}
		drain(conn)
	}
}

// repeated is a text again and again, at least that long.
func repeated(text string, least int) []byte {
	return bytes.Repeat([]byte(text), least/len(text)+1)
}

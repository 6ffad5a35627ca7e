package faults

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

// hostileMemory bounds what a command may take with a server that sends without
// end. Terraform alone takes about 70 MiB.
const hostileMemory = 256 << 20

// answering makes places of a real server behind a relay that decides about each
// of its replies.
func answering(message func(m faults.Message) faults.Verdict) func(t *testing.T) place {
	return func(t *testing.T) place {
		p := through(t, locked(t), faults.Relay{Message: message})
		p.expire = true
		return p
	}
}

// cut hangs up after, or in the middle of, one reply on one connection.
func cut(conn, n int, half bool) func(m faults.Message) faults.Verdict {
	return func(m faults.Message) faults.Verdict {
		v := m.Pass()
		if m.Conn == conn && m.N == n {
			if half {
				return m.Half()
			}
			v.HangUp = true
		}
		return v
	}
}

// instead passes other bytes in place of the replies that hold a text.
func instead(text, other string) func(m faults.Message) faults.Verdict {
	return func(m faults.Message) faults.Verdict {
		if m.Has(text) {
			return faults.Verdict{Pass: []byte(other)}
		}
		return m.Pass()
	}
}

func protocolRows() []row {
	rows := append(strangerRows(), cutRows()...)
	return append(rows, hostileRows()...)
}

// strangerRows are servers of something else.
func strangerRows() []row {
	not := failed("redis/not-redis")
	return []row{
		{name: "HTTP", place: fake(faults.Answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" + planted().Text)), says: not, golden: planning},
		{name: "SSH", place: fake(faults.Greet("SSH-2.0-OpenSSH_9.2p1\r\n")), says: not},
		{name: "MySQL", place: fake(faults.Greet("\x4a\x00\x00\x00\x0a8.0.36\x00" + planted().Text)), says: not},
		{name: "PostgreSQL", place: fake(faults.AnswerAndHangUp("E\x00\x00\x00\x10SFATAL\x00")), says: not},
		{name: "garbage", place: fake(faults.Garbage(7, 4096)), says: not},
		{name: "a proxy that forgets the login", place: fake(faults.Answer("-ERR unknown command 'HELLO'\r\n",
			"+OK\r\n-ERR unknown command 'HELLO'\r\n-NOAUTH Authentication required.\r\n")), says: unknown("redis/unexpected-answer"), golden: planning},
	}
}

// lookReplies is how many replies a look at capabilities gets: HELLO; AUTH, a
// second HELLO and the question for the rights; INFO and the question whether it
// writes.
const lookReplies = 6

// cutRows are connections that end after, or within, each message of the server.
func cutRows() []row {
	var rows []row
	for n := 1; n <= lookReplies; n++ {
		if n < lookReplies {
			rows = append(rows, row{name: fmt.Sprintf("cut after reply %d", n), place: answering(cut(1, n, false)), says: unknown("network/closed"), full: n == 2 || n == 5})
		}
		rows = append(rows, row{name: fmt.Sprintf("cut within reply %d", n), place: answering(cut(1, n, true)), says: unknown("network/closed"), full: n == 3})
	}
	for _, c := range []struct {
		conn, n int
		half    bool
	}{{1, 6, false}, {1, 7, true}, {1, 12, false}, {1, 15, true}, {2, 1, false}, {2, 3, true}, {3, 1, true}} {
		where := "after"
		if c.half {
			where = "within"
		}
		r := row{
			name: fmt.Sprintf("cut %s reply %d of connection %d", where, c.n, c.conn), place: answering(cut(c.conn, c.n, c.half)),
			says: unknown("roundtrip/interrupted"), only: []command{applying, reading}, full: c.n == 12 || c.n == 3,
		}
		if c.conn == 1 && c.n == 7 {
			r.golden = applying
		}
		rows = append(rows, r)
	}
	return rows
}

// hostileRows are replies that no Redis gives.
func hostileRows() []row {
	endless := func(beginning, again string) func(t *testing.T) place {
		return fake(faults.Flood(beginning, again, 1<<30))
	}
	hostile := func(name string, place func(t *testing.T) place) row {
		return row{name: name, place: place, says: unknown("redis/oversized-answer"), memory: hostileMemory}
	}
	bigInfo := "$52428800\r\n# Server\r\nredis_version:7.0.15\r\n" + strings.Repeat("x", 50<<20-len("# Server\r\nredis_version:7.0.15\r\n")) + "\r\n"
	deep := strings.Repeat("*1\r\n", 10_000) + ":1\r\n"
	return []row{
		{name: "a text of 1 GiB", place: endless("$1073741824\r\n", "x"), says: unknown("redis/oversized-answer"), memory: hostileMemory, golden: planning},
		hostile("a text of 8 EiB", endless("$9223372036854775807\r\n", "x")),
		hostile("an array of 1,000,000,000", endless("*1000000000\r\n", ":1\r\n")),
		hostile("a map of 1,000,000,000", endless("%1000000000\r\n", ":1\r\n")),
		// HELLO is answered by pairs: one element alone is none.
		{name: "arrays 10,000 deep", place: fake(faults.Answer(deep)), says: failed("redis/not-redis"), memory: hostileMemory},
		{name: "arrays without end", place: endless("", "*1\r\n"), says: failed("redis/not-redis"), memory: hostileMemory},
		hostile("pairs without end", endless("", "*2\r\n$1\r\nx\r\n")),
		hostile("attributes without end", endless("", "|0\r\n")),
		hostile("a line without end", endless("+", "x")),
		hostile("wide arrays, nested", endless("", "*1000000\r\n")),
		{name: "an INFO of 50 MB", place: answering(instead("redis_version:", bigInfo)), timeout: 5 * time.Second, memory: hostileMemory},
		{name: "an INFO of 1 GiB", place: answering(instead("redis_version:", "$1073741824\r\nredis_version:7")), says: unknown("redis/oversized-answer"), memory: hostileMemory},
		{name: "rights 10,000 deep", place: answering(func(m faults.Message) faults.Verdict {
			if m.Conn == 1 && m.N == 4 {
				return faults.Verdict{Pass: []byte(deep)}
			}
			return m.Pass()
		}), says: unknown("redis/oversized-answer"), memory: hostileMemory},
		{name: "a number for an INFO", place: answering(instead("redis_version:", ":1\r\n"))},
		{name: "an array for an INFO", place: answering(instead("redis_version:", "*2\r\n:1\r\n$1\r\nx\r\n"))},
		{name: "an empty INFO", place: answering(instead("redis_version:", "$0\r\n\r\n"))},
		{name: "nil for an INFO", place: answering(instead("redis_version:", "$-1\r\n"))},
		{name: "RESP3 that nobody asked for", place: answering(instead("redis_version:", "=15\r\ntxt:redis_mode:\r\n"))},
		{name: "a push that nobody asked for", place: answering(func(m faults.Message) faults.Verdict {
			return faults.Verdict{Pass: append([]byte(">2\r\n+invalidate\r\n*1\r\n$1\r\nx\r\n"), m.Bytes...)}
		}), says: failed("auth/refused")},
		{name: "a number for HELLO", place: fake(faults.Answer(":1\r\n")), says: failed("redis/not-redis")},
		{name: "each reply twice", place: answering(func(m faults.Message) faults.Verdict {
			return faults.Verdict{Pass: bytes.Repeat(m.Bytes, 2)}
		}), says: failed("auth/refused")},
		{name: "each reply a byte at a time", place: answering(func(m faults.Message) faults.Verdict {
			return faults.Verdict{Pass: m.Bytes, Slowly: 10 * time.Microsecond}
		}), timeout: 5 * time.Second},
		{name: "each reply a byte at a time, too slowly", place: answering(func(m faults.Message) faults.Verdict {
			return faults.Verdict{Pass: m.Bytes, Slowly: 20 * time.Millisecond}
		}), says: unknown("network/silent")},
	}
}

package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
)

// readOnly is a connection that is only read from.
type readOnly struct {
	net.Conn
	io.Reader
}

func (r readOnly) Read(p []byte) (int, error) { return r.Reader.Read(p) }

// passed is what a Bound lets through of a text, and how it ends.
func passed(reader io.Reader) (string, error) {
	text, err := io.ReadAll(transport.Bound(readOnly{Reader: reader}))
	return string(text), err
}

func TestBound_HonestRepliesPass(t *testing.T) {
	for _, text := range []string{
		"+OK\r\n", "-ERR no\r\n", ":1\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "$0\r\n\r\n", "*0\r\n", "%0\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "",
		"*2\r\n$3\r\na\r\n\r\n*1\r\n:1\r\n", "%1\r\n+a\r\n~1\r\n#t\r\n", "|1\r\n+a\r\n+b\r\n*1\r\n,1.5\r\n", "$-0\r\n\r\n+OK\r\n", "$30000000\r\n" + strings.Repeat("x", 30_000_000) + "\r\n",
		strings.Repeat("*1\r\n", 60) + ":1\r\n", "*1000000\r\n" + strings.Repeat(":1\r\n", 1_000_000), strings.Repeat("$9000000\r\n"+strings.Repeat("\n", 9_000_000)+"\r\n", 10),
		// Each of many replies on a connection has the bounds for itself.
		strings.Repeat("*200000\r\n"+strings.Repeat("+\r\n", 200_000), 10),
	} {
		if got, err := passed(strings.NewReader(text)); got != text || err != nil {
			t.Errorf("%.40q: %d of %d bytes pass, error %v", text, len(got), len(text), err)
		}
	}
}

func TestBound_StopsAtWhatIsTooLarge(t *testing.T) {
	for before, after := range map[string]string{
		"$1073741824\r":                              "\n" + strings.Repeat("x", 100),
		"$9223372036854775807\r":                     "\n",
		"$99999999999999999999999999\r":              "\n",
		"*1000000000\r":                              "\n",
		"%1000000000\r":                              "\n",
		">1000000000\r":                              "\n",
		"*2\r\n*600000\r\n" + ":1\r\n|300000\r":      "\n",
		strings.Repeat("*1\r\n", 64) + "*1\r":        "\n" + strings.Repeat("*1\r\n", 10_000),
		"+" + strings.Repeat("x", 64<<10-1):          "x",
		"$-0\r\n+x*1000000000\r":                     "\n",
		strings.Repeat(":1\r\n", 100) + "*2000000\r": "\n:1\r\n",
		"*9\r\n$67000000\r\n" + strings.Repeat("y", 67_000_000) + "\r\n$200000\r": "\n",
	} {
		for name, reader := range map[string]io.Reader{
			"at once": strings.NewReader(before + after), "in halves": iotest.HalfReader(strings.NewReader(before + after)),
			"byte by byte": iotest.OneByteReader(strings.NewReader(before + after)),
		} {
			if got, err := passed(reader); got != before || !errors.Is(err, transport.ErrReplyTooLarge) {
				t.Errorf("%.40q, %s: %d bytes pass, want %d, error %v", before, name, len(got), len(before), err)
			}
			if len(before) > 1_000_000 {
				break // the others take long
			}
		}
	}
}

// mostAllocated is what three exchanges may allocate in all, whatever is
// announced to them.
const mostAllocated = 512 << 20

// FuzzReplies: whatever a server answers, an exchange ends without a panic and
// within bounds, and the two ways to read a connection see the same.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{
		"+OK\r\n+OK\r\n+OK\r\n", "*1000000000\r\n", "%1000000000\r\n", "$1073741824\r\n", "$9223372036854775807\r\n", "$-0\r\n+x*1000000000\r\n",
		strings.Repeat("*1\r\n", 100_000), "*3\r\n$1\r\na\r\n-ERR\r\n_\r\n", "|1\r\n+a\r\n+b\r\n:1\r\n", "=5\r\ntxt:x\r\n", "!3\r\nERR\r\n", "(12\r\n,inf\r\n#t\r\n",
		"%1\r\n*1\r\n:1\r\n:2\r\n", ">2\r\n+message\r\n+x\r\n+OK\r\n", "~2\r\n:1\r\n:1\r\n", "$5\r\nhel", "\n", "\r\n", "$\r\n", "*\r\n", "$?\r\n;4\r\nHell\r\n;0\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		whole, err := passed(strings.NewReader(string(script)))
		pieces, again := passed(iotest.OneByteReader(strings.NewReader(string(script))))
		if whole != pieces || !errors.Is(again, err) {
			t.Fatalf("%d bytes pass at once (%v), %d one by one (%v)", len(whole), err, len(pieces), again)
		}
		client, server := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, server) }()
		go func() {
			_, _ = server.Write(script)
			_ = server.Close()
		}()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		single := transport.Open(client)
		for range 3 {
			_, _ = single.Exchange(context.Background(), command{"PING"}, command{"ZRANGE", "a", 0, -1})
		}
		_ = single.Close()
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > mostAllocated {
			t.Fatalf("%d bytes were allocated", cost)
		}
	})
}

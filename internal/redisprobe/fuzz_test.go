package redisprobe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	canaries "github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
)

// scripted is a network on which every server says what stands in a script, one
// part a connection, whatever it is asked, and hangs up.
type scripted struct {
	parts []string
	dials atomic.Int64
}

func (s *scripted) Resolve(context.Context, string) ([]string, error) {
	return []string{"192.0.2.1"}, nil
}

func (s *scripted) Dial(context.Context, string, string) (net.Conn, error) {
	n := int(s.dials.Add(1)) - 1
	part := s.parts[min(n, len(s.parts)-1)]
	client, server := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, server) }()
	go func() {
		_, _ = io.WriteString(server, part)
		_ = server.Close()
	}()
	return client, nil
}

// mostAllocated bounds what one check may allocate in all, whatever a server
// announces.
const mostAllocated = 256 << 20

// FuzzServer: whatever servers say, a check ends, keeps within bounds, panics
// nowhere, and shows neither its password nor what a server wrote. \x01 stands
// for the password in an answer, \x00 ends what one connection gets.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"", "+OK\r\n", "-NOAUTH Authentication required.\r\n", "-WRONGPASS \x01\r\n", "-ERR \x01\r\n", "$1073741824\r\n\x01", "*1000000000\r\n",
		strings.Repeat("*1\r\n", 10_000), "%3\r\n$6\r\nserver\r\n$1\r\n\x01\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "+\x01\r\n+\x01\r\n+\x01\r\n", ":1\r\n_\r\n#t\r\n,1.5\r\n",
		"=5\r\ntxt:\x01\r\n", "!3\r\nERR\r\n", ">2\r\n$1\r\na\r\n$1\r\nb\r\n", "|1\r\n+a\r\n+b\r\n+OK\r\n", "$-1\r\n*-1\r\n", "$5\r\nhel",
	} {
		f.Add(seed, byte(2))
		f.Add(seed, byte(5))
	}
	password := canaries.New("the password of a scripted server")
	finder := canaries.NewFinder(password)
	f.Fuzz(func(t *testing.T, script string, kind byte) {
		if strings.Contains(script, password.Text[:4]) {
			return
		}
		network := &scripted{parts: strings.Split(strings.ReplaceAll(script, "\x01", password.Text), "\x00")}
		options := channellayer.Defaults()
		layer := redisprobe.Layer{Backend: channelconfig.Core, Options: options}
		if kind&1 != 0 {
			layer.Backend = channelconfig.PubSub
		}
		asked := request(t, "redis.example.com:6379", as("app", password.Text), onDB(int64(kind>>4)), within(2*time.Second))
		asked.Layer, asked.Depth = &layer, redisprobe.Depth(kind>>1&3)
		var logged strings.Builder
		log := func(_ context.Context, message string, fields ...map[string]any) {
			fmt.Fprintln(&logged, message, fields)
		}

		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		report := redisprobe.New(redisprobe.WithNetwork(network), redisprobe.WithLog(log)).Look(t.Context(), asked)
		runtime.ReadMemStats(&after)

		encoded, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		finder.Nowhere(t, "the report", fmt.Sprintf("%+v %s", report, encoded))
		finder.Nowhere(t, "the log", logged.String())
		if report.Outcome.Has(finding.IDCrashed) {
			t.Fatal("a check panicked")
		}
		if report.Outcome.Status == finding.Passed && !report.Answered {
			t.Fatal("a check passed without an answer")
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > mostAllocated {
			t.Fatalf("the check allocated %d bytes for a script of %d", cost, len(script))
		}
	})
}

package faults_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func dial(t *testing.T, address string, within time.Duration) (net.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() })
	}
	return conn, err
}

func TestFullBacklog_ConnectionsHang(t *testing.T) {
	_, err := dial(t, faults.FullBacklog(t), 300*time.Millisecond)
	if !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
		t.Errorf("got %v, want a timeout", err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestServe_BehavioursDoWhatTheySay(t *testing.T) {
	for name, c := range map[string]struct {
		behave faults.Behaviour
		send   string
		want   string
		ends   bool
	}{
		"silent":          {behave: faults.Silent, send: "x"},
		"hang up":         {behave: faults.HangUp, ends: true},
		"hang up after 3": {behave: faults.HangUpAfter(3), send: "abc", ends: true},
		"greet":           {behave: faults.Greet("SSH-2.0"), want: "SSH-2.0"},
		"greet and go":    {behave: faults.GreetAndHangUp("-ERR"), want: "-ERR", ends: true},
		"answer":          {behave: faults.Answer("+OK\r\n"), send: "x", want: "+OK\r\n"},
		"answer and go":   {behave: faults.AnswerAndHangUp("+O"), send: "x", want: "+O", ends: true},
		"slowly":          {behave: faults.Slowly("+OK", time.Millisecond), send: "x", want: "+OK"},
	} {
		t.Run(name, func(t *testing.T) {
			server := faults.Serve(t, c.behave)
			conn, err := dial(t, server.Addr(), time.Second)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, c.send); err != nil {
				t.Fatal(err)
			}
			_ = conn.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
			got, err := io.ReadAll(conn)
			if string(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if ended := !isTimeout(err); ended != c.ends {
				t.Errorf("ended: %v (%v), want %v", ended, err, c.ends)
			}
			if server.Connections() != 1 {
				t.Errorf("got %d connections, want 1", server.Connections())
			}
		})
	}
}

func TestDelay_CountsRoundTripsAndHoldsBack(t *testing.T) {
	server := faults.Serve(t, faults.Answer("a", "b", "c"))
	proxy := faults.Delay(t, server.Addr(), 20*time.Millisecond)
	conn, err := dial(t, proxy.Addr(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	for range 3 {
		if _, err := io.WriteString(conn, "?"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(started); took < 120*time.Millisecond {
		t.Errorf("three round trips of 40 ms took %s", took)
	}
	if got := proxy.RoundTrips(); got != 3 {
		t.Errorf("got %d round trips, want 3", got)
	}
}

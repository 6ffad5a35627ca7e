package asgitest

import (
	"context"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
)

// startWithin bounds the start of a server on a machine that is busy.
const startWithin = 60 * time.Second

// process is a server that runs until its test ends.
type process struct {
	t       testing.TB
	command *exec.Cmd
	output  launch.Output
	exited  chan struct{}
	port    int
}

// start starts a server and waits until its port is open.
func start(t testing.TB, port int, command *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, command: command, exited: make(chan struct{}), port: port}
	command.Stdout, command.Stderr = &p.output, &p.output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = command.Wait()
		close(p.exited)
	}()
	t.Cleanup(p.Kill)
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for {
		var dialer net.Dialer
		if conn, err := dialer.DialContext(ctx, "tcp", p.Addr()); err == nil {
			_ = conn.Close()
			return p
		}
		select {
		case <-p.exited:
			t.Fatalf("the server has ended:\n%s", p.Log())
		case <-ctx.Done():
			t.Fatalf("the server is not up within %s:\n%s", startWithin, p.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Addr is "127.0.0.1:port".
func (p *process) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// URL is where a WebSocket of that path is.
func (p *process) URL(path string) string { return "ws://" + p.Addr() + path }

// Log is what the server has printed.
func (p *process) Log() string { return p.output.String() }

// Says reports whether the server prints a text so many times, within a while.
func (p *process) Says(text string, times int) bool {
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for strings.Count(p.Log(), text) < times {
		select {
		case <-deadline.C:
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

// Kill ends the server at once; the end of the test does so by itself.
func (p *process) Kill() {
	_ = p.command.Process.Kill()
	<-p.exited
}

package tunneltest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Agent starts a real ssh-agent with these keys and returns its socket.
func Agent(t testing.TB, keys ...Key) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s")
	command := exec.CommandContext(context.Background(), binary(t, "ssh-agent"), "-D", "-a", socket)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	deadline := time.Now().Add(startWithin)
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", socket)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		<-time.After(10 * time.Millisecond)
	}
	for _, key := range keys {
		file := filepath.Join(dir, "key")
		write(t, file, key.Private, 0o600)
		add := exec.CommandContext(t.Context(), binary(t, "ssh-add"), "-q", file)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		if output, err := add.CombinedOutput(); err != nil {
			t.Fatalf("ssh-add: %v\n%s", err, output)
		}
		_ = os.Remove(file)
	}
	return socket
}

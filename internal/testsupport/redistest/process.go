package redistest

import (
	"context"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Kill ends the server at once, as a crash would, and leaves it so.
func (s *Server) Kill() {
	_ = s.command.Process.Kill()
	<-s.exited
}

// Restart kills the server and starts it again, empty, on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	if err := s.start(); err != nil {
		s.t.Fatalf("redis-server does not start again: %v", err)
	}
}

// Share lets every user of this machine come to the server's Unix socket, as far
// as its own permissions do (unixsocketperm).
func (s *Server) Share() {
	s.t.Helper()
	if err := os.Chmod(s.dir, 0o711); err != nil {
		s.t.Fatal(err)
	}
}

// Suspend stops the server's process, which answers nothing from then on: the
// system goes on accepting connections for it.
func (s *Server) Suspend() {
	s.suspended = true
	_ = s.command.Process.Signal(syscall.SIGSTOP)
}

// Resume undoes Suspend.
func (s *Server) Resume() {
	s.suspended = false
	_ = s.command.Process.Signal(syscall.SIGCONT)
}

// Clients are the connections that are open now, as CLIENT LIST tells them, but
// for the test's own and those of replicas and Sentinels.
func (s *Server) Clients() []string {
	s.t.Helper()
	list, _ := s.Do("CLIENT", "LIST").(string)
	var clients []string
	for _, line := range strings.Split(list, "\n") {
		if line != "" && !strings.Contains(line, "user="+administrator) && !strings.Contains(line, "flags=S") &&
			!strings.Contains(line, "flags=M") && !strings.Contains(line, s.socket) && !strings.Contains(line, "name=sentinel-") {
			clients = append(clients, strings.TrimSpace(line))
		}
	}
	return clients
}

// Try is Do for what may be refused.
func (s *Server) Try(arguments ...any) error {
	return s.admin.Do(context.Background(), arguments...).Err()
}

// Begin runs a command on a connection of its own and does not wait for its
// end, which comes with the server's at the latest.
func (s *Server) Begin(arguments ...any) {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: s.socket, Username: administrator, Password: s.password, Protocol: 2, PoolSize: 1,
		DisableIdentity: true, MaxRetries: -1, ReadTimeout: -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = client.Do(context.Background(), arguments...).Err()
	}()
	s.t.Cleanup(func() {
		s.Kill()
		<-ended
		_ = client.Close()
	})
}

// Path is the binary of the system's Redis; without one the test is skipped, or
// fails where CI is set.
func Path(t testing.TB) string {
	t.Helper()
	return binary(t, "")
}

// LogIn logs in over TCP, on a connection of its own, and returns the error that
// the server answers.
func (s *Server) LogIn(user *url.Userinfo) error {
	password, _ := user.Password()
	client := redis.NewClient(&redis.Options{
		Addr: s.Addr(), Protocol: 2, PoolSize: 1, DisableIdentity: true, MaxRetries: -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	defer func() { _ = client.Close() }()
	return client.Do(context.Background(), "AUTH", user.Username(), password).Err()
}

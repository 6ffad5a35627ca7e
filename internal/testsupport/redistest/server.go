package redistest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
)

// Server is a Redis that runs until the test ends.
type Server struct {
	t        testing.TB
	config   config
	port     int
	socket   string
	command  *exec.Cmd
	output   *launch.Output
	exited   chan struct{}
	admin    *redis.Client
	password string // of the administrator
	path     string // of the binary
	dir      string
	baseline int // connections of our own
	// suspended: its process is stopped.
	suspended bool
}

// administrator is a user of the test's own, so that servers can be asked
// whatever their users are allowed.
const administrator = "redistest"

// readyWithin bounds the start of a server.
const readyWithin = 20 * time.Second

// Start starts a server and waits until it is ready.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	c := config{}
	for _, option := range options {
		option(&c)
	}
	path := binary(t, c.binary)
	// t.TempDir carries the test's name, and a socket's path has 107 bytes.
	dir, err := os.MkdirTemp("", "redis") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	var failure error
	for range 5 {
		// Another process may take the port between its choice and the start.
		s := &Server{t: t, config: c, port: launch.FreePort(t), socket: filepath.Join(dir, "s"), password: rand.Text(), path: path, dir: dir}
		if failure = s.start(); failure == nil {
			t.Cleanup(s.Stop)
			return s
		}
	}
	t.Fatalf("redis-server does not start: %v", failure)
	return nil
}

func (s *Server) start() error {
	path, dir := s.path, s.dir
	arguments, err := s.arguments(dir)
	if err != nil {
		return err
	}
	words := slices.Concat(s.config.within, []string{path}, arguments)
	s.command = exec.CommandContext(context.Background(), words[0], words[1:]...) // Stop ends it
	s.command.Dir = dir
	s.command.Stdin = strings.NewReader(s.text(dir))
	s.output = &launch.Output{}
	s.command.Stdout, s.command.Stderr = s.output, s.output
	if err := s.command.Start(); err != nil {
		return err
	}
	s.exited = make(chan struct{})
	go func() {
		_ = s.command.Wait()
		close(s.exited)
	}()
	s.admin = redis.NewClient(&redis.Options{
		Network: "unix", Addr: s.socket, Username: administrator, Password: s.password, Protocol: 2, PoolSize: 1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	if err := s.awaitReady(); err != nil {
		s.Stop()
		return err
	}
	return nil
}

// arguments are those of the server, whose files are written first. What it has
// written into them itself is there after a restart.
func (s *Server) arguments(dir string) ([]string, error) {
	once := func(name, text string) (string, error) {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		return file, os.WriteFile(file, []byte(text), 0o600)
	}
	if s.config.aclFile {
		if _, err := once("users.acl", s.users()); err != nil {
			return nil, err
		}
	}
	switch {
	case s.config.sentinel:
		// It writes what it learns into its configuration, which must be a file.
		file := filepath.Join(dir, "sentinel.conf")
		return []string{file, "--sentinel"}, os.WriteFile(file, []byte(s.text(dir)), 0o600)
	case s.config.file:
		file, err := once("redis.conf", s.text(dir))
		return []string{file}, err
	default:
		return []string{"-"}, nil
	}
}

// users are the lines about users, for an ACL file.
func (s *Server) users() string {
	lines := []string{s.administratorLine()}
	for _, line := range s.config.lines {
		switch {
		case strings.HasPrefix(line, "user "):
			lines = append(lines, line)
		case strings.HasPrefix(line, "requirepass "):
			lines = append(lines, "user default on >"+s.config.password+" ~* &* +@all")
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func (s *Server) administratorLine() string {
	return fmt.Sprintf("user %s on >%s ~* &* +@all", administrator, s.password)
}

// text is the configuration, for standard input.
func (s *Server) text(dir string) string {
	lines := []string{
		"bind 127.0.0.1", `save ""`, "appendonly no", "daemonize no",
		"dir " + quote(dir), "unixsocket " + quote(s.socket), "unixsocketperm 700",
	}
	if s.config.aclFile {
		lines = append(lines, "aclfile "+quote(filepath.Join(dir, "users.acl")))
	} else {
		lines = append(lines, s.administratorLine())
	}
	if s.config.tls == nil {
		lines = append(lines, fmt.Sprintf("port %d", s.port))
	} else {
		certificate, key := s.config.tls.Server(s.t)
		lines = append(lines, "port 0", fmt.Sprintf("tls-port %d", s.port),
			"tls-cert-file "+quote(certificate), "tls-key-file "+quote(key), "tls-ca-cert-file "+quote(s.config.tls.File(s.t)))
		if !strings.Contains(strings.Join(s.config.tlsLines, "\n"), "tls-auth-clients") {
			lines = append(lines, "tls-auth-clients no")
		}
		lines = append(lines, s.config.tlsLines...)
	}
	if s.config.follows && s.config.password != "" {
		lines = append(lines, "masterauth "+quote(s.config.password))
	}
	for _, line := range s.config.lines {
		if !s.config.aclFile || !strings.HasPrefix(line, "user ") && !strings.HasPrefix(line, "requirepass ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// awaitReady asks over the socket, which is surely this server's: it binds its
// TCP port first and ends if it cannot.
func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	for {
		info, err := s.admin.Info(ctx, "stats").Result()
		if err == nil {
			s.baseline = field(info, "total_connections_received")
			return nil
		}
		select {
		case <-s.exited:
			return errors.New("it ended: " + s.Log())
		case <-ctx.Done():
			return fmt.Errorf("not ready within %s: %w: %s", readyWithin, err, s.Log())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Stop ends the server at once, as a crash would; the end of the test does so
// by itself.
func (s *Server) Stop() {
	_ = s.admin.Close()
	_ = s.command.Process.Kill()
	<-s.exited
}

// Port is the TCP port.
func (s *Server) Port() int { return s.port }

// Addr is "127.0.0.1:port".
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Socket is the path of the Unix socket.
func (s *Server) Socket() string { return s.socket }

// URL is the server's URL with the password of the default user, if it has
// one, "rediss" for TLS.
func (s *Server) URL() string {
	if s.config.password == "" {
		return s.URLAs(nil)
	}
	return s.URLAs(url.UserPassword("default", s.config.password))
}

// URLAs is the server's URL with other credentials, or with none.
func (s *Server) URLAs(user *url.Userinfo) string {
	u := url.URL{Scheme: "redis", Host: s.Addr(), User: user}
	if s.config.tls != nil {
		u.Scheme = "rediss"
	}
	return u.String()
}

// Log is what the server has printed.
func (s *Server) Log() string { return s.output.String() }

// Do runs a command as an administrator and returns its reply; an error reply
// fails the test.
func (s *Server) Do(arguments ...any) any {
	s.t.Helper()
	reply, err := s.admin.Do(s.t.Context(), arguments...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		s.t.Fatalf("%v: %v", arguments[0], err)
	}
	return reply
}

// Connections is how many the server has seen since it was ready, but for the
// test's own.
func (s *Server) Connections() int {
	s.t.Helper()
	info, _ := s.Do("INFO", "stats").(string)
	return field(info, "total_connections_received") - s.baseline
}

// Monitor records the commands that the server receives until stop is called,
// which returns them as MONITOR prints them, but for the test's own. MONITOR
// hides the arguments of AUTH.
func (s *Server) Monitor() (stop func() []string) {
	s.t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(context.Background(), "unix", s.socket)
	if err != nil {
		s.t.Fatal(err)
	}
	s.baseline++
	_, _ = fmt.Fprintf(conn, "AUTH %s %s\r\nMONITOR\r\n", administrator, s.password)
	var lines launch.Output
	finished := make(chan struct{})
	begun := make(chan struct{})
	go func() {
		defer close(finished)
		buffer, ok := make([]byte, 4096), 0
		for {
			n, err := conn.Read(buffer)
			_, _ = lines.Write(buffer[:n])
			if ok < 2 {
				if ok = strings.Count(lines.String(), "+OK"); ok >= 2 {
					close(begun)
				}
			}
			if err != nil {
				return
			}
		}
	}()
	<-begun
	return func() []string {
		// What the server was sent before this mark has arrived when it has.
		mark := "mark-" + rand.Text()
		s.Do("ECHO", mark)
		for !strings.Contains(lines.String(), mark) {
			select {
			case <-finished:
				s.t.Fatal("MONITOR ended early")
			case <-time.After(time.Millisecond):
			}
		}
		_ = conn.Close()
		<-finished
		return commands(lines.String())
	}
}

// commands are the lines of MONITOR's output that are not the test's own: it
// comes over the socket, "[0 unix:/...]".
func commands(output string) []string {
	var found []string
	for _, line := range strings.Split(output, "\r\n") {
		if strings.HasPrefix(line, "+") && strings.Contains(line, "[") && !strings.Contains(line, " unix:") {
			found = append(found, strings.TrimPrefix(line, "+"))
		}
	}
	return found
}

// field reads a number of INFO.
func field(info, name string) int {
	for _, line := range strings.Split(info, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.Atoi(value)
			return n
		}
	}
	return -1
}

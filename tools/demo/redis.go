package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// redisServer is the demo's own Redis on loopback, with a password.
type redisServer struct {
	title    string
	address  string // host:port
	password string
	stop     func() // may be called again
}

// url is where the app finds this Redis, in redis-py's spelling.
func (r *redisServer) url(password string) string {
	return "redis://default:" + password + "@" + r.address + "/0"
}

// startRedis starts the redis-server on PATH, or the one that is compiled in.
func startRedis(ctx context.Context, dir string) (*redisServer, error) {
	password, err := newPassword()
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return startEmbedded(password)
	}
	// Between finding a free port and using it another program may take it.
	for range 5 {
		server, err := startReal(ctx, path, dir, password)
		if err == nil || ctx.Err() != nil {
			return server, err
		}
	}
	return startEmbedded(password)
}

// startEmbedded starts miniredis, which lives in this process.
func startEmbedded(password string) (*redisServer, error) {
	server := miniredis.NewMiniRedis()
	server.RequireAuth(password)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the built-in Redis: %w", err)
	}
	return &redisServer{
		title:    "the built-in Redis (there is no redis-server on PATH)",
		address:  server.Addr(),
		password: password,
		stop:     server.Close,
	}, nil
}

// startReal starts redis-server. Its configuration goes over standard input,
// where other users of the machine cannot read the password.
func startReal(ctx context.Context, path, dir, password string) (*redisServer, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	// Not ended by ctx: the demo ends it after the commands that talk to it.
	process := newProcess(exec.CommandContext(context.WithoutCancel(ctx), path, "-"))
	process.Stdin = strings.NewReader(strings.Join([]string{
		"bind 127.0.0.1", "port " + strconv.Itoa(port), "requirepass " + password,
		"save \"\"", "appendonly no", "dir " + dir,
	}, "\n") + "\n")
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("start redis-server: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		// Killed at the end: its exit status says nothing.
		_ = process.Wait()
		close(ended)
	}()
	server := &redisServer{
		title:    "redis-server",
		address:  net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		password: password,
		stop: func() {
			killGroup(process)
			<-ended
		},
	}
	if err := server.await(ctx, ended); err != nil {
		server.stop()
		return nil, err
	}
	return server, nil
}

// await waits until the server answers with our password.
func (r *redisServer) await(ctx context.Context, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if r.answers(ctx) {
			return nil
		}
		select {
		case <-ended:
			return errors.New("redis-server ended at once")
		case <-ctx.Done():
			return errors.New("redis-server did not answer")
		case <-tick.C:
		}
	}
}

// answers asks the server once, in the Redis protocol's own words.
func (r *redisServer) answers(ctx context.Context) bool {
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", r.address)
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }()
	deadline, _ := ctx.Deadline()
	if connection.SetDeadline(deadline) != nil {
		return false
	}
	if _, err := fmt.Fprintf(connection, "*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n*1\r\n$4\r\nPING\r\n", len(r.password), r.password); err != nil {
		return false
	}
	want := "+OK\r\n+PONG\r\n"
	got := make([]byte, len(want))
	_, err = io.ReadFull(connection, got)
	return err == nil && string(got) == want
}

// freePort asks the system for a port that nobody listens on.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("find a free port: not a TCP address")
	}
	return address.Port, nil
}

// newPassword makes up a password for this one run.
func newPassword() (string, error) {
	var random [12]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("make up a password: %w", err)
	}
	return hex.EncodeToString(random[:]), nil
}

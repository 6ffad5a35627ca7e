package faults

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// FullBacklog is an address that does not answer to connections at all: a
// socket that listens, accepts nothing and has no room to queue another one,
// for which Linux drops the packets.
func FullBacklog(t testing.TB) string { return FullBacklogOn(t, [4]byte{127, 0, 0, 1}, 0) }

// FullBacklogOn is FullBacklog on an address and a port; 0 takes any.
func FullBacklogOn(t testing.TB, ip [4]byte, port int) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: ip, Port: port}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	address := boundTo(t, fd, ip)
	fill(t, address)
	return address
}

// ClosedPort is an address that refuses connections until the test ends: it is
// taken, so that no server of another test comes to be there, and nothing
// listens.
func ClosedPort(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	ip := [4]byte{127, 0, 0, 1}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: ip}); err != nil {
		t.Fatal(err)
	}
	return boundTo(t, fd, ip)
}

func boundTo(t testing.TB, fd int, ip [4]byte) string {
	t.Helper()
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	bound, ok := name.(*syscall.SockaddrInet4)
	if !ok {
		t.Fatal("the socket has no IPv4 address")
	}
	return fmt.Sprintf("%s:%d", net.IP(ip[:]), bound.Port)
}

// fill connects until a connection is not taken any more.
func fill(t testing.TB, address string) {
	t.Helper()
	for range 16 {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", address)
		cancel()
		if err != nil {
			return
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the backlog does not fill up")
}

//go:build !linux

package faults

import "testing"

// FullBacklog is an address that does not answer to connections at all. Only
// Linux drops the packets of connections for which there is no room.
func FullBacklog(t testing.TB) string {
	t.Helper()
	t.Skip("a full backlog hangs connections on Linux only")
	return ""
}

// FullBacklogOn is FullBacklog on an address and a port; 0 takes any.
func FullBacklogOn(t testing.TB, _ [4]byte, _ int) string { return FullBacklog(t) }

// ClosedPort is an address that refuses connections.
func ClosedPort(t testing.TB) string { return FreePort(t) }

//go:build !windows

package netprobe

import (
	"errors"
	"syscall"
)

func isErrno(err error, numbers ...syscall.Errno) bool {
	for _, number := range numbers {
		if errors.Is(err, number) {
			return true
		}
	}
	return false
}

// IsRefused reports a connection that the other machine refuses.
func IsRefused(err error) bool {
	return isBeyond(err, BeyondRefused) || isErrno(err, syscall.ECONNREFUSED)
}

// IsNoRoute reports that no way leads to the address from here.
func IsNoRoute(err error) bool {
	return isBeyond(err, BeyondNoRoute) || isErrno(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
		syscall.EADDRNOTAVAIL, syscall.EACCES, syscall.EPERM, syscall.EAFNOSUPPORT)
}

// IsReset reports a connection that the other end broke off.
func IsReset(err error) bool {
	return isErrno(err, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED)
}

// IsDenied reports what this user may not open.
func IsDenied(err error) bool { return isErrno(err, syscall.EACCES, syscall.EPERM) }

// IsNoSuchFile reports a path that does not exist.
func IsNoSuchFile(err error) bool { return isErrno(err, syscall.ENOENT) }

// IsNotASocket reports a path that is no Unix socket.
func IsNotASocket(err error) bool {
	return isErrno(err, syscall.ENOTSOCK, syscall.ENOTDIR, syscall.EPROTOTYPE)
}

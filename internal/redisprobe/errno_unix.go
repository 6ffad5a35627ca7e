//go:build !windows

package redisprobe

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

func isRefused(err error) bool { return isErrno(err, syscall.ECONNREFUSED) }

func isNoRoute(err error) bool {
	return isErrno(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
		syscall.EADDRNOTAVAIL, syscall.EACCES, syscall.EPERM, syscall.EAFNOSUPPORT)
}

func isReset(err error) bool {
	return isErrno(err, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED)
}

func isDenied(err error) bool { return isErrno(err, syscall.EACCES, syscall.EPERM) }

func isNoSuchFile(err error) bool { return isErrno(err, syscall.ENOENT) }

func isNotASocket(err error) bool {
	return isErrno(err, syscall.ENOTSOCK, syscall.ENOTDIR, syscall.EPROTOTYPE)
}

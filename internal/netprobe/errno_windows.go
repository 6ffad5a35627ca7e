package netprobe

import (
	"errors"
	"io/fs"
	"syscall"
)

// Winsock's numbers, of which package syscall names few (winsock2.h).
const (
	wsaEACCES        syscall.Errno = 10013
	wsaEAFNOSUPPORT  syscall.Errno = 10047
	wsaEADDRNOTAVAIL syscall.Errno = 10049
	wsaENETDOWN      syscall.Errno = 10050
	wsaENETUNREACH   syscall.Errno = 10051
	wsaECONNABORTED  syscall.Errno = 10053
	wsaECONNRESET    syscall.Errno = 10054
	wsaECONNREFUSED  syscall.Errno = 10061
	wsaEHOSTDOWN     syscall.Errno = 10064
	wsaEHOSTUNREACH  syscall.Errno = 10065
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
	return isBeyond(err, BeyondRefused) || isErrno(err, wsaECONNREFUSED)
}

// IsNoRoute reports that no way leads to the address from here.
func IsNoRoute(err error) bool {
	return isBeyond(err, BeyondNoRoute) || isErrno(err, wsaEHOSTUNREACH, wsaENETUNREACH, wsaENETDOWN, wsaEHOSTDOWN, wsaEADDRNOTAVAIL, wsaEACCES, wsaEAFNOSUPPORT)
}

// IsReset reports a connection that the other end broke off.
func IsReset(err error) bool { return isErrno(err, wsaECONNRESET, wsaECONNABORTED, syscall.EPIPE) }

// IsDenied reports what this user may not open.
func IsDenied(err error) bool { return isErrno(err, wsaEACCES) || errors.Is(err, fs.ErrPermission) }

// IsNoSuchFile reports a path that does not exist.
func IsNoSuchFile(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// IsNotASocket reports a path that is no Unix socket.
func IsNotASocket(error) bool { return false }

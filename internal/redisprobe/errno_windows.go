package redisprobe

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

func isRefused(err error) bool { return isErrno(err, wsaECONNREFUSED) }

func isNoRoute(err error) bool {
	return isErrno(err, wsaEHOSTUNREACH, wsaENETUNREACH, wsaENETDOWN, wsaEHOSTDOWN, wsaEADDRNOTAVAIL, wsaEACCES, wsaEAFNOSUPPORT)
}

func isReset(err error) bool { return isErrno(err, wsaECONNRESET, wsaECONNABORTED, syscall.EPIPE) }

func isDenied(err error) bool { return isErrno(err, wsaEACCES) || errors.Is(err, fs.ErrPermission) }

func isNoSuchFile(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func isNotASocket(error) bool { return false }

package netprobe

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
)

// IsTimeout reports an error of time that ran out, whoever's it was.
func IsTimeout(err error) bool {
	var timeout net.Error
	return isBeyond(err, BeyondTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		(errors.As(err, &timeout) && timeout.Timeout())
}

// IsHangUp reports a connection that has ended, at whichever end.
func IsHangUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || IsReset(err)
}

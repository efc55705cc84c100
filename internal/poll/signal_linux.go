package poll

import (
	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// signalBytes is the number 1, in either byte order more than nothing.
var signalBytes = [8]byte{1}

// signalRead is how much a read takes: all.
const signalRead = 8

func signalPair() (r, w int, err error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return -1, -1, errno.Of(err, errno.EMFILE)
	}
	return fd, fd, nil
}

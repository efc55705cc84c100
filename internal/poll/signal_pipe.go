//go:build unix && !linux

package poll

import (
	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

var signalBytes = [1]byte{1}

// signalRead is more than was ever written and not read.
const signalRead = 64

func signalPair() (r, w int, err error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return -1, -1, errno.Of(err, errno.EMFILE)
	}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			unix.Close(p[0])
			unix.Close(p[1])
			return -1, -1, errno.Of(err, errno.EMFILE)
		}
	}
	return p[0], p[1], nil
}

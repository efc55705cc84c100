//go:build unix

package engine

import "golang.org/x/sys/unix"

const canReadNow = true

// readNow reads what is there into b. False: nothing is.
func readNow(fd uintptr, b []byte) (n int, done bool, err error) {
	for {
		n, err = unix.Read(int(fd), b)
		switch err {
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, false, nil
		default:
			return max(n, 0), true, err
		}
	}
}

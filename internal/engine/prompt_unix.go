//go:build unix

package engine

import "golang.org/x/sys/unix"

const canWriteNow = true

// sendNow writes what a connection takes without waiting.
func sendNow(fd uintptr, b []byte) (n int, err error) {
	n, err = unix.SendmsgN(int(fd), b, nil, nil, unix.MSG_DONTWAIT)
	return max(n, 0), err
}

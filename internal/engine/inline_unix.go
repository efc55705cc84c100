//go:build unix

package engine

import "golang.org/x/sys/unix"

const canWriteNow = true

// sendNow writes what the connection takes without waiting. What is wrong with
// it the writer finds out. In a program that is not Go's the sender's thread is
// the program's, which must not die of SIGPIPE.
func sendNow(fd uintptr, b []byte) int {
	n, _ := unix.SendmsgN(int(fd), b, nil, nil, unix.MSG_DONTWAIT|noSignal)
	return max(n, 0)
}

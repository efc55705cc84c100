package pgm

import (
	"os"

	"golang.org/x/sys/unix"
)

func bindToDevice(fd int, device string) error {
	if device == "" {
		return nil
	}
	return os.NewSyscallError("BINDTODEVICE", unix.BindToDevice(fd, device))
}

//go:build !linux

package pgm

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func bindToDevice(_ int, device string) error {
	if device == "" {
		return nil
	}
	return transport.Errorf(errno.ENOTSUP, "BINDTODEVICE is not supported on this system")
}

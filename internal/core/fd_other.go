//go:build !unix

package core

import "github.com/zeroth-mq/zmq/internal/errno"

// A signal does not exist here: there is no descriptor that both a program's
// own loop and this package could use.
type signal struct{}

func newSignal() (*signal, error) { return nil, errno.ENOTSUP }

func (*signal) fd() int { return -1 }
func (*signal) notify() {}
func (*signal) lower()  {}
func (*signal) close()  {}

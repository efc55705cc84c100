//go:build !unix

package poll

import "github.com/zeroth-mq/zmq/internal/errno"

// A Signal does not exist here: there is no descriptor that both a program's
// own loop and this package could use.
type Signal struct{}

// NewSignal fails with ENOTSUP.
func NewSignal() (*Signal, error) { return nil, errno.ENOTSUP }

func (*Signal) FD() int     { return -1 }
func (*Signal) Raise()      {}
func (*Signal) Lower() bool { return false }
func (*Signal) Drop()       {}
func (*Signal) Close()      {}

package zmq4

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeroth-mq/zmq"
)

// The errors that can be told apart. ErrClosedConn, ErrBadCmd and ErrBadFrame
// are of a Conn; a Socket that was closed returns context.Canceled.
var (
	ErrBadCmd      = errors.New("zmq4: invalid command name")
	ErrBadFrame    = errors.New("zmq4: invalid frame")
	ErrBadProperty = errors.New("zmq4: bad property")
	ErrClosedConn  = errors.New("zmq4: read/write on closed connection")
)

var (
	errAddress   = errors.New("zmq4: invalid address")
	errNoFrames  = errors.New("zmq4: a message needs a frame")
	errNoConn    = errors.New("zmq4: no connections available")
	errOverflow  = errors.New("zmq4: overflow")
	errGreeting  = errors.New("zmq4: invalid greeting received")
	errMechanism = errors.New("zmq4: invalid or unsupported security mechanism")
)

// cannot is the error of a call that the socket's type does not have.
func cannot(typ SocketType, verb string) error {
	return fmt.Errorf("zmq4: %s sockets can't %s messages", typ, verb)
}

// bare turns an error of package zmq into the one that a program compares with:
// the error of the socket's context if that has ended, or
// context.DeadlineExceeded if WithTimeout's time has.
func (s *socket) bare(err error) error {
	switch {
	case err == nil:
		return nil
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case errors.Is(err, zmq.ErrAgain), errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, zmq.ErrClosed):
		return context.Canceled
	}
	return fmt.Errorf("zmq4: %w", err)
}

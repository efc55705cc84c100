package cshim

import (
	"math"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// Send is zmq_send, with SndMore and DontWait in flags, and what the message has beside
// its parts. It returns the length,
// as C can express it. EAGAIN with w.Token set: wait and call again.
func Send(id uint64, part []byte, props *msg.Props, flags int, w *Wait) int {
	s, ok := sockets.get(id)
	if !ok {
		w.end()
		return fail(errno.ENOTSOCK)
	}
	w.resume()
	send := func() error { return s.SendPart(background, part, props, flags&SndMore != 0, true) }
	return s.sent(send(), len(part), flags, w, send)
}

// sent follows the first try to send a part of that size, which ended with err, and
// calls try for others.
func (s socket) sent(err error, size, flags int, w *Wait, try func() error) int {
	if err == errno.EAGAIN {
		err = s.again(sendTimeout, flags, w, w.startSend, try)
	}
	w.done(err)
	if err != nil {
		return code(err)
	}
	return Length(size)
}

// Recv receives the next part, which the caller releases. EAGAIN with w.Token
// set: wait and call again.
func Recv(id uint64, p *core.Part, flags int, w *Wait) int {
	s, ok := sockets.get(id)
	if !ok {
		w.end()
		return fail(errno.ENOTSOCK)
	}
	w.resume()
	err := s.RecvPart(background, true, p)
	if err == errno.EAGAIN {
		err = s.again(recvTimeout, flags, w, w.startRead, func() error {
			return s.RecvPart(background, true, p)
		})
	}
	w.done(err)
	return code(err)
}

// Length is a length as C's functions return it.
func Length(n int) int { return min(n, math.MaxInt32) }

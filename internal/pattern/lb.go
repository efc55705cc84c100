package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// lb sends to each peer with room in turn. It is guarded by the send lock.
type lb struct{ turns }

func (l *lb) attach(e *pipe.End) {
	l.sending = true
	l.add(e)
}

func (l *lb) writable(e *pipe.End) { l.wake(e) }
func (l *lb) detach(e *pipe.End)   { l.remove(e) }

// send gives m to the next peer with room and returns which that was.
func (l *lb) send(m *msg.Message) (*pipe.End, error) {
	for l.active > 0 {
		e := l.ends[l.current]
		if e.Send(m) {
			l.next()
			return e, nil
		}
		l.park(l.current)
	}
	return nil, errno.EAGAIN
}

// Put implements Putter.
func (l *lb) Put(frame []byte) bool {
	if l.active == 0 || !l.ends[l.current].Put(frame) {
		return false
	}
	l.next()
	return true
}

// canSend reports whether send would find a peer with room.
func (l *lb) canSend() bool {
	for l.active > 0 {
		if l.ends[l.current].CanSend() {
			return true
		}
		l.park(l.current)
	}
	return false
}

// grant is the Grant of a sole peer. With several each message has its turn, and
// the calls that this saves are worth less.
func (l *lb) grant() int {
	e := l.sole()
	if e == nil {
		return 0
	}
	return e.Grant()
}

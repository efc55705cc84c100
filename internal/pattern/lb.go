package pattern

import (
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// lb sends to each peer with room in turn. ends[:active] may have room, the
// rest are waiting to be Writable. It is guarded by the send lock.
type lb struct {
	ends    []*pipe.End
	active  int
	current int
}

func (l *lb) attach(e *pipe.End) {
	l.ends = append(l.ends, e)
	e.SendSlot = len(l.ends)
	l.writable(e)
}

func (l *lb) swap(i, j int) {
	l.ends[i], l.ends[j] = l.ends[j], l.ends[i]
	l.ends[i].SendSlot, l.ends[j].SendSlot = i+1, j+1
}

func (l *lb) writable(e *pipe.End) {
	i := e.SendSlot - 1
	if i < l.active {
		return // active already, or not held (-1)
	}
	l.swap(i, l.active)
	l.active++
}

func (l *lb) detach(e *pipe.End) {
	i := e.SendSlot - 1
	if i < 0 {
		return
	}
	if i < l.active {
		l.park(i)
		i = e.SendSlot - 1
	}
	last := len(l.ends) - 1
	l.swap(i, last)
	l.ends[last] = nil
	l.ends = l.ends[:last]
	e.SendSlot = 0
}

func (l *lb) park(i int) {
	l.active--
	l.swap(i, l.active)
	if l.current >= l.active {
		l.current = 0
	}
}

// send gives m to the next peer with room and returns which that was.
func (l *lb) send(m *msg.Message) (*pipe.End, error) {
	for l.active > 0 {
		e := l.ends[l.current]
		if e.Send(m) {
			l.current++
			if l.current >= l.active {
				l.current = 0
			}
			return e, nil
		}
		l.park(l.current)
	}
	return nil, errno.EAGAIN
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

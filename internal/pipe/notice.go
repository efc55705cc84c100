package pipe

import (
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// SendAs queues a message of one frame beyond the high-water mark that is from
// peer, at whatever socket. It belongs to the sending half of a pipe between two
// sockets.
func (e *End) SendAs(peer *msg.Peer, frame []byte) {
	q := e.out
	label := msg.Label(peer)
	label.Retain(1) // the segment's and the message's
	q.mu.Lock()
	if q.over.Load() {
		q.mu.Unlock()
		return
	}
	q.sealLocked(false)
	q.pushLocked(seg{b: zmtp.AppendFrame(nil, 0, frame), msgs: 1, chunk: label})
	wake := q.wakeLocked()
	q.mu.Unlock()
	if wake {
		q.consumer.owner.Wake(q.consumer, In)
	}
}

package engine

import (
	"time"

	"github.com/zeroth-mq/zmq/zmtp"
)

// awaitRoom waits until the socket wants more, or the connection has begun to
// end: then all that is left of it is read, whatever the marks say, since nothing
// may wait for a program that perhaps waits for this very peer. The system's
// buffers bound how much that is, and lastReads how long.
func (e *engine) awaitRoom() error {
	for !e.end.Room() && !e.ending() {
		if e.hang == nil {
			e.hang = time.NewTimer(roomCheck)
		} else {
			e.hang.Reset(roomCheck)
		}
		e.beat.pause(true)
		select {
		case <-e.handle.out:
		case <-e.hang.C:
			if hungUp(e.conn, e.handle.atDoor.Load()) {
				e.lastReads(errHungUp, goodbye)
			} else if e.wire.subs { // which knows PING; its own would be answered too late
				e.command(zmtp.AppendPing(nil, 0, nil))
			}
		case <-e.stop:
			return e.cause
		case <-e.cfg.Done:
			return ErrClosing
		}
		e.beat.pause(false)
	}
	return nil
}

// roomCheck is how often a reader that waits for its socket looks whether there is
// still a connection, and tells the peer, which may have heartbeats, that it is
// there. Tests make it shorter.
var roomCheck = time.Second

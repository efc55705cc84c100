package core

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// One message out:
//
//  1. Send takes the send lock. A message of one frame that finds the half idle
//     takes the fast path: the pattern names the pipe, the pipe copies the frame, and
//     that is all.
//  2. Else what the C face has put into its send ring goes first, and the pattern is
//     told which pipes have room again.
//  3. The pattern names the pipe; the pipe copies the frames.
//  4. If no pipe has room Send sleeps, without the lock, until an event of the ready
//     list, the end of ctx, SNDTIMEO or the socket, and tries again (poll.Bell).
//
// A call that leaves room behind passes the event on, so that several senders can
// wait at once; where each waits for a peer of its own, all try (poll.Bell).
//
// Locking: everything here is under the send lock, which also guards the open chunks
// of the queues that the socket sends into.

// A sendHalf sends. What route.go asks the pattern is all it knows of that.
type sendHalf struct {
	half
	outPart
	recv *recvHalf // for a type that takes turns, whose halves have one lock
	out  outbox
	one  [1][]byte // scratch of SendPart
	text []byte    // likewise
}

// Send sends one message. The frames are copied, and the caller's again when
// it returns. It waits while no peer has room: not at all with noWait, else
// until SNDTIMEO or ctx ends. EAGAIN: no peer had room in time. EINVAL: no
// frames. Otherwise as the pattern says: ENOTSUP, EFSM, EHOSTUNREACH.
func (h *sendHalf) Send(ctx context.Context, frames [][]byte, noWait bool) error {
	return h.send(ctx, frames, noWait, extra{})
}

// SendOwned is Send for frames that do not change any more: large ones are not
// copied.
func (h *sendHalf) SendOwned(ctx context.Context, frames [][]byte, noWait bool) error {
	return h.send(ctx, frames, noWait, extra{shared: true})
}

// SendWith is Send for a message with properties, of a type that knows them.
func (h *sendHalf) SendWith(ctx context.Context, props *msg.Props, frames [][]byte, noWait bool) error {
	return h.send(ctx, frames, noWait, extra{props: props})
}

// extra is what a message has beside its frames.
type extra struct {
	shared bool // large frames do not change any more
	props  *msg.Props
}

func (h *sendHalf) send(ctx context.Context, frames [][]byte, noWait bool, x extra) error {
	if len(frames) == 0 {
		return errno.EINVAL
	}
	h.mu.Lock()
	if len(frames) == 1 && h.fastSend(frames[0]) {
		h.release()
		return nil
	}
	h.pull()
	err := h.sendLocked(ctx, frames, noWait, x)
	h.release()
	return err
}

// SendMany is Send for messages of one frame each. It returns how many were sent:
// all, or as many as before the error.
func (h *sendHalf) SendMany(ctx context.Context, msgs [][]byte, noWait bool) (n int, err error) {
	h.mu.Lock()
	for err == nil {
		if n += h.fastMany(msgs[n:]); n == len(msgs) {
			break
		}
		h.pull()
		if err = h.sendLocked(ctx, msgs[n:n+1], noWait, extra{}); err == nil {
			n++
		}
	}
	h.release()
	return n, err
}

// sendLocked is Send with the send lock held, but not while it sleeps.
func (h *sendHalf) sendLocked(ctx context.Context, frames [][]byte, noWait bool, x extra) error {
	err := h.trySend(frames, x)
	if err == nil && h.row.Alternates {
		h.watched.Raise() // the other direction may be possible now
	}
	if err == nil && h.waiters == 0 {
		return nil
	}
	if err == errno.EAGAIN && !noWait && h.vals.Life.SendTimeout != 0 {
		err = h.waitRoomLocked(ctx, func() error { return h.trySend(frames, x) })
	}
	h.passRoomOnLocked()
	return err
}

// waitRoomLocked tries until it need not wait for room, or SNDTIMEO or ctx ends.
func (h *sendHalf) waitRoomLocked(ctx context.Context, try func() error) error {
	l := poll.NewLimit(ctx, h.vals.Life.SendTimeout)
	return h.waitLocked(try, func(since uint64) error { return h.sleepLocked(l, since) })
}

// passRoomOnLocked wakes the next call that waits for room, if there is some.
func (h *sendHalf) passRoomOnLocked() {
	if h.waiters > 0 && !h.ready.WakesAll() && h.canSend() {
		h.ready.Rouse()
	}
}

// stuck reports whether what came through the send ring must be sent before anything
// else.
func (h *sendHalf) stuck() bool { return h.ring != nil && h.ring.msgs > 0 }

// roomLocked is nil if a message could be sent, EAGAIN if it would wait.
func (h *sendHalf) roomLocked() error {
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	if h.stuck() || !h.canSend() {
		return errno.EAGAIN
	}
	return nil
}

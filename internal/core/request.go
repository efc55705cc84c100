package core

import (
	"context"
	"math/rand/v2"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// requests are the Requests of a REQ socket that are under way. Everything is under
// the one lock of both halves; nil is those of a socket that has none.
type requests struct {
	requester pattern.Requester
	send      *sendHalf
	recv      *recvHalf
	open      map[uint32]*asker
	last      uint32 // number. Random to begin with: see askLocked.
}

// an asker is a Request that waits for its reply.
type asker struct {
	wake chan struct{}
	got  bool
	r    Received
}

// newRequests makes those of a socket whose halves have one lock.
func newRequests(pat pattern.Requester, send *sendHalf, recv *recvHalf) *requests {
	return &requests{requester: pat, send: send, recv: recv, open: make(map[uint32]*asker), last: rand.Uint32()}
}

// Request sends a request and waits for its reply. Any number of requests may
// be under way at once; each has its own number in the envelope, which every
// REP and ROUTER hands back. When ctx ends first, or the socket does, the request
// is given up: it is not sent any more if no peer has taken it yet, a late reply
// to it is thrown away, and the socket stays usable. ENOTSUP: not a
// REQ socket. EAGAIN: no peer had room within SNDTIMEO.
func (q *requests) Request(ctx context.Context, frames [][]byte) (Received, error) {
	if q == nil {
		return Received{}, errno.ENOTSUP
	}
	if len(frames) == 0 {
		return Received{}, errno.EINVAL
	}
	q.send.acquire()
	defer q.send.release()
	a := &asker{wake: make(chan struct{}, 1)}
	id, err := q.askLocked(ctx, a, frames)
	if err != nil {
		return Received{}, err
	}
	if err = q.awaitLocked(ctx, a); err != nil && !a.got {
		delete(q.open, id)
		q.requester.CancelRequest(id)
		return Received{}, err
	}
	return a.r, nil
}

// askLocked sends the request, waiting for room, and enters a under its number.
// Numbers do not begin anew with each process: what its predecessor was to be
// answered may come to one that has its routing id, or is behind its endpoint.
func (q *requests) askLocked(ctx context.Context, a *asker, frames [][]byte) (uint32, error) {
	q.last++
	id := pattern.RequestBase | q.last
	try := func() error { return q.tryAsk(id, frames) }
	err := try()
	if err == errno.EAGAIN {
		err = q.send.waitRoomLocked(ctx, try)
	}
	if err == nil {
		q.open[id] = a
	}
	return id, err
}

func (q *requests) tryAsk(id uint32, frames [][]byte) error {
	h := q.send
	if err := h.err(); err != nil {
		return err
	}
	h.refreshLocked()
	return h.sendPicked(frames, func() (*pattern.Route, error) { return q.requester.PickRequest(id) })
}

// awaitLocked waits for the reply.
func (q *requests) awaitLocked(ctx context.Context, a *asker) error {
	h, l := q.recv, poll.NewLimit(ctx, poll.Forever)
	l.Also = a.wake // the reply came to another call
	err := h.waitLocked(func() error {
		err := h.err()
		if err == nil {
			h.refreshLocked()
			q.answerLocked()
			err = errno.EAGAIN
		}
		if a.got {
			return nil
		}
		return err
	}, func(since uint64) error {
		h.revoke()
		return h.sleepLocked(l, since)
	})
	if h.waiters > 0 {
		h.ready.event() // another call takes over the listening
	}
	return err
}

// cancelLocked gives up all requests, whose calls fail: the socket has ended.
func (q *requests) cancelLocked() {
	if q == nil {
		return
	}
	for id := range q.open {
		q.requester.CancelRequest(id)
	}
}

// answerLocked gives the replies that are there to the calls that wait for them.
func (q *requests) answerLocked() {
	for q != nil && len(q.open) > 0 {
		m := &q.recv.msg
		id, err := q.requester.TakeReply(m)
		if err != nil {
			return
		}
		if a := q.open[id]; a != nil {
			delete(q.open, id)
			a.r = q.recv.slabs.give(m)
			a.got = true
			a.wake <- struct{}{}
		}
	}
}

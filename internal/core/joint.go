package core

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// A Joint is the receiving half of one socket and the sending halves of others, held
// together, so that messages can be moved from pipe to pipe under one set of locks. One
// goroutine uses it. All methods but Lock need it locked.
//
// Locking: the locks are taken in one order for all sockets: sending halves, sockets
// with one lock for both halves, receiving halves, each by the age of the socket.
type Joint struct {
	from  *recvHalf
	to    []*sendHalf
	locks []*halfLock
	turns []*Socket // that take turns
}

// A Place is one half of a Joint: Receiving, or the sending one of that number.
type Place int

// Receiving is the half that receives.
const Receiving Place = -1

// NewJoint joins halves of sockets, any of which may be the same socket.
func NewJoint(from *Socket, to ...*Socket) *Joint {
	j := &Joint{from: &from.recvHalf}
	type half struct {
		lock *halfLock
		rank int
		age  uint64 // of the socket
	}
	var halves []half
	add := func(s *Socket, lock *halfLock, rank int) {
		if s.row.Lockstep {
			rank = 1
		}
		if s.row.Alternates {
			j.turns = append(j.turns, s)
		}
		halves = append(halves, half{lock, rank, s.id})
	}
	add(from, from.recvHalf.halfLock, 2)
	for _, s := range to {
		add(s, s.sendHalf.halfLock, 0)
		j.to = append(j.to, &s.sendHalf)
	}
	slices.SortFunc(halves, func(a, b half) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.age, b.age))
	})
	for _, h := range halves {
		if !slices.Contains(j.locks, h.lock) {
			j.locks = append(j.locks, h.lock)
		}
	}
	return j
}

// Lock takes all locks.
func (j *Joint) Lock() {
	for _, l := range j.locks {
		l.acquire()
	}
}

// Unlock gives them back.
func (j *Joint) Unlock() {
	for _, l := range slices.Backward(j.locks) {
		l.release()
	}
}

// Recv receives a message, which is valid until the next one. Its caller gives the
// message's chunk back. EAGAIN: there is none.
func (j *Joint) Recv() (*msg.Message, error) {
	if err := j.from.tryRecv(); err != nil {
		return nil, err
	}
	return &j.from.msg, nil
}

// Send sends a message at a place. EAGAIN: there is no room. If shared, large frames do
// not change any more.
func (j *Joint) Send(at Place, m *msg.Message, shared bool) error {
	return j.to[at].trySend(m.Frames, extra{shared, m.Props})
}

// Room is nil if Send would find room, as far as can be said before the message is
// known; EAGAIN: it would not.
func (j *Joint) Room(at Place) error { return j.to[at].roomLocked() }

// Wait tries until that does not say EAGAIN, or ctx ends. Each time it waits for an
// event at a place; held is what it unlocks meanwhile, the Joint included.
func (j *Joint) Wait(ctx context.Context, at Place, held sync.Locker, try func() error) error {
	h := &j.from.half
	if at != Receiving {
		h = &j.to[at].half
	}
	limit := poll.NewLimit(ctx, poll.Forever)
	return h.waitLocked(try, func(since uint64) error {
		if at == Receiving {
			j.from.revoke()
		}
		event := h.ready.Listen(since)
		if event == nil {
			return nil
		}
		held.Unlock()
		defer held.Lock()
		return limit.Wait(event, h.done)
	})
}

// PassOn wakes calls that wait at the same halves, for the event that woke this one may
// be theirs; if something was moved, also those that wait for a socket's turn.
func (j *Joint) PassOn(moved bool) {
	j.from.passMessageOnLocked()
	for _, h := range j.to {
		h.passRoomOnLocked()
	}
	if moved {
		for _, s := range j.turns { // the other direction may be possible now
			s.recvHalf.ready.event()
			s.sendHalf.ready.event()
		}
	}
}

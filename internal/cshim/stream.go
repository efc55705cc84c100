package cshim

import (
	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// SetSendRing has the socket take messages from f, until it is closed. ENOTSUP: a
// type that cannot.
func SetSendRing(id uint64, f core.SendRing) int {
	return on(id, func(s socket) error {
		if !s.SetSendRing(f) {
			return errno.ENOTSUP
		}
		return nil
	})
}

// PullSendRing has the socket take what its send ring holds.
func PullSendRing(id uint64) int {
	return on(id, func(s socket) error { s.PullSendRing(); return nil })
}

// CanPrefetch is 1 if RecvMany may receive more than the program asked for.
func CanPrefetch(id uint64) (n int) {
	rc := on(id, func(s socket) error {
		n = asInt(s.Row().Prefetch)
		return nil
	})
	return rc + n
}

// fewAtOnce is how many are received without regard to the mark.
const fewAtOnce = 8

var recvHWM = opt.ByName("RCVHWM")

// RecvMany receives up to want parts, and never more than an eighth of the
// socket's mark beyond the first few. Each goes to keep, which copies it,
// releases it, and reports whether there is room for another. It waits for the
// first as Recv does, for no other, and returns how many there were.
func RecvMany(id uint64, want, flags int, w *Wait, keep func(*core.Part) bool) (n int) {
	s, ok := sockets.get(id)
	if !ok {
		w.end()
		return fail(errno.ENOTSOCK)
	}
	if want > fewAtOnce {
		if hwm, err := s.Get(recvHWM); err == nil && hwm.(int) > 0 {
			want = min(want, max(fewAtOnce, hwm.(int)/8))
		}
	}
	w.resume()
	n, err := s.RecvParts(background, want, keep)
	if err == errno.EAGAIN {
		err = s.again(recvTimeout, flags, w, w.startRead, func() (err error) {
			n, err = s.RecvParts(background, want, keep)
			return err
		})
	}
	w.done(err)
	if err != nil {
		return code(err)
	}
	return n
}

// DropRest forgets the parts that are left of a message of which some were
// received.
func DropRest(id uint64) int {
	return on(id, func(s socket) error { s.DropRest(); return nil })
}

// Wants reports whether a SUB socket would receive a message that begins with
// first: 1, or 0.
func Wants(id uint64, first []byte) (n int) {
	rc := on(id, func(s socket) error {
		n = asInt(s.Wants(first))
		return nil
	})
	return rc + n
}

func asInt(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

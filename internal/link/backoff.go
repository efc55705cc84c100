package link

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// backoff chooses the time between attempts: as libzmq does, the interval plus
// a random part of up to as much again, or doubling without a random part if
// there is a maximum. After refusals in a row it doubles as well, where
// REFUSED_IVL_MAX says so.
type backoff struct {
	life *opt.Life
	cur  time.Duration // after an attempt that found no connection
	shut time.Duration // after one that was refused
}

// reset says that there is a connection.
func (b *backoff) reset() { b.cur = 0 }

// next is the time to the next attempt, after one that ended with err. False:
// RECONNECT_IVL allows none.
func (b *backoff) next(err error) (time.Duration, bool) {
	ivl, most := b.life.ReconnectIvl, b.life.ReconnectIvlMax
	if ivl <= 0 {
		return 0, false
	}
	wait := &b.cur
	if refused := b.life.RefusedIvlMax; refused > 0 && isRefusal(err) {
		wait = &b.shut
		if most <= 0 {
			*wait = min(max(ivl, 2**wait), refused)
			return *wait + rand.N(ivl), true
		}
	} else {
		b.shut = 0
	}
	if most <= 0 {
		return ivl + rand.N(ivl), true
	}
	*wait = min(max(ivl, 2**wait), most)
	return *wait, true
}

// isRefusal reports whether err ended a connection because one side will not
// talk to the other, as it is likely to next time: the peer said so, broke the
// protocol, speaks another one, or closed the connection in the handshake once
// it had begun it; or we refused it.
func isRefusal(err error) bool {
	he, ok := errors.AsType[*engine.HandshakeError](err)
	if !ok || he.Peer == nil {
		return false
	}
	if kind, _ := failure(err); kind != HandshakeFailed {
		return true
	}
	no := errno.Of(err, 0)
	return no == errno.EPIPE || no == errno.ECONNRESET
}

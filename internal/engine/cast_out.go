package engine

import (
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// castBatch is how much is taken from the pipe at once; RATE says how fast it goes.
const castBatch = 128 << 10

// A CastWriter sends a stream that has no reader to speak of: see
// transport.Publisher.
type CastWriter interface {
	Frame(head, body []byte, begins bool) error
	Flush() error
	Finish()
}

// WriteCast carries what is queued in a pipe to a multicast group, in ZMTP 1.0
// framing, until the socket has closed its side and everything is sent, or to
// an error: w was closed. What was taken and not sent is put back.
func WriteCast(end *pipe.End, h *Handle, stop <-chan struct{}, w CastWriter) error {
	in := h.wakesCast()
	var b pipe.Batch
	for {
		any, done := end.TakeBatch(&b, castBatch)
		if any {
			if n, err := writeBatch(&b, w); err != nil {
				end.Unread(&b, n)
				return err
			}
			b.Free()
			continue
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if done {
			w.Finish()
			return nil
		}
		select {
		case <-in:
		case <-stop:
			return ErrClosing
		}
	}
}

// writeBatch returns how many messages went out whole.
func writeBatch(b *pipe.Batch, w CastWriter) (n int, err error) {
	head := make([]byte, 0, zmtp.MaxHeaderV1)
	begins := true
	b.Frames(func(flags byte, body []byte) {
		if err != nil {
			return
		}
		more := flags&zmtp.FlagMore != 0
		if err = w.Frame(zmtp.AppendHeaderV1(head, more, len(body)), body, begins); err != nil {
			return
		}
		if begins = !more; begins {
			n++
		}
	})
	return n, err
}

// DrainCast throws away what a subscriber says, which has no publisher to go to, and
// calls wake whenever the socket has room again, until the socket has closed
// its side or stop is closed.
func DrainCast(end *pipe.End, h *Handle, stop <-chan struct{}, wake func()) {
	in := h.wakesCast()
	var b pipe.Batch
	for {
		any, done := end.TakeBatch(&b, castBatch)
		if any {
			b.Free()
			continue
		}
		if done {
			return
		}
		select {
		case <-in:
		case <-h.out:
			wake()
		case <-stop:
			return
		}
	}
}

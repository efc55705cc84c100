package engine

import (
	"net"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// maxBatch is how much the writer takes from the pipe at once. What it has
// taken no longer counts against the high-water mark.
const maxBatch = 128 << 10

// write carries what is queued in the pipe to the peer until the connection
// ends, or the socket has closed its side and everything is sent.
func (e *engine) write() error {
	var (
		b    pipe.Batch
		t    = e.newTranscoder()
		bufs net.Buffers
		ctl  []byte
		sent bool // a message went out
	)
	for {
		select {
		case <-e.stop:
			return nil
		default:
		}
		ctl = e.takeControl(ctl[:0])
		any, done := e.end.TakeBatch(&b, maxBatch)
		if !any && len(ctl) == 0 {
			if done {
				e.closeWrite(sent)
				return nil
			}
			if t != nil {
				t.rest()
			}
			select {
			case <-e.port.in:
			case <-e.stop:
				return nil
			}
			continue
		}
		var n int
		var err error
		switch {
		case e.wire.raw:
			n, err = e.writeBodies(&b)
		case t != nil:
			n, err = t.write(ctl, &b)
		case len(ctl) == 0 && len(b.Bufs) == 1:
			n, err = e.conn.Write(b.Bufs[0])
			if err != nil {
				n = b.Whole(n)
			}
		default:
			bufs = bufs[:0]
			if len(ctl) > 0 {
				bufs = append(bufs, ctl)
			}
			bufs = append(bufs, b.Bufs...)
			todo := bufs
			var k int64
			k, err = todo.WriteTo(e.conn)
			clear(bufs)
			if err != nil {
				n = b.Whole(int(k) - len(ctl))
			}
		}
		if err != nil {
			e.end.Unread(&b, n)
			return err
		}
		sent = sent || any
		b.Free()
		if len(ctl) > 0 {
			e.beat.wrote()
		}
	}
}

func (e *engine) takeControl(dst []byte) []byte {
	e.ctlMu.Lock()
	dst = append(dst, e.ctl...)
	e.ctl = e.ctl[:0]
	e.ctlMu.Unlock()
	return dst
}

// writeBodies sends the frames' bodies without framing, for STREAM. It returns
// how many whole messages went out.
func (e *engine) writeBodies(b *pipe.Batch) (n int, err error) {
	b.Frames(func(flags byte, body []byte) {
		if err == nil && len(body) > 0 {
			_, err = e.conn.Write(body)
		}
		if err == nil && flags&zmtp.FlagMore == 0 {
			n++
		}
	})
	return n, err
}

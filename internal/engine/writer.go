package engine

import (
	"net"
	"syscall"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// maxBatch is how much the writer takes from the pipe at once. What it has
// taken no longer counts against the high-water mark. With large messages each
// write wakes the peer, and itself waits for room: few are best.
const maxBatch = 1 << 20

// A writer is the role of writing a connection, and what belongs to it. Its owner is
// the writer's goroutine, which runs from when it is woken until it has nothing more
// to do. A sender that finds it asleep may borrow the role: see inline.go.
type writer struct {
	role
	t *transcoder // set before the role is used

	// Of what acts in the role.
	raw     syscall.RawConn // nil: not to be written to by senders
	greeted bool            // what comes before all that is queued is written
	b       pipe.Batch      // taken, and not yet written whole
	off     int             // bytes of b that a sender has written
	bufs    net.Buffers
	cmds    []byte // commands that are being written
	sent    bool   // a message went out
}

// init says how the writer's goroutine is started: that costs what waking one would.
func (w *writer) init(e *engine) {
	w.t = e.newTranscoder()
	write := e.write                // made once, so that starting it allocates nothing
	w.start = func() { go write() } // owned by Run, which waits for it: see role.retire
}

// wake has the writer look for something to write.
func (e *engine) wake() { e.writer.revoke() }

// write is the writer's goroutine. After an error, or the last message, there
// is no other one.
func (e *engine) write() {
	for {
		more, err := e.carry()
		if err != nil {
			e.lastReads(err, goodbye)
		}
		if err != nil || !more {
			e.writer.finish()
			return
		}
		if e.writer.yield(false) {
			return
		}
	}
}

// carry writes what is queued in the pipe, until that is nothing. It reports
// whether there may be more: not if the connection has ended, or the socket has
// closed its side and everything is sent.
func (e *engine) carry() (more bool, err error) {
	w := &e.writer
	if err := e.sayHello(); err != nil {
		return false, err
	}
	for {
		select {
		case <-e.stop:
			return false, nil
		default:
		}
		if len(w.b.Bufs) > 0 {
			if err := e.writeRest(); err != nil {
				return false, err
			}
		}
		w.cmds = e.takeCommands(w.cmds[:0])
		heards := e.beat.heards.Load()
		any, done := e.end.TakeBatch(&w.b, maxBatch)
		if !any && len(w.cmds) == 0 {
			if done {
				e.closeWrite(w.sent)
				return false, nil
			}
			if w.t != nil {
				w.t.release()
			}
			return true, nil
		}
		if n, err := e.writeBatch(); err != nil {
			e.end.Unread(&w.b, n)
			return false, err
		}
		w.sent = w.sent || any
		w.b.Free()
		if len(w.cmds) > 0 {
			e.beat.wrote(heards)
		}
	}
}

// sayHello writes what comes before all that is queued, once. One that is lost with
// its connection is not sent again: the next has its own.
func (e *engine) sayHello() error {
	w := &e.writer
	if w.greeted {
		return nil
	}
	w.greeted = true
	defer e.allowInline()
	if len(e.cfg.Hello) == 0 {
		return nil
	}
	w.b.One(e.cfg.Hello)
	_, err := e.writeBatch()
	w.b.Drop()
	w.sent = true
	return err
}

// writeRest writes what a sender has begun to write, or left.
func (e *engine) writeRest() error {
	w := &e.writer
	w.bufs = append(append(w.bufs[:0], w.b.Bufs[0][w.off:]), w.b.Bufs[1:]...)
	todo := w.bufs
	n, err := todo.WriteTo(e.conn)
	clear(w.bufs)
	if err != nil {
		w.off += int(n)
		return err // giveBack does the rest
	}
	w.sent, w.off = true, 0
	w.b.Free()
	return nil
}

// giveBack ends the writing, and returns to the pipe what a sender has taken and not
// written.
func (e *engine) giveBack() {
	e.handle.engine.Store(nil)
	w := &e.writer
	w.retire()
	e.end.Unread(&w.b, w.b.Whole(w.off))
}

// writeBatch sends commands and a batch. If that fails it returns how
// many whole messages went out.
func (e *engine) writeBatch() (n int, err error) {
	w := &e.writer
	switch {
	case w.t != nil:
		return w.t.write(w.cmds, &w.b)
	case len(w.cmds) == 0 && len(w.b.Bufs) == 1:
		if n, err = e.conn.Write(w.b.Bufs[0]); err != nil {
			n = w.b.Whole(n)
		}
		return n, err
	}
	w.bufs = w.bufs[:0]
	if len(w.cmds) > 0 {
		w.bufs = append(w.bufs, w.cmds)
	}
	w.bufs = append(w.bufs, w.b.Bufs...)
	todo := w.bufs
	k, err := todo.WriteTo(e.conn)
	clear(w.bufs)
	if err != nil {
		n = w.b.Whole(int(k) - len(w.cmds))
	}
	return n, err
}

func (e *engine) takeCommands(dst []byte) []byte {
	e.mu.Lock()
	dst = append(dst, e.commands...)
	e.commands = e.commands[:0]
	e.mu.Unlock()
	return dst
}

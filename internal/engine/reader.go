package engine

import (
	"cmp"
	"math"
	"weak"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// The reader's buffers.
//
// A connection starts with a small chunk and moves to big ones once its reads
// fill them. What arrives is published as slices of the chunk, and the chunk is
// filled further until little of it is left, so that small messages share one,
// even those that come one by one.
const (
	minChunk = 2 << 10
	maxChunk = 64 << 10
	// briefRead is how much is read behind a large frame.
	briefRead = 512
)

// a reader is the state of the read loop. Only its goroutine touches it.
type reader struct {
	e     *engine
	buf   *msg.Chunk // what chunk is part of; nil: nothing read yet
	chunk []byte     // filled part of the buffer
	pub   int        // chunk[:pub] is published, held or used up
	at    int        // chunk[:at] is parsed
	end   int        // chunk[:end] ends with a whole message
	msgs  int        // whole messages in chunk[pub:end]
	mid   bool       // chunk[:at] ends inside a message

	run   pipe.Run // what is to be published, or held until its message is whole
	tally tally    // of the message that is being received
	waste int      // bytes of commands that what is published next keeps in memory
	want  int      // size of the next chunk
	brief bool     // the last frame was large: read little behind it
	large large    // the frame that is being read apart
	proof uint64   // largest frame that the peer has really sent

	park   park // what is left while there is nothing to read
	leased bool // a borrower parses: it is not to wait
	share
	published bool // a message, by the last read

	conv     []byte // frames we wrote: subscriptions, and all of ZMTP 1.0
	convFrom int
	label    *msg.Chunk // of these
	convMsgs int
}

// read carries what the peer sends into the pipe until the connection ends.
// rest was read beyond the handshake.
func (e *engine) read(rest []byte) error {
	r := &reader{e: e, want: minChunk}
	if e.codec == nil {
		r.park.prepare(r)
	}
	if len(rest) > 0 {
		r.open(len(rest)+minChunk, rest)
		if err := r.walk(); err != nil {
			return err
		}
	}
	lease := newReadLease(r)
	for {
		r.published = false
		n, err := r.more()
		if n > 0 {
			r.received(n)
			if err := r.walk(); err != nil {
				return err
			}
			r.countBytes(n)
		}
		if err != nil && !e.interrupted(err) {
			return readError(err)
		}
		if lease != nil && r.published && lease.yield(true) { // the call that asked was woken, and comes for it
			if err := lease.regain(); err != nil {
				return err
			}
		}
	}
}

// received notes that n bytes were read to where space is.
func (r *reader) received(n int) {
	r.e.beat.heard()
	if r.large.received(n) {
		return
	}
	r.brief = false
	full := n == cap(r.chunk)-len(r.chunk)
	r.chunk = r.chunk[:len(r.chunk)+n]
	if full && r.want < maxChunk {
		r.want *= 4
	}
}

// space is where the next read goes.
func (r *reader) space() []byte {
	if r.large.on() {
		return r.largeSpace()
	}
	r.makeRoom()
	space := r.chunk[len(r.chunk):cap(r.chunk)]
	if r.brief {
		// Another large frame is likely: what of it were read here would
		// have to be copied.
		space = space[:min(len(space), briefRead)]
	}
	return space
}

// makeRoom opens a new chunk when little of this one is left. The unparsed end
// of the old one moves along; parsed frames of an unfinished message are held.
func (r *reader) makeRoom() {
	if free := cap(r.chunk) - len(r.chunk); free >= r.want/8 {
		return
	}
	r.hold(r.mid)
	rest := r.chunk[r.at:]
	r.want = min(r.want, maxChunk)
	size := r.want
	if len(rest) > size/2 {
		size = 2 * len(rest)
	}
	r.open(size, rest)
}

// open begins a new chunk of at least size bytes with rest.
func (r *reader) open(size int, rest []byte) {
	next := msg.NewChunk(size).From(r.e.peer)
	r.chunk = append(next.B[:0], rest...)
	r.pub, r.at, r.end = 0, 0, 0
	if r.buf != nil {
		r.buf.Release()
	}
	r.buf, r.park.left = next, weak.Pointer[msg.Chunk]{}
}

// hold moves what is parsed and not published from the chunk into the run.
// begun says that among it are frames of a message that ends elsewhere.
func (r *reader) hold(begun bool) {
	if r.pub < r.at {
		r.add(r.at)
		if begun {
			r.buf.Pin()
		}
	}
	r.pub, r.end, r.msgs = r.at, r.at, 0
}

// flush publishes the whole messages in the chunk.
func (r *reader) flush() error {
	if r.msgs == 0 {
		return nil
	}
	if r.e.cfg.Publishes && !r.leased {
		r.spend(r.msgs)
	}
	r.add(r.end)
	r.pub, r.msgs = r.end, 0
	return r.publish()
}

// add puts chunk[pub:end] into the run.
func (r *reader) add(end int) {
	r.run.Add(r.chunk[r.pub:end:end], r.msgs, r.buf)
	r.run.Charge(min(r.waste, len(r.buf.B)))
	r.waste = 0
}

// publish hands the run over as soon as the socket wants more: one read is
// always done ahead. The run must end with a whole message. If the socket no
// longer listens, what comes is thrown away and the connection goes on: it may
// still have something to send.
func (r *reader) publish() error {
	var err error
	if !r.leased { // else the socket has nothing left
		if r.held && !r.e.end.Room() {
			r.leavePlace()
		}
		err = r.e.awaitRoom()
	}
	r.e.end.Publish(&r.run)
	r.published = true
	return cmp.Or(err, r.e.end.Expelled())
}

// walk parses what is in the chunk and publishes the whole messages, also those
// ahead of something that it cannot accept.
func (r *reader) walk() error {
	if r.large.on() {
		if whole, err := r.finish(); !whole || err != nil {
			return err
		}
	}
	defer r.leavePlace()
	return cmp.Or(r.frames(), r.flush(), r.flushConv())
}

// frames parses frames until one is not whole.
func (r *reader) frames() error {
	lim := r.e.frameLimit()
	for {
		if !r.mid && r.convMsgs == 0 && lim >= 255 {
			r.skipShort()
		}
		b := r.chunk[r.at:]
		flags, size, h := zmtp.ParseHeader(b)
		if h == 0 {
			return nil
		}
		if size > lim {
			if err := r.oversize(flags, size); err != nil {
				return err
			}
		}
		if flags&zmtp.FlagCommand != 0 && r.e.wire.commands {
			if whole, err := r.commandFrame(b, h, size); !whole || err != nil {
				return err
			}
			continue
		}
		if r.convMsgs > 0 {
			if err := r.flushConv(); err != nil {
				return err
			}
		}
		more := flags&zmtp.FlagMore != 0
		if uint64(len(b)-h) < size {
			if size < largeFrame {
				return nil
			}
			if err := r.begin(size, h, more); err != nil {
				return err
			}
			continue
		}
		r.at += h + int(size)
		if more || r.mid {
			if err := r.count(int64(size), more); err != nil {
				return err
			}
		}
		if !more {
			r.msgs++
			r.end = r.at
		}
	}
}

// commandFrame acts on the command that begins b, behind h bytes of header, if it is there
// whole.
func (r *reader) commandFrame(b []byte, h int, size uint64) (whole bool, err error) {
	if size > maxCommand && !mayBeLong(b[h:]) {
		return false, protocol(0, "a command of %d bytes; %d are allowed", size, maxCommand)
	}
	if uint64(len(b)-h) < size {
		return false, nil
	}
	if err := r.flush(); err != nil {
		return false, err
	}
	r.hold(r.mid)
	if !r.leased {
		r.spend(1 + int(size)/bodyCost)
	}
	if err := r.command(b[h : h+int(size)]); err != nil {
		return false, err
	}
	return true, r.skip(h + int(size))
}

// skipShort counts the messages of one short frame that come next, as most do.
func (r *reader) skipShort() {
	at, n := r.at, 0
	for {
		flags, size, h := zmtp.ParseHeader(r.chunk[at:])
		end := at + h + int(size)
		if h == 0 || flags != 0 || end > len(r.chunk) {
			break
		}
		at = end
		n++
	}
	if n > 0 {
		r.at, r.end = at, at
		r.msgs += n
	}
}

// count adds a frame to the message that is being received.
func (r *reader) count(size int64, more bool) error {
	if err := r.tally.frame(&r.e.cfg.Wire, size, more); err != nil {
		return err
	}
	r.mid = more
	return nil
}

// skip passes over a command of n bytes. The chunk keeps them as long as it is
// kept for the messages around them.
func (r *reader) skip(n int) error {
	r.at += n
	r.pub, r.end = r.at, r.at
	r.waste += n
	return r.tally.beside(&r.e.cfg.Wire, int64(n)+pipe.SegmentCost)
}

// frameLimit is the size from which a frame must be looked at more closely.
func (e *engine) frameLimit() uint64 {
	lim := uint64(math.MaxInt)
	if e.wire.bare {
		return lim
	}
	if m := e.cfg.Wire.MaxMsgSize; m >= 0 {
		lim = min(lim, uint64(m))
	}
	if m := e.cfg.Wire.MaxMessage; m > 0 {
		lim = min(lim, uint64(m))
	}
	return lim
}

// oversize says what is wrong with a frame beyond frameLimit. A command is no part
// of a message.
func (r *reader) oversize(flags byte, size uint64) error {
	w := &r.e.cfg.Wire
	switch {
	case w.MaxMsgSize >= 0 && size > uint64(w.MaxMsgSize):
		return tooBig(size, w.MaxMsgSize)
	case flags&zmtp.FlagCommand != 0 && r.e.wire.commands:
		return nil
	case w.MaxMessage > 0 && size > uint64(w.MaxMessage):
		return tooLong(w.MaxMessage)
	}
	return tooBig(size, math.MaxInt)
}

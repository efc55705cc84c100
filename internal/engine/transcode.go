package engine

import (
	"net"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A transcoder writes what the pipe holds for a peer that wants it otherwise: as its Codec
// has it, or with subscriptions as commands. It works frame by frame into a buffer, and
// writes that whenever it is large.
type transcoder struct {
	conn  net.Conn
	codec Codec // nil: frames of ZMTP 3
	most  int   // that is added to a body
	subs  bool  // subscriptions as ZMTP 3.1 commands

	buf  *msg.Chunk
	out  []byte // a part of buf, not yet written
	ends []int  // where each message ends in out
	cmd  []byte // a command's body
	more bool   // inside a message

	// Of the batch that is being written.
	gone int // whole messages that went out
	err  error
}

// newTranscoder returns nil when the peer takes what the pipe holds.
func (e *engine) newTranscoder() *transcoder {
	t := &transcoder{conn: e.conn, codec: e.codec, most: zmtp.MaxHeader, subs: e.wire.subs && e.cfg.Subscribes}
	if t.codec != nil {
		t.most = t.codec.Overhead()
	} else if !t.subs {
		return nil
	}
	return t
}

// write sends the commands cmds, which are whole frames, and then the batch. It
// returns how many whole messages went out.
func (t *transcoder) write(cmds []byte, b *pipe.Batch) (int, error) {
	t.out, t.ends, t.gone, t.err = t.out[:0], t.ends[:0], 0, nil
	for len(cmds) > 0 {
		flags, size, h := zmtp.ParseHeader(cmds)
		n := h + int(size)
		t.put(flags, cmds[h:n])
		cmds = cmds[n:]
	}
	b.Frames(t.frame)
	t.flush()
	return t.gone, t.err
}

// frame appends one frame of a message.
func (t *transcoder) frame(flags byte, body []byte) {
	more := flags&zmtp.FlagMore != 0
	switch {
	case t.subs && !more && !t.more && len(body) > 0 && body[0] == 1:
		t.command(zmtp.CmdSubscribe, body[1:])
	case t.subs && !more && !t.more && len(body) > 0 && body[0] == 0:
		t.command(zmtp.CmdCancel, body[1:])
	default:
		t.put(flags, body)
	}
	t.more = more
	if !more {
		t.ends = append(t.ends, len(t.out))
	}
}

func (t *transcoder) command(name string, topic []byte) {
	t.cmd = zmtp.AppendCommandBody(t.cmd[:0], name, topic)
	t.put(zmtp.FlagCommand, t.cmd)
}

// put appends a frame. A large one that needs nothing added is written from where it is.
func (t *transcoder) put(flags byte, body []byte) {
	if t.most == 0 && len(body) > maxRewritten {
		if t.flush(); t.err == nil {
			_, t.err = t.conn.Write(body)
		}
	} else if t.room(len(body) + t.most) {
		t.out = appendFrame(t.codec, t.out, flags, body)
	}
}

// maxRewritten is how much is rewritten before it is written.
const maxRewritten = 128 << 10

// room makes room for n bytes more: up to maxRewritten in a larger buffer, beyond
// by writing what is there. False: that failed.
func (t *transcoder) room(n int) bool {
	if cap(t.out)-len(t.out) >= n {
		return t.err == nil
	}
	if len(t.out)+n > maxRewritten {
		t.flush()
	}
	if cap(t.out)-len(t.out) < n {
		next := msg.NewChunk(max(len(t.out)+n, min(4*cap(t.out), maxRewritten)))
		out := append(next.B[:0], t.out...)
		t.release()
		t.buf, t.out = next, out
	}
	return t.err == nil
}

// flush writes what is there, and counts the messages that end in it.
func (t *transcoder) flush() {
	if t.err != nil || len(t.out) == 0 {
		return
	}
	n, err := t.conn.Write(t.out)
	for k := 0; k < len(t.ends) && t.ends[k] <= n; k++ {
		t.gone++
	}
	t.out, t.ends, t.err = t.out[:0], t.ends[:0], err
}

// release gives the buffer back, of which all is written.
func (t *transcoder) release() {
	t.out = nil
	if t.buf != nil {
		t.buf.Release()
		t.buf = nil
	}
}

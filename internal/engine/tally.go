package engine

import (
	"fmt"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// A tally counts the message that is being received, at what it costs when it
// is kept and when it is given out; the zero value: no message was begun.
type tally struct {
	bytes  int64 // of the frames, and msg.FrameCost for each if there are several
	frames int
}

// frame counts a frame of size bytes. more says that the message goes on behind
// it; else the tally is that of the next message. The error is a limit.
func (t *tally) frame(w *opt.Wire, size int64, more bool) error {
	if !more && t.frames == 0 {
		return nil // frameLimit has seen to it
	}
	t.frames++
	if w.MaxFrames > 0 && t.frames > w.MaxFrames {
		return errno.Limited("MAX_FRAMES", int64(w.MaxFrames), "a message of more frames than are allowed", errno.EMSGSIZE, errno.EPROTO)
	}
	err := t.beside(w, size+msg.FrameCost)
	if !more {
		*t = tally{}
	}
	return err
}

// beside counts bytes that are no frame of a message that was begun, and are
// kept with it.
func (t *tally) beside(w *opt.Wire, n int64) error {
	if t.frames == 0 {
		return nil
	}
	t.bytes += n
	if w.MaxMessage > 0 && t.bytes > w.MaxMessage {
		return tooLong(w.MaxMessage)
	}
	return nil
}

func tooBig(size uint64, lim int64) error {
	return errno.Limited("MAXMSGSIZE", lim, fmt.Sprintf("a frame of %d bytes", size), errno.EMSGSIZE, errno.EPROTO)
}

func tooLong(lim int64) error {
	return errno.Limited("MAXMESSAGE", lim, fmt.Sprintf("a message of more than %d bytes in all its frames", lim), errno.EMSGSIZE, errno.EPROTO)
}

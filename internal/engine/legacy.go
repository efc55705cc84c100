package engine

import (
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/zmtp"
)

// walkV1 is walk for a peer that frames as ZMTP 1.0 does: each frame is copied
// into the framing that the pipe holds. Such a peer has no commands.
func (r *reader) walkV1() error {
	lim := r.e.frameLimit()
	for {
		b := r.chunk[r.at:]
		more, size, h, err := zmtp.ParseHeaderV1(b)
		if err != nil {
			return protocol(mech.Unspecified, "frame: %v", err)
		}
		if h == 0 {
			break
		}
		if size > lim {
			return r.over(0, size)
		}
		var flags byte
		if more {
			flags = zmtp.FlagMore
		}
		if uint64(len(b)-h) < size {
			if size < largeFrame {
				break
			}
			r.holdConv(0)
			r.run.Add(zmtp.AppendHeader(nil, flags, int(size)), 0, nil)
			r.at += h
			r.pub, r.end = r.at, r.at
			if err := r.large(size, 0, more); err != nil {
				return err
			}
			continue
		}
		if err := r.count(int64(size), more); err != nil {
			return err
		}
		if cap(r.conv)-len(r.conv) < int(size)+zmtp.MaxHeader {
			r.holdConv(int(size) + zmtp.MaxHeader)
		}
		r.conv = zmtp.AppendFrame(r.conv, flags, b[h:h+int(size)])
		r.at += h + int(size)
		r.pub, r.end = r.at, r.at
		if !more {
			r.convMsgs++
			if err := r.flushConv(); err != nil {
				return err
			}
		}
	}
	return nil
}

// holdConv moves the frames of an unfinished message into the run, and opens a
// buffer for n bytes more.
func (r *reader) holdConv(n int) {
	if r.convFrom < len(r.conv) {
		r.run.Add(r.conv[r.convFrom:len(r.conv):len(r.conv)], 0, nil)
		r.convFrom = len(r.conv)
	}
	if n > 0 {
		r.conv = make([]byte, 0, max(minChunk, n))
		r.convFrom = 0
	}
}

// A transcoder rewrites what the pipe holds for a peer that wants it otherwise.
type transcoder struct {
	v1   bool // ZMTP 1.0 framing
	subs bool // subscriptions as ZMTP 3.1 commands

	out  []byte
	ends []int // where each message ends in out
	more bool  // inside a message
}

// frame appends one frame.
func (t *transcoder) frame(flags byte, body []byte) {
	more := flags&zmtp.FlagMore != 0
	switch {
	case t.v1:
		t.out = append(zmtp.AppendHeaderV1(t.out, more, len(body)), body...)
	case t.subs && !more && !t.more && len(body) > 0 && body[0] == 1:
		t.out = zmtp.AppendSubscribe(t.out, body[1:])
	case t.subs && !more && !t.more && len(body) > 0 && body[0] == 0:
		t.out = zmtp.AppendCancel(t.out, body[1:])
	default:
		t.out = zmtp.AppendFrame(t.out, flags, body)
	}
	t.more = more
	if !more {
		t.ends = append(t.ends, len(t.out))
	}
}

// whole is the number of messages that end within the first n bytes.
func (t *transcoder) whole(n int) int {
	k := 0
	for k < len(t.ends) && t.ends[k] <= n {
		k++
	}
	return k
}

package engine

import (
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
			return protocol(0, "frame: %v", err)
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
			if err := r.begin(size, 0, more); err != nil {
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
			if r.e.cfg.Publishes {
				r.spend(1)
			}
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
		r.run.Add(r.conv[r.convFrom:len(r.conv):len(r.conv)], 0, r.whose())
		r.convFrom = len(r.conv)
	}
	if n > 0 {
		r.conv = make([]byte, 0, max(minChunk, n))
		r.convFrom = 0
	}
}

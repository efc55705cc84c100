package engine

import (
	"bytes"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// mayBeLong reports whether a command may be one of those that hold a topic,
// which MAXMSGSIZE alone bounds, as far as it is there.
func mayBeLong(b []byte) bool {
	for _, name := range []string{zmtp.CmdSubscribe, zmtp.CmdCancel} {
		head := string(rune(len(name))) + name
		if n := min(len(b), len(head)); string(b[:n]) == head[:n] {
			return true
		}
	}
	return false
}

// command acts on a command of the traffic phase. Unknown ones are ignored
// (RFC 37).
func (r *reader) command(body []byte) error {
	e := r.e
	name, data, err := zmtp.ParseCommand(body)
	if err != nil {
		return protocol(0, "command: %v", err)
	}
	switch name {
	case zmtp.CmdSubscribe:
		return r.subscription(1, data)
	case zmtp.CmdCancel:
		return r.subscription(0, data)
	case zmtp.CmdPing:
		ttl, context, err := zmtp.ParsePing(data)
		if err != nil {
			return protocol(0, "PING: %v", err)
		}
		e.beat.pinged(ttl)
		e.command(zmtp.AppendPong(nil, bytes.Clone(context)))
	case zmtp.CmdError:
		reason, _ := zmtp.ParseError(data)
		return protocol(0, "the peer reported an error: %q", reason)
	}
	return nil
}

// subscription turns a command into the message that sockets see.
func (r *reader) subscription(op byte, topic []byte) error {
	if r.run.Len() > 0 || r.mid {
		return protocol(0, "a subscription in the middle of a message")
	}
	if err := r.convRoom(len(topic) + 1 + zmtp.MaxHeader); err != nil {
		return err
	}
	r.conv = zmtp.AppendHeader(r.conv, 0, len(topic)+1)
	r.conv = append(r.conv, op)
	r.conv = append(r.conv, topic...)
	r.convMsgs++
	return nil
}

// convRoom makes room for n bytes in the buffer of frames that we write.
func (r *reader) convRoom(n int) error {
	if cap(r.conv)-len(r.conv) >= n {
		return nil
	}
	err := r.flushConv()
	r.conv = make([]byte, 0, max(minChunk, n))
	r.convFrom = 0
	return err
}

func (r *reader) flushConv() error {
	if r.convMsgs == 0 {
		return nil
	}
	r.run.Add(r.conv[r.convFrom:len(r.conv):len(r.conv)], r.convMsgs, r.ownLabel())
	r.convFrom, r.convMsgs = len(r.conv), 0
	return r.publish()
}

// ownLabel labels frames that we wrote as the peer's: they may be read when
// the pipe has another one.
func (r *reader) ownLabel() *msg.Chunk {
	if r.label == nil {
		r.label = msg.Label(r.e.peer)
	}
	return r.label
}

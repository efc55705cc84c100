package zmq4

import (
	"fmt"
	"slices"
	"strings"
)

// A MsgType says what a Msg is.
type MsgType byte

// The kinds of Msg. Sockets receive UsrMsg alone; a Conn also receives commands.
const (
	UsrMsg MsgType = 0
	CmdMsg MsgType = 1
)

// A Msg is a message of one frame or more. One that was received is the
// program's: nothing else reads or writes its frames.
type Msg struct {
	Frames [][]byte
	Type   MsgType

	err error
}

// NewMsg makes a message of one frame, which it refers to.
func NewMsg(frame []byte) Msg { return Msg{Frames: [][]byte{frame}} }

// NewMsgFrom makes a message of frames, which it refers to.
func NewMsgFrom(frames ...[]byte) Msg { return Msg{Frames: frames} }

// NewMsgString makes a message of one frame.
func NewMsgString(frame string) Msg { return NewMsg([]byte(frame)) }

// NewMsgFromString makes a message of frames. An empty text is a nil frame.
func NewMsgFromString(frames []string) Msg {
	m := Msg{Frames: make([][]byte, len(frames))}
	for i, f := range frames {
		m.Frames[i] = append(m.Frames[i], f...)
	}
	return m
}

// Err is the error that Recv returned with the message, if it did.
func (msg Msg) Err() error { return msg.err }

// Bytes is all frames joined, in a new slice that is never nil.
func (msg Msg) Bytes() []byte { return append([]byte{}, slices.Concat(msg.Frames...)...) }

// Clone is a message with copies of the frames, of type UsrMsg and without an
// error.
func (msg Msg) Clone() Msg {
	c := Msg{Frames: make([][]byte, len(msg.Frames))}
	for i, f := range msg.Frames {
		c.Frames[i] = append([]byte{}, f...)
	}
	return c
}

// String is the frames, quoted: Msg{Frames:{"a", "b"}}.
func (msg Msg) String() string {
	var b strings.Builder
	b.WriteString("Msg{Frames:{")
	for i, f := range msg.Frames {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", f)
	}
	b.WriteString("}}")
	return b.String()
}

func failed(err error) (Msg, error) { return Msg{err: err}, err }

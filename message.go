package zmq

import (
	"fmt"
	"iter"
	"strings"

	"github.com/zeroth-mq/zmq/internal/core"
)

// A Message is one received message: one frame or more, and the peer it came
// from. It is a value; copies share their frames.
//
// The frames are never written by the library again, and stay valid as long as
// they are referenced, unless the message is released. They are slices of a
// received chunk, so a frame of a few bytes keeps up to 64 KiB from being freed:
// Clone what is kept for long, Release what was dealt with at once.
type Message struct {
	r core.Received
}

// Len is the number of frames; 0 only for the zero Message.
func (m Message) Len() int {
	if m.r.First == nil && len(m.r.Rest()) == 0 {
		return 0
	}
	return 1 + len(m.r.Rest())
}

// Frame is frame i, from 0. It panics if there is no such frame.
func (m Message) Frame(i int) []byte {
	if i == 0 && m.Len() > 0 {
		return m.r.First
	}
	return m.r.Rest()[i-1]
}

// Bytes is the first frame: the whole message, for most.
func (m Message) Bytes() []byte { return m.r.First }

// String is all frames in quotes, for people: ["topic" "body"]. What is long is cut,
// and says how long it was: 64 bytes of a frame and 16 frames are shown. The text of
// a frame is string(m.Bytes()).
func (m Message) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, f := range m.All() {
		if i > 0 {
			b.WriteByte(' ')
		}
		if i == framesShown {
			fmt.Fprintf(&b, "and %d more frames", m.Len()-i)
			break
		}
		fmt.Fprintf(&b, "%q", f[:min(len(f), bytesShown)])
		if len(f) > bytesShown {
			fmt.Fprintf(&b, "... (%d bytes)", len(f))
		}
	}
	b.WriteByte(']')
	return b.String()
}

// What String shows.
const framesShown, bytesShown = 16, 64

// Last is the last frame: what follows a topic, a routing id or an envelope.
func (m Message) Last() []byte {
	if rest := m.r.Rest(); len(rest) > 0 {
		return rest[len(rest)-1]
	}
	return m.r.First
}

// Frames is all frames in a new slice, fit for another socket's Send.
func (m Message) Frames() [][]byte {
	if m.Len() == 0 {
		return nil
	}
	return m.r.Frames()
}

// All iterates over the frames and their numbers.
func (m Message) All() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range m.Len() {
			if !yield(i, m.Frame(i)) {
				return
			}
		}
	}
}

// Size is the number of bytes in all frames.
func (m Message) Size() int {
	n := len(m.r.First)
	for _, f := range m.r.Rest() {
		n += len(f)
	}
	return n
}

// Clone copies the frames, so that nothing else is kept in memory with them.
func (m Message) Clone() Message {
	if m.Len() == 0 {
		return m
	}
	return Message{m.r.Clone()}
}

// Release says that the program is done with the message's frames, so that the
// memory they are in can be received into again; m is the zero Message then.
// It is never needed: what is not released is left to the garbage collector. A
// program that receives a great deal is faster with it.
//
// After Release no copy of m, and no slice of its frames, may be used: their
// bytes may be another message's. Releasing a copy as well is a fault that
// panics where it is noticed.
func (m *Message) Release() {
	m.r.Release()
}

// ReleaseAll releases many messages, at less cost than one after the other.
func ReleaseAll(msgs []Message) {
	for i := 0; i < len(msgs); {
		c, n := msgs[i].r.Chunk(), 1
		for i+n < len(msgs) && msgs[i+n].r.Chunk() == c {
			n++
		}
		if c != nil {
			c.ReleaseN(n)
		}
		i += n
	}
	clear(msgs)
}

// A Notice says what a message that the socket has made itself tells of a peer.
// For RouterNotify several are or-ed together.
type Notice int

// The notices. Anything else is a message that the peer has sent.
const (
	PeerCame Notice = 1 // of RouterNotify and StreamNotify
	PeerGone Notice = 2 // of RouterNotify, StreamNotify, DisconnectMessage and HiccupMessage
)

// Notice is what the message tells of its peer; 0: the peer has sent it. In its frames,
// which are libzmq's, a notice that a peer has come and one that it has gone look the
// same.
func (m Message) Notice() Notice {
	if p := m.r.Peer(); p != nil {
		return Notice(p.Notice)
	}
	return 0
}

// String is the notice's name, "came" or "gone", or "came|gone"; "none" for 0.
func (n Notice) String() string { return bits(int(n), "came", "gone") }

// Peer says who sent the message.
func (m Message) Peer() Peer { return peerOf(m.r.Peer()) }

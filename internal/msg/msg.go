// Package msg is a message as the layers inside pass it on: all its frames,
// and the peer it came from.
package msg

import (
	"slices"
	"strconv"
	"sync/atomic"
)

// A Message is one whole message. Inside zeroth half a message exists nowhere.
//
// On the way out the frames belong to the caller of Send and may be used only
// until Send returns, unless Shared says otherwise; the Frames slice itself
// belongs to the socket, and a pattern may prepend to it or cut it. On the way
// in the frames are slices of a received chunk, never written again.
type Message struct {
	Frames [][]byte
	Peer   *Peer // the sender; nil: unknown
	// Chunk holds all frames of a received message, which owns one reference
	// to it; nil where the collector alone owns the frames.
	Chunk *Chunk
	// Shared says that frames of LargeFrame bytes and more are immutable and
	// may be kept by reference, so that a fan-out holds one copy.
	Shared bool
	// Held are foreign Chunks, of which frames may be the whole: such a frame may be
	// kept by reference with a reference to its Chunk, where no socket receives it.
	Held []*Chunk
	// Props is what it has beside its frames; nil: nothing. They never change.
	Props *Props
}

// Props are the properties of a message, for the socket types that know them. They
// do not go over the wire: a type makes of them what it sends, and of what it
// receives.
type Props struct {
	RoutingID uint32 // of the peer that it is from, or for (SERVER, PEER); 0: none
	Group     string // that it goes to (RADIO, DISH), at most MaxGroup bytes
}

// MaxGroup is the length of the longest name of a group.
const MaxGroup = 15

// LargeFrame is the size from which a frame's body gets a buffer of its own
// instead of being copied behind its neighbours.
const LargeFrame = 16 << 10

// FrameCost is what each frame of a message in several costs beside its bytes: its
// header in a queue, and its place in Frames here and for the user.
const FrameCost = 64

// KeepFrames is how long a slice of frames may be that is kept for the next
// message.
const KeepFrames = 1024

// Reset forgets the frames and keeps the slice for the next message.
func (m *Message) Reset() {
	if cap(m.Frames) > KeepFrames {
		m.Frames = nil
	}
	if len(m.Frames) <= fewFrames {
		for i := 0; i < len(m.Frames); i++ { // a range over them would be a call
			m.Frames[i] = nil
		}
	} else {
		clear(m.Frames)
	}
	m.Frames = m.Frames[:0]
	m.Peer, m.Chunk = nil, nil
	m.Shared, m.Held, m.Props = false, nil, nil
}

// Set makes m the message of the given frames; the slice is copied, the bytes
// are not.
func (m *Message) Set(frames [][]byte) {
	m.Frames = Append(m.Frames[:0], frames)
	m.Peer, m.Chunk = nil, nil
	m.Shared, m.Held, m.Props = false, nil, nil
}

// fewFrames is up to where it is quicker to go through frames one by one than to
// call what does it for many.
const fewFrames = 4

// Append is append for what is mostly few frames.
func Append(to, frames [][]byte) [][]byte {
	if len(frames) > fewFrames {
		return append(to, frames...)
	}
	//lint:ignore S1011 this is what is quicker
	for _, f := range frames {
		to = append(to, f)
	}
	return to
}

// Take makes m the received message that from was, and empties from.
func (m *Message) Take(from *Message) {
	m.Frames, from.Frames = from.Frames, m.Frames
	m.Peer, m.Chunk, m.Props = from.Peer, from.Chunk, from.Props
	from.Reset()
}

// Prepend puts f before the other frames.
func (m *Message) Prepend(f []byte) {
	m.Frames = append(m.Frames, f)
	for i := len(m.Frames) - 1; i > 0; i-- {
		m.Frames[i] = m.Frames[i-1]
	}
	m.Frames[0] = f
}

// Shift drops the first n frames.
func (m *Message) Shift(n int) {
	k := copy(m.Frames, m.Frames[n:])
	clear(m.Frames[k:])
	m.Frames = m.Frames[:k]
}

// Size is the sum of the frames' lengths.
func (m *Message) Size() int {
	n := 0
	for _, f := range m.Frames {
		n += len(f)
	}
	return n
}

// Share copies the large frames once, so that many queues can hold them.
func (m *Message) Share() {
	if m.Shared {
		return
	}
	for i, f := range m.Frames {
		if len(f) >= LargeFrame && m.Holder(f) == nil {
			m.Frames[i] = append(make([]byte, 0, len(f)), f...)
		}
	}
	m.Shared = true
}

// A Peer is what is known of the other end of one connection. It never changes once
// it is made, but for Face; every connection makes a new one. It is not copied.
type Peer struct {
	Conn       uint64 // number of the connection within the process
	SocketType string // as the peer announced it; empty for ZMTP 1.0 and 2.0
	RoutingID  []byte // as the peer announced it
	Mechanism  string
	UserID     string
	Known      bool // an authenticator let it in, though UserID may be empty
	Version    Version
	Endpoint   string // the endpoint that was bound or connected
	Local      string
	Remote     string
	Address    string // the Peer-Address of libzmq: an IP, or uid:gid:pid
	FD         int    // of the connection, for reports; 0 or less: unknown
	Incoming   bool   // it connected to us
	Notice     Notice // of messages that the socket made itself
	Meta       []Property

	// Face is for the face that messages go to: what it makes of the Peer
	// once, and wants to find again.
	Face atomic.Pointer[any]
}

// A Notice is what a message tells of its peer, which has not sent it.
type Notice int

// The values are those of ROUTER_NOTIFY.
const (
	Came Notice = 1
	Gone Notice = 2
)

// Noticed is the Peer of messages that tell of p.
func (p *Peer) Noticed(n Notice) *Peer {
	if p == nil {
		return &Peer{Notice: n}
	}
	return &Peer{
		Conn: p.Conn, SocketType: p.SocketType, RoutingID: p.RoutingID, Mechanism: p.Mechanism, UserID: p.UserID, Known: p.Known,
		Version: p.Version, Endpoint: p.Endpoint, Local: p.Local, Remote: p.Remote, Address: p.Address, FD: p.FD,
		Incoming: p.Incoming, Notice: n, Meta: p.Meta,
	}
}

// A Property is one pair of connection metadata.
type Property struct{ Name, Value string }

// Properties lists what Get finds, each name once.
func (p *Peer) Properties() []Property {
	if p == nil {
		return nil
	}
	var list []Property
	add := func(name, value string) {
		if !slices.ContainsFunc(list, func(q Property) bool { return q.Name == name }) {
			list = append(list, Property{name, value})
		}
	}
	if p.Address != "" {
		add("Peer-Address", p.Address)
	}
	if p.Known {
		add("User-Id", p.UserID)
	}
	for _, q := range p.Meta {
		if q.Name != "Peer-Address" && q.Name != "User-Id" {
			add(q.Name, q.Value)
		}
	}
	return list
}

// Get looks a property up by its wire name, case-sensitively as libzmq does.
func (p *Peer) Get(name string) (string, bool) {
	if p == nil {
		return "", false
	}
	switch name {
	case "Peer-Address":
		return p.Address, p.Address != ""
	case "User-Id":
		return p.UserID, p.Known
	}
	for i := range p.Meta {
		if p.Meta[i].Name == name {
			return p.Meta[i].Value, true
		}
	}
	return "", false
}

// A Version is the ZMTP version that a connection speaks.
type Version struct{ Major, Minor byte }

func (v Version) String() string {
	return strconv.Itoa(int(v.Major)) + "." + strconv.Itoa(int(v.Minor))
}

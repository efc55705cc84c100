package engine

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// wire is how a peer frames its messages.
type wire struct {
	raw      bool // bytes without frames
	v1       bool // ZMTP 1.0 framing
	commands bool // ZMTP 3: commands exist
	subs     bool // ZMTP 3.1: SUBSCRIBE and CANCEL are commands, PING is known
}

const (
	// maxCommand bounds a command's body, before and after the handshake.
	maxCommand = 64 << 10
	// handshakeBuf holds any greeting and the usual READY.
	handshakeBuf = 512
)

// greeter reads the start of a connection through a small buffer. What it sends
// goes out when it has to wait for the peer, so that one that is ahead of us
// gets its answers with one write.
type greeter struct {
	e     *engine
	buf   []byte    // read and not yet used
	out   []byte    // not yet sent
	until time.Time // HANDSHAKE_IVL is over; zero: never
}

// need reads until n bytes are there.
func (g *greeter) need(n int) error {
	for len(g.buf) < n {
		if had := len(g.buf); had == cap(g.buf) { // grows as bytes come, not as they are announced
			g.buf = append(make([]byte, 0, max(min(n, 4*had), handshakeBuf)), g.buf...)
		}
		if err := g.flush(); err != nil {
			return err
		}
		k, err := g.e.conn.Read(g.buf[len(g.buf):cap(g.buf)])
		g.buf = g.buf[:len(g.buf)+k]
		if err != nil && len(g.buf) < n {
			if isTimeout(err) {
				return ErrHandshakeTimeout
			}
			return readError(err)
		}
	}
	return nil
}

func (g *greeter) take(n int) []byte {
	b := g.buf[:n:n]
	g.buf = g.buf[n:]
	return b
}

func (g *greeter) send(b []byte) { g.out = append(g.out, b...) }

// flush sends what there is to send.
func (g *greeter) flush() error {
	if len(g.out) == 0 {
		return nil
	}
	_, err := g.e.conn.Write(g.out)
	g.out = g.out[:0]
	if isTimeout(err) {
		return ErrHandshakeTimeout
	}
	return err
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// handshake finds out what the peer speaks, agrees with it and returns what it
// has sent beyond that. On success e.peer and e.wire are set.
func (e *engine) handshake() (rest []byte, err error) {
	g := &greeter{e: e}
	if d := e.cfg.HandshakeIvl; d > 0 {
		g.until = time.Now().Add(d)
		e.conn.SetDeadline(g.until)
		defer e.conn.SetDeadline(time.Time{})
	}
	g.out = zmtp.AppendSignature(make([]byte, 0, zmtp.GreetingLen), len(e.cfg.Wire.RoutingID))
	opening := zmtp.Unclear
	for n := 1; opening == zmtp.Unclear; n++ {
		if err := g.need(n); err != nil {
			return nil, err
		}
		opening = zmtp.ParseOpening(g.buf)
	}
	e.peer = e.newPeer()
	switch opening {
	case zmtp.Signed:
		err = g.versioned()
	case zmtp.Unsigned:
		err = g.unversioned()
	default:
		err = foreign(g.buf)
	}
	if err = cmp.Or(err, g.flush()); err != nil {
		return nil, err
	}
	return g.buf, nil
}

var connections atomic.Uint64

func (e *engine) newPeer() *msg.Peer {
	p := &msg.Peer{
		Conn:     connections.Add(1),
		Endpoint: e.cfg.Endpoint,
		Incoming: e.cfg.Incoming,
		Local:    e.conn.LocalAddr().String(),
		Remote:   e.conn.RemoteAddr().String(),
	}
	if e.cfg.Address != nil {
		p.Address = e.cfg.Address(e.conn)
	}
	return p
}

// unversioned goes on with a ZMTP 1.0 peer, for which the signature was the
// header of our identity frame.
func (g *greeter) unversioned() error {
	e := g.e
	e.wire.v1 = true
	e.peer.Version = msg.Version{Major: 1}
	if !e.cfg.Security.Secures() {
		g.send(e.cfg.Wire.RoutingID)
	}
	if err := cmp.Or(g.identityV1(), g.unsafe()); err != nil {
		return err
	}
	if e.cfg.Publishes {
		// It cannot subscribe: give it everything.
		g.buf = append([]byte{2, 0, 1}, g.buf...)
	}
	return nil
}

func (g *greeter) identityV1() error {
	for n := 1; ; n++ {
		if err := g.need(n); err != nil {
			return err
		}
		_, size, h, err := zmtp.ParseHeaderV1(g.buf)
		if err != nil {
			return protocol(0, "identity: %v", err)
		}
		if h == 0 || size > 0 && len(g.buf) == h {
			continue
		}
		if size > 0 && g.buf[h] == 0 {
			return foreign(g.buf) // no identity that a peer chooses begins so
		}
		return g.identity(h, size)
	}
}

// foreign is the error for a peer that began with b, which no ZMTP peer sends.
func foreign(b []byte) error {
	const shown = 24
	e := &mech.ProtocolError{Foreign: true}
	if what := zmtp.LooksLike(b); what != "" {
		e.Text = fmt.Sprintf("the other side is not ZeroMQ: it looks like %s; it began with %.*q", what, shown, b)
	} else {
		e.Text = fmt.Sprintf("the other side is not ZeroMQ: it began with %.*q", shown, b)
	}
	return e
}

// identity takes an identity frame whose header has h bytes.
func (g *greeter) identity(h int, size uint64) error {
	if size > 255 {
		return protocol(0, "the peer's identity has %d bytes; 255 are allowed", size)
	}
	if err := g.need(h + int(size)); err != nil {
		return err
	}
	g.e.peer.RoutingID = slices.Clone(g.take(h + int(size))[h:])
	return nil
}

// versioned goes on with a peer that sent a signature.
func (g *greeter) versioned() error {
	g.send([]byte{3})
	if err := g.need(zmtp.SignatureLen + 1); err != nil {
		return err
	}
	switch g.buf[zmtp.SignatureLen] {
	case 0, 1:
		return g.revision1(g.buf[zmtp.SignatureLen] == 0)
	}
	return g.revision3()
}

// revision1 speaks ZMTP 2.0, or 1.0 framing with a versioned greeting.
func (g *greeter) revision1(v1 bool) error {
	e := g.e
	if err := g.unsafe(); err != nil {
		return err
	}
	e.wire.v1 = v1
	e.peer.Version = msg.Version{Major: 2}
	id := e.cfg.Wire.RoutingID
	hello := []byte{e.cfg.TypeNumber}
	if v1 {
		e.peer.Version.Major = 1
		hello = append(zmtp.AppendHeaderV1(hello, false, len(id)), id...)
	} else {
		hello = zmtp.AppendFrame(hello, 0, id)
	}
	g.send(hello)
	if err := g.need(zmtp.SignatureLen + 2); err != nil {
		return err
	}
	g.take(zmtp.SignatureLen + 2) // libzmq does not check the type here either
	if v1 {
		return g.identityV1()
	}
	for n := 2; ; n++ {
		if err := g.need(n); err != nil {
			return err
		}
		if _, size, h := zmtp.ParseHeader(g.buf); h > 0 {
			return g.identity(h, size)
		}
	}
}

// unsafe refuses a peer that cannot shake hands where peers must.
func (g *greeter) unsafe() error {
	if s := &g.e.cfg.Security; s.Secures() {
		return protocol(0, "the peer speaks a ZMTP before 3.0, which has no %s handshake", s.Name())
	}
	return nil
}

// revision3 speaks ZMTP 3.0 and 3.1.
func (g *greeter) revision3() error {
	e := g.e
	name := e.cfg.Security.Name()
	tail := zmtp.AppendGreetingTail(nil, zmtp.Greeting{Major: 3, Minor: 1, Mechanism: name})
	g.send(tail[1:])
	if err := g.need(zmtp.GreetingLen); err != nil {
		return err
	}
	greeting, err := zmtp.ParseGreeting(g.take(zmtp.GreetingLen))
	if err != nil {
		return protocol(mech.MechanismMismatch, "greeting: %v", err)
	}
	if greeting.Mechanism != name {
		return protocol(mech.MechanismMismatch, "the peer wants mechanism %s, this socket has %s", greeting.Mechanism, name)
	}
	e.peer.Mechanism = greeting.Mechanism
	e.peer.Version = msg.Version{Major: greeting.Major, Minor: greeting.Minor}
	e.wire.commands = true
	e.wire.subs = greeting.Major != 3 || greeting.Minor >= 1
	m, err := mech.New(&e.cfg.Security, mech.Local{
		SocketType: e.cfg.SocketType,
		RoutingID:  e.cfg.Wire.RoutingID,
		Announce:   e.cfg.Announce,
		Metadata:   e.cfg.Wire.Metadata,
	})
	if err != nil {
		return err
	}
	defer m.Wipe()
	if err := g.mechanism(m); err != nil {
		return err
	}
	e.box = m.Box()
	return e.introduce(m.Peer())
}

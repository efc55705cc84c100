package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// openZMTP is the Framing of ZMTP: it finds out which version the peer speaks, and agrees
// with it in that.
func openZMTP(o *Opening) (Codec, error) {
	o.out = zmtp.AppendSignature(make([]byte, 0, zmtp.GreetingLen), len(o.e.cfg.Wire.RoutingID))
	begin := zmtp.Unclear
	for n := 1; begin == zmtp.Unclear; n++ {
		b, err := o.Need(n)
		if err != nil {
			return nil, err
		}
		begin = zmtp.ParseOpening(b)
	}
	o.met()
	switch begin {
	case zmtp.Signed:
		return o.versioned()
	case zmtp.Unsigned:
		return o.unversioned()
	}
	return nil, foreign(o.buf)
}

// unversioned goes on with a ZMTP 1.0 peer, for which the signature was the
// header of our identity frame.
func (o *Opening) unversioned() (Codec, error) {
	e := o.e
	e.peer.Version = msg.Version{Major: 1}
	if !e.cfg.Security.Secures() {
		o.Send(e.cfg.Wire.RoutingID)
	}
	if err := cmp.Or(o.identityV1(), o.unsafe()); err != nil {
		return nil, err
	}
	if e.cfg.Publishes {
		// It cannot subscribe: give it everything.
		o.buf = append([]byte{2, 0, 1}, o.buf...)
	}
	return legacyCodec{}, nil
}

func (o *Opening) identityV1() error {
	for n := 1; ; n++ {
		if _, err := o.Need(n); err != nil {
			return err
		}
		_, size, h, err := zmtp.ParseHeaderV1(o.buf)
		if err != nil {
			return protocol(0, "identity: %v", err)
		}
		if h == 0 || size > 0 && len(o.buf) == h {
			continue
		}
		if size > 0 && o.buf[h] == 0 {
			return foreign(o.buf) // no identity that a peer chooses begins so
		}
		return o.identity(h, size)
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
func (o *Opening) identity(h int, size uint64) error {
	if size > 255 {
		return protocol(0, "the peer's identity has %d bytes; 255 are allowed", size)
	}
	if _, err := o.Need(h + int(size)); err != nil {
		return err
	}
	o.e.peer.RoutingID = slices.Clone(o.Take(h + int(size))[h:])
	return nil
}

// versioned goes on with a peer that sent a signature.
func (o *Opening) versioned() (Codec, error) {
	o.Send([]byte{3})
	if _, err := o.Need(zmtp.SignatureLen + 1); err != nil {
		return nil, err
	}
	switch o.buf[zmtp.SignatureLen] {
	case 0, 1:
		return o.revision1(o.buf[zmtp.SignatureLen] == 0)
	}
	return o.revision3()
}

// revision1 speaks ZMTP 2.0, or 1.0 framing with a versioned greeting.
func (o *Opening) revision1(v1 bool) (Codec, error) {
	e := o.e
	if err := o.unsafe(); err != nil {
		return nil, err
	}
	e.peer.Version = msg.Version{Major: 2}
	id := e.cfg.Wire.RoutingID
	hello := []byte{e.cfg.TypeNumber}
	if v1 {
		e.peer.Version.Major = 1
		hello = append(zmtp.AppendHeaderV1(hello, false, len(id)), id...)
	} else {
		hello = zmtp.AppendFrame(hello, 0, id)
	}
	o.Send(hello)
	if _, err := o.Need(zmtp.SignatureLen + 2); err != nil {
		return nil, err
	}
	o.Take(zmtp.SignatureLen + 2) // libzmq does not check the type here either
	if v1 {
		return legacyCodec{}, o.identityV1()
	}
	for n := 2; ; n++ {
		b, err := o.Need(n)
		if err != nil {
			return nil, err
		}
		if _, size, h := zmtp.ParseHeader(b); h > 0 {
			return nil, o.identity(h, size)
		}
	}
}

// unsafe refuses a peer that cannot shake hands where peers must.
func (o *Opening) unsafe() error {
	if s := &o.e.cfg.Security; s.Secures() {
		return protocol(0, "the peer speaks a ZMTP before 3.0, which has no %s handshake", s.Name())
	}
	return nil
}

// revision3 speaks ZMTP 3.0 and 3.1.
func (o *Opening) revision3() (Codec, error) {
	e := o.e
	name := e.cfg.Security.Name()
	tail := zmtp.AppendGreetingTail(nil, zmtp.Greeting{Major: 3, Minor: 1, Mechanism: name})
	o.Send(tail[1:])
	if _, err := o.Need(zmtp.GreetingLen); err != nil {
		return nil, err
	}
	greeting, err := zmtp.ParseGreeting(o.Take(zmtp.GreetingLen))
	if err != nil {
		return nil, protocol(mech.MechanismMismatch, "greeting: %v", err)
	}
	if greeting.Mechanism != name {
		return nil, protocol(mech.MechanismMismatch, "the peer wants mechanism %s, this socket has %s", greeting.Mechanism, name)
	}
	e.peer.Version = msg.Version{Major: greeting.Major, Minor: greeting.Minor}
	e.wire.subs = greeting.Major != 3 || greeting.Minor >= 1
	o.Secure()
	return nil, nil
}

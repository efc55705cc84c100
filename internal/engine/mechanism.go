package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// Secure has the handshake of the socket's mechanism follow when the Framing has returned: in
// commands of ZMTP 3, framed by the Codec that it returns. It is not called from within, so
// that the stack that it needs, which a connection keeps, is not deeper for it.
func (o *Opening) Secure() { o.secures = true }

// secure is that handshake, and notes what the peer says of itself.
func (o *Opening) secure() error {
	e := o.e
	o.met()
	e.peer.Mechanism, e.wire.commands = e.cfg.Security.Name(), true
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
	if err := o.mechanism(m); err != nil {
		return err
	}
	if err := e.introduce(m.Peer()); err != nil {
		return err
	}
	box := m.Box()
	switch {
	case box == nil:
	case e.codec != nil:
		return fmt.Errorf("mechanism %s seals frames of ZMTP 3 only: %w", e.peer.Mechanism, errno.ENOTSUP)
	default:
		e.codec = &sealedCodec{box, &e.cfg.Wire}
	}
	return nil
}

// mechanism carries the commands of the security handshake, and the questions
// to the authenticator, until the peer is in or out.
func (o *Opening) mechanism(m mech.Mechanism) error {
	for {
		for {
			body, ok := m.Next()
			if !ok {
				break
			}
			o.out = appendFrame(o.e.codec, o.out, zmtp.FlagCommand, body)
		}
		if m.Done() {
			return nil
		}
		if err := m.Refused(); err != nil {
			o.dismiss(err)
			return err
		}
		if req := m.Ask(); req != nil {
			if err := o.flush(); err != nil {
				return err
			}
			reply := o.ask(req)
			m.Answer(reply)
			if reply.Err == nil && reply.Status == 200 {
				if err := o.e.vouch(reply); err != nil {
					return err
				}
			}
			continue
		}
		body, err := o.command()
		if err != nil {
			return closedDuring(m.Closed(), err)
		}
		if err := m.Process(body); err != nil {
			return err
		}
	}
}

// a closedError tells why the peer has probably closed the connection.
type closedError struct {
	text string
	err  error
}

func (e *closedError) Error() string { return e.text }
func (e *closedError) Unwrap() error { return e.err }

func closedDuring(what string, err error) error {
	if what != "" && (err == errClosedByPeer || errno.Of(err, 0) == errno.ECONNRESET) {
		return &closedError{what, err}
	}
	return err
}

// ask has the authenticator decide. What the peer sends meanwhile is kept; if
// it closes the connection the question is void.
func (o *Opening) ask(req *mech.Request) mech.Reply {
	e := o.e
	if e.cfg.Auth == nil {
		return mech.Reply{Err: mech.ErrNoAuthenticator}
	}
	req.Address, req.Local, req.Remote = e.peer.Address, e.peer.Local, e.peer.Remote
	req.Endpoint, req.Incoming = e.cfg.Endpoint, e.cfg.Incoming
	until := o.until
	if until.IsZero() {
		until = time.Now().Add(forEver)
	}
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	watched := make(chan error, 1)
	// Owned by ask, which waits for it below.
	go func() { watched <- o.watch(ctx, cancel) }()
	reply := e.cfg.Auth(ctx, *req)
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	cancel()
	e.conn.SetReadDeadline(time.Unix(1, 0)) // ends watch
	err := <-watched
	e.conn.SetReadDeadline(o.until)
	switch {
	case late:
		return mech.Reply{Err: ErrHandshakeTimeout}
	case err != nil:
		return mech.Reply{Err: err}
	}
	return reply
}

// forEver is when HANDSHAKE_IVL ends that is off.
const forEver = 100 * 365 * 24 * time.Hour

// watch reads while the authenticator thinks, until ctx is done, and cancels it
// when the connection has ended.
func (o *Opening) watch(ctx context.Context, cancel func()) error {
	for len(o.buf) < handshakeBuf {
		if cap(o.buf) < handshakeBuf {
			o.buf = append(make([]byte, 0, handshakeBuf), o.buf...)
		}
		k, err := o.src.Read(o.buf[len(o.buf):cap(o.buf)])
		o.buf = o.buf[:len(o.buf)+k]
		if isTimeout(err) {
			return nil
		}
		if err != nil {
			cancel()
			return readError(err)
		}
	}
	select {
	case <-ctx.Done():
	case <-o.e.cfg.Done:
		cancel()
		return ErrClosing
	}
	return nil
}

// dismiss lets a peer that was refused read the reason, and close the
// connection itself, for a short while.
func (o *Opening) dismiss(err error) {
	if o.flush() != nil {
		return
	}
	c, ok := o.e.conn.(interface{ CloseWrite() error })
	if _, told := errors.AsType[*mech.AuthError](err); !told || !ok || c.CloseWrite() != nil {
		return
	}
	until := time.Now().Add(readOn)
	if !o.until.IsZero() && o.until.Before(until) {
		until = o.until
	}
	o.e.conn.SetReadDeadline(until)
	var b [handshakeBuf]byte
	for {
		if _, err := o.src.Read(b[:]); err != nil {
			return
		}
	}
}

// command reads one frame of the handshake.
func (o *Opening) command() ([]byte, error) {
	for n := 2; ; n++ {
		if _, err := o.Need(n); err != nil {
			return nil, err
		}
		_, size, h := zmtp.ParseHeader(o.buf)
		if h == 0 {
			continue
		}
		if lim := o.e.cfg.Wire.MaxMsgSize; lim >= 0 && size > uint64(lim) {
			return nil, tooBig(size, lim)
		}
		if size > maxCommand {
			return nil, protocol(0, "a handshake command of %d bytes; %d are allowed", size, maxCommand)
		}
		if _, err := o.Need(h + int(size)); err != nil {
			return nil, err
		}
		return o.Take(h + int(size))[h:], nil
	}
}

// vouch notes what the authenticator said of the peer.
func (e *engine) vouch(r mech.Reply) error {
	p := e.peer
	p.Known, p.UserID = true, r.UserID
	for _, kv := range r.Metadata {
		p.Meta = append(p.Meta, msg.Property(kv))
		if kv.Name == "Socket-Type" {
			if err := e.accepts(kv.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxProperties is how many properties a peer may announce. What it announces is
// kept as long as its connection, and is no more than a command has.
const maxProperties = 256

// firstOf is props with the first value of each name only.
func firstOf(props []zmtp.Property) []zmtp.Property {
	list := make([]zmtp.Property, 0, len(props))
	for _, kv := range props {
		if !slices.ContainsFunc(list, func(had zmtp.Property) bool { return had.Name == kv.Name }) {
			list = append(list, kv)
		}
	}
	if len(list) < len(props) {
		for i, kv := range list { // the texts of all are one string, which need not stay
			list[i] = zmtp.Property{Name: strings.Clone(kv.Name), Value: strings.Clone(kv.Value)}
		}
	}
	return list
}

// introduce notes what the peer said of itself and checks that the two socket
// types go together.
func (e *engine) introduce(props []zmtp.Property) error {
	p := e.peer
	if len(props) > maxProperties {
		return protocol(e.cfg.Security.BadMetadata(), "the peer announces %d properties; %d are allowed", len(props), maxProperties)
	}
	for _, kv := range firstOf(props) {
		p.Meta = append(p.Meta, msg.Property(kv))
		switch kv.Name {
		case "Socket-Type":
			p.SocketType = kv.Value
		case "Identity":
			if len(kv.Value) > 255 {
				return protocol(e.cfg.Security.BadMetadata(), "the peer's identity has %d bytes; 255 are allowed", len(kv.Value))
			}
			p.RoutingID = []byte(kv.Value)
		}
	}
	if p.SocketType != "" {
		return e.accepts(p.SocketType)
	}
	return nil
}

// accepts checks that a socket type may be the peer's.
func (e *engine) accepts(kind string) error {
	if !slices.Contains(e.cfg.Peers, kind) {
		return protocol(e.cfg.Security.BadMetadata(), "a %s socket cannot talk to the peer's %q: it needs %s",
			e.cfg.SocketType, kind, strings.Join(e.cfg.Peers, " or "))
	}
	return nil
}

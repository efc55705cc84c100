package engine

import (
	"cmp"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/msg"
)

const (
	// maxCommand bounds a command's body, before and after the handshake.
	maxCommand = 64 << 10
	// handshakeBuf holds any greeting and the usual READY.
	handshakeBuf = 512
)

// An Opening is the start of a connection, as a Framing sees it: it reads through a small
// buffer. What it sends goes out when it has to wait for the peer, so that one
// that is ahead of us gets its answers with one write. One goroutine uses it.
type Opening struct {
	e     *engine
	src   io.Reader // the connection, or what translates it
	buf   []byte    // read and not yet used
	out   []byte    // not yet sent
	until time.Time // HANDSHAKE_IVL is over; zero: never

	translates bool // src does
	secures    bool // a mechanism's handshake follows
}

// open agrees with the peer on how to talk. On success e.peer, e.codec and e.wire are set,
// and e.src is what the peer sends from then on, as frames of ZMTP 3, behind rest.
func (e *engine) open() (rest []byte, err error) {
	f, err := framing(e.cfg.Framing)
	if err != nil {
		return nil, err
	}
	o := &Opening{e: e, src: e.conn}
	if d := e.cfg.HandshakeIvl; d > 0 {
		o.until = time.Now().Add(d)
		e.conn.SetDeadline(o.until)
		defer e.conn.SetDeadline(time.Time{})
	}
	e.codec, err = f(o)
	o.translate()
	if err == nil && o.secures {
		err = o.secure()
		o.translate() // what is sealed from now on
	}
	if err = cmp.Or(err, o.flush()); err != nil { // what was to be said before that goes out, too
		return nil, err
	}
	o.met()
	e.src = o.src
	return o.buf, nil
}

// translate has all that is read from now on translated, and what is not used yet, if there
// is a Codec since.
func (o *Opening) translate() {
	if c := o.e.codec; c != nil && !o.translates {
		o.src, o.translates = c.Decode(incoming{o.e}, o.buf), true
		o.buf = nil
	}
}

// Need reads until n bytes are there, and returns all that are there.
func (o *Opening) Need(n int) ([]byte, error) {
	for len(o.buf) < n {
		if had := len(o.buf); had == cap(o.buf) { // grows as bytes come, not as they are announced
			o.buf = append(make([]byte, 0, max(min(n, 4*had), handshakeBuf)), o.buf...)
		}
		if err := o.flush(); err != nil {
			return nil, err
		}
		k, err := o.src.Read(o.buf[len(o.buf):cap(o.buf)])
		o.buf = o.buf[:len(o.buf)+k]
		if err != nil && len(o.buf) < n {
			if isTimeout(err) {
				return nil, ErrHandshakeTimeout
			}
			return nil, readError(err)
		}
	}
	return o.buf, nil
}

// Take uses up n bytes that are there.
func (o *Opening) Take(n int) []byte {
	b := o.buf[:n:n]
	o.buf = o.buf[n:]
	return b
}

// Send sends b before more is read, or when the Framing returns.
func (o *Opening) Send(b []byte) { o.out = append(o.out, b...) }

// flush sends what there is to send.
func (o *Opening) flush() error {
	if len(o.out) == 0 {
		return nil
	}
	_, err := o.e.conn.Write(o.out)
	o.out = o.out[:0]
	if isTimeout(err) {
		return ErrHandshakeTimeout
	}
	return err
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

var connections atomic.Uint64

// met says that there is a peer, of which the addresses are known. An Opening that fails
// from now on has refused it, or been refused.
func (o *Opening) met() {
	e := o.e
	if e.peer != nil {
		return
	}
	e.peer = &msg.Peer{
		Conn:     connections.Add(1),
		Endpoint: e.cfg.Endpoint,
		Incoming: e.cfg.Incoming,
		Local:    e.conn.LocalAddr().String(),
		Remote:   e.conn.RemoteAddr().String(),
	}
	if e.cfg.Address != nil {
		e.peer.Address = e.cfg.Address(e.conn)
	}
}

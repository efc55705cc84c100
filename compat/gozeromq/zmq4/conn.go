package zmq4

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"

	"github.com/zeroth-mq/zmq/zmtp"
)

// A Conn speaks ZMTP 3.0 (RFC 23) over one connection, for programs that want
// the protocol without a socket. Sockets do not use it.
//
// Sending is for any number of goroutines at once, receiving for one at a time.
// Frames are limited to 256 MiB, messages to 1 GiB and 65536 frames.
type Conn struct {
	Server bool     // of this side
	Meta   Metadata // what this side announces
	Peer   struct {
		Server bool
		Meta   Metadata
	}

	typ     SocketType
	rw      net.Conn
	sec     Security
	onClose func(*Conn)
	closed  atomic.Bool
	sending sync.Mutex
}

// Open exchanges greetings and the handshake of a mechanism over a connection,
// as a socket of the given type and identity. The connection stays the caller's
// if that fails. The function, if there is one, is called once, when the
// connection is found to be lost. There is no limit to how long a silent peer
// is waited for: set the connection's deadline.
func Open(rw net.Conn, sec Security, sockType SocketType, sockID SocketIdentity, server bool, onCloseErrorCB func(c *Conn)) (*Conn, error) {
	switch {
	case rw == nil:
		return nil, errors.New("zmq4: invalid nil read-writer")
	case sec == nil:
		return nil, errors.New("zmq4: invalid nil security")
	}
	c := &Conn{Server: server, typ: sockType, rw: rw, sec: sec, onClose: onCloseErrorCB}
	c.Meta = Metadata{keyType: string(sockType), keyID: sockID.String()}
	c.Peer.Meta = Metadata{}
	if err := c.shake(); err != nil {
		return nil, fmt.Errorf("zmq4: could not initialize ZMTP connection: %w", err)
	}
	return c, nil
}

func (c *Conn) shake() error {
	if err := c.greet(); err != nil {
		return fmt.Errorf("zmq4: could not exchange greetings: %w", err)
	}
	if err := c.sec.Handshake(c, c.Server); err != nil {
		return fmt.Errorf("zmq4: could not perform security handshake: %w", err)
	}
	return compatibility(SocketType(c.Peer.Meta[keyType]), c.typ)
}

func compatibility(peer, typ SocketType) error {
	if !peer.IsCompatible(typ) {
		return fmt.Errorf("zmq4: peer=%q not compatible with %q", peer, typ)
	}
	return nil
}

func (c *Conn) greet() error {
	kind := string(c.sec.Type())
	if len(kind) > 20 {
		return errMechanism
	}
	if _, err := c.rw.Write(zmtp.AppendGreeting(nil, zmtp.Greeting{Major: 3, Mechanism: kind})); err != nil {
		return fmt.Errorf("zmq4: could not send greeting: %w", c.lost(err))
	}
	b := make([]byte, zmtp.GreetingLen)
	if _, err := io.ReadFull(c.rw, b); err != nil {
		return fmt.Errorf("zmq4: could not recv greeting: %w", c.lost(err))
	}
	g, err := zmtp.ParseGreeting(b)
	switch {
	case err != nil:
		return fmt.Errorf("zmq4: could not recv greeting: %w: %w", errGreeting, err)
	case g.Mechanism != kind:
		return errMechanism
	}
	c.Peer.Server = g.AsServer
	return nil
}

// Close closes the connection.
func (c *Conn) Close() error { return c.rw.Close() }

// Closed reports whether the connection was found to be lost, or SetClosed was
// called.
func (c *Conn) Closed() bool { return c.closed.Load() }

// SetClosed makes the other methods return ErrClosedConn, and calls the function
// that Open was given.
func (c *Conn) SetClosed() {
	if c.closed.CompareAndSwap(false, true) && c.onClose != nil {
		c.onClose(c)
	}
}

// lost notes an error of the connection, unless it is a deadline that passed.
func (c *Conn) lost(err error) error {
	var timeout net.Error
	switch {
	case err == nil, errors.As(err, &timeout) && timeout.Timeout():
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &timeout):
		c.SetClosed()
	}
	return err
}

// Read fills p with bytes of the connection, below the protocol.
func (c *Conn) Read(p []byte) (int, error) {
	if c.Closed() {
		return 0, ErrClosedConn
	}
	n, err := io.ReadFull(c.rw, p)
	return n, c.lost(err)
}

// Write writes bytes to the connection, below the protocol.
func (c *Conn) Write(p []byte) (int, error) {
	if c.Closed() {
		return 0, ErrClosedConn
	}
	n, err := c.rw.Write(p)
	return n, c.lost(err)
}

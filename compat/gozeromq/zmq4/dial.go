package zmq4

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// An attempt is how one attempt of Dial ended; nil: it has succeeded.
type attempt = error

// A shakeError is an attempt that ended in the handshake, which is not repeated.
type shakeError struct{ err error }

func (e *shakeError) Error() string { return e.err.Error() }
func (e *shakeError) Unwrap() error { return e.err }

func (s *socket) Dial(ep string) error {
	e, err := parse(ep)
	if err != nil {
		return err
	}
	switch {
	case e.trans == inprocTransport{}:
		err = s.try(func() error { return s.join(e.addr) }, s.retry)
	case e.is("tcp"):
		err = s.dialTCP(e.addr)
	case e.is("unix"):
		err = s.dialNet(ipc(e.addr), &net.UnixAddr{Name: e.addr, Net: "unix"})
	case e.is("udp"):
		err = &net.OpError{Op: "dial", Net: "udp", Err: errors.New("zmq4: udp carries no connections")}
	default:
		err = s.try(func() error { return s.dialForeign(e) }, s.retry)
	}
	var shake *shakeError
	switch {
	case errors.As(err, &shake):
		return fmt.Errorf("zmq4: could not open a ZMTP connection: zmq4: could not initialize ZMTP connection: %w", shake.err)
	case err != nil:
		return fmt.Errorf("zmq4: could not dial to %q (retry=%v): %w", ep, s.retry, err)
	}
	return nil
}

// try makes the attempts of Dial until one succeeds, ends in a handshake, or is
// the last that WithDialerMaxRetries allows. Between two it waits.
func (s *socket) try(once func() error, wait time.Duration) error {
	for tries := 0; ; tries++ {
		err := once()
		var shake *shakeError
		switch {
		case err == nil, errors.As(err, &shake):
			return err
		case s.ctx.Err() != nil: // the attempt may have ended otherwise just before
			return s.ctx.Err()
		case s.maxRetries >= 0 && tries >= s.maxRetries:
			return err
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-time.After(wait):
		}
	}
}

// dialForeign asks a transport of the program's own for a connection.
func (s *socket) dialForeign(e endpoint) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	c, err := e.trans.Dial(s.ctx, &net.Dialer{Timeout: s.dialTimeout}, e.addr)
	if err != nil {
		return err
	}
	if c != nil {
		c.Close()
	}
	return &shakeError{errForeign(e)}
}

func (s *socket) dialTCP(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	n, err := net.DefaultResolver.LookupPort(s.ctx, "tcp", port)
	if err != nil {
		return &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	endpoint := "tcp://" + net.JoinHostPort(host, strconv.Itoa(n))
	return s.dialNet(endpoint, tcpAddr(endpoint))
}

// dialNet connects to an endpoint of base, which makes the attempts by itself and
// tells of them in events, and goes on when the connection is lost.
func (s *socket) dialNet(endpoint string, addr net.Addr) error {
	attempts, err := s.connect(endpoint)
	if err != nil {
		return dialError(addr, err)
	}
	err = s.try(func() error { return s.await(endpoint, attempts) }, 0)
	s.done(endpoint, attempts, err == nil)
	if s.ctx.Err() != nil && err != nil {
		err = s.ctx.Err()
	}
	return dialError(addr, err)
}

// await waits for the next attempt. Events could be missed, if there are very
// many, so it also looks by itself.
func (s *socket) await(endpoint string, attempts <-chan attempt) error {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-attempts:
			return err
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-look.C:
			if s.connected(endpoint) {
				return nil
			}
		}
	}
}

func (s *socket) connected(endpoint string) bool {
	for p := range s.base.Peers() {
		if p.Endpoint == endpoint && !p.Incoming && p.Connected {
			return true
		}
	}
	return false
}

// dialError makes an error of package zmq look as one of package net does.
func dialError(addr net.Addr, err error) error {
	var shake *shakeError
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &shake):
		return shake
	case errors.As(err, &op):
		return op
	case errors.As(err, &dns):
		return &net.OpError{Op: "dial", Net: "tcp", Err: dns}
	}
	network := "tcp"
	if addr != nil {
		network = addr.Network()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		err = systemError("connect", err)
	}
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: err}
}

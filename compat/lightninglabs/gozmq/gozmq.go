// Package gozmq has every name of github.com/lightninglabs/gozmq, which lnd and
// btcwallet hear bitcoind with, over github.com/zeroth-mq/zmq. The module calls
// itself by that other name, so that one line in a program's go.mod has the
// program, and all that it imports, run on it:
//
//	replace github.com/lightninglabs/gozmq => github.com/zeroth-mq/zmq/compat/lightninglabs/gozmq VERSION
//
// What is different: a connection is made again in the background, without end and
// without a call of Receive; a dead one is noticed, by heartbeats, within 45
// seconds; what a publisher counts and did not arrive is logged; messages that
// arrive while the program is busy wait, up to 64 MiB of them.
package gozmq

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq"
)

// MaxBodySize is the largest frame that is accepted, in bytes, by connections that
// are made from then on. A publisher that sends a larger one is disconnected.
var MaxBodySize uint64 = 0x02000000

const (
	maxParts      = 16
	connectLimit  = time.Minute
	shakeLimit    = 10 * time.Second
	reconnectTime = 250 * time.Millisecond
)

// A Conn is a connection to a publisher. Its methods may be called by any number of
// goroutines at once.
type Conn struct {
	sub    *zmq.Socket
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	events sync.WaitGroup
	counts counts

	mu     sync.Mutex
	remote net.Addr
	lost   bool
	wait   context.Context // ends when the connection is lost
	wake   context.CancelFunc
}

// Subscribe connects to a publisher at tcp://host:port, host:port, unix://path,
// ipc://path or a path that exists, and subscribes to topics, "" being all. It waits
// for the connection for a minute at most, and for the handshake for ten seconds. The
// duration is not used: it bounds the wait for the rest of a message, and messages
// are received whole.
func Subscribe(addr string, topics []string, _ time.Duration) (*Conn, error) {
	endpoint, err := endpointOf(addr)
	if err != nil {
		return nil, err
	}
	sub, err := zmq.New(zmq.Sub,
		zmq.MaxMsgSize.Of(int64(min(MaxBodySize, 1<<62))), zmq.ConnectTimeout.Of(connectLimit),
		zmq.HandshakeInterval.Of(shakeLimit), zmq.ReconnectInterval.Of(reconnectTime))
	if err != nil {
		return nil, err
	}
	c := &Conn{sub: sub}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.wait, c.wake = context.WithCancel(c.ctx)
	if err := sub.Subscribe(topics...); err != nil {
		c.Close()
		return nil, err
	}
	first := make(chan error, 1)
	events := sub.Events(context.Background())
	c.events.Go(func() { c.follow(events, first) }) // Close waits for it
	if err = sub.Connect(endpoint); err == nil {
		err = c.await(first)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// await waits until the first attempt to connect has ended.
func (c *Conn) await(first <-chan error) error {
	limit := time.NewTimer(connectLimit + shakeLimit)
	defer limit.Stop()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-first:
			return err
		case <-limit.C:
			return &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
		case <-look.C:
			for p := range c.sub.Peers() {
				if p.Connected {
					c.reached(p.Remote)
					return nil
				}
			}
		}
	}
}

// follow notes what happens to the connection, and tells how the first attempt to
// make it ended.
func (c *Conn) follow(events func(func(zmq.Event) bool), first chan<- error) {
	tell := func(err error) {
		select {
		case first <- err:
		default: // the first has been told
		}
	}
	up := false
	for e := range events {
		switch e.Kind {
		case zmq.EventHandshakeDone:
			up = true
			c.reached(e.Remote)
			tell(nil)
		case zmq.EventHandshakeFailed, zmq.EventProtocolError, zmq.EventHandshakeRefused, zmq.EventConnectRetried:
			tell(asNet(e))
		case zmq.EventDisconnected:
			if up {
				c.disconnected()
			}
			up = false
		}
	}
}

func (c *Conn) reached(remote string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remote = addrOf(remote)
}

func (c *Conn) disconnected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = true
	c.wake()
	c.wait, c.wake = context.WithCancel(c.ctx)
}

// waiting is what Receive waits for: true, if the connection was lost and nobody was
// told.
func (c *Conn) waiting() (bool, context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lost := c.lost
	c.lost = false
	return lost, c.wait
}

// Receive receives a message and waits for it, without limit. Its frames go into bufs,
// each cut to the frame's length; for one that is nil, or not there, memory is
// allocated.
//
// Errors: io.EOF after Close, and only then; a *net.OpError whose Timeout is true when
// the connection was lost, once: it is being made again; and one for a message of more
// than 16 frames, or with a frame for which its buffer is too small: that message is
// lost.
func (c *Conn) Receive(bufs [][]byte) ([][]byte, error) {
	for {
		m, ok, err := c.sub.TryRecv()
		if ok {
			return c.fill(bufs, m)
		}
		lost, wait := c.waiting()
		switch {
		case c.ctx.Err() != nil:
			return nil, io.EOF
		case err != nil:
			return nil, err
		case lost:
			return nil, &net.OpError{Op: "read", Net: c.RemoteAddr().Network(), Addr: c.RemoteAddr(), Err: reconnecting{}}
		}
		if m, err = c.sub.Recv(wait); err == nil {
			return c.fill(bufs, m)
		}
	}
}

func (c *Conn) fill(bufs [][]byte, m zmq.Message) ([][]byte, error) {
	defer m.Release()
	c.counts.note(m)
	if m.Len() > maxParts {
		return nil, errors.New("message has too many parts")
	}
	for i, frame := range m.All() {
		switch {
		case i >= len(bufs):
			bufs = append(bufs, append([]byte{}, frame...))
		case bufs[i] == nil:
			bufs[i] = append([]byte{}, frame...)
		case len(bufs[i]) < len(frame):
			return nil, fmt.Errorf("buffer of size %v is too small for frame of size %v", len(bufs[i]), len(frame))
		default:
			bufs[i] = bufs[i][:copy(bufs[i], frame)]
		}
	}
	return bufs, nil
}

// Close closes the connection. Closing again does nothing. It is always nil.
func (c *Conn) Close() error {
	c.cancel()
	_ = c.sub.Close() // a SUB has nothing to send
	c.events.Wait()
	return nil
}

// RemoteAddr is the publisher's address, that of the last connection.
func (c *Conn) RemoteAddr() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remote
}

// reconnecting is the error of a connection that was lost.
type reconnecting struct{}

func (reconnecting) Error() string   { return "the connection was lost, and is made again" }
func (reconnecting) Timeout() bool   { return true }
func (reconnecting) Temporary() bool { return true }
func (reconnecting) Unwrap() error   { return io.EOF }

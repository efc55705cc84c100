package zmq4

import (
	"context"
	"errors"
	"io"
	"log"
	"sync"

	"github.com/zeroth-mq/zmq"
)

// A Proxy hands messages on between two sockets. Its methods may be called by any
// number of goroutines at once, and none but Run waits.
type Proxy struct {
	ctx     context.Context // ends with the proxy
	stop    context.CancelCauseFunc
	parent  context.Context
	capture Socket
	done    sync.WaitGroup

	mu     sync.Mutex
	paused chan struct{} // closed by Resume; nil: it is not paused
}

var errKilled = errors.New("zmq4: the proxy was killed")

// NewProxy starts a proxy between two sockets, both ways as far as their types
// can. A copy of all goes to capture, if that is not nil. It ends with ctx, with
// Kill, or when a socket of this package is closed. What is for a ROUTER's peer
// without room is dropped. A nil front or back is a side that says nothing.
func NewProxy(ctx context.Context, front, back, capture Socket) *Proxy {
	if ctx == nil {
		ctx = context.Background()
	}
	p := &Proxy{parent: ctx, capture: capture}
	p.ctx, p.stop = context.WithCancelCause(ctx)
	ways := [][2]Socket{{front, back}, {back, front}}
	for _, w := range ways {
		if from, to := w[0], w[1]; from != nil && from.Type() != Push && from.Type() != Pub {
			p.done.Go(func() { p.run(from, to) }) // Run waits for it
		}
	}
	return p
}

// Run waits until the proxy has ended, and returns why: the error of its context,
// nil after Kill, or that of a socket.
func (p *Proxy) Run() error {
	<-p.ctx.Done()
	p.done.Wait()
	if err := p.parent.Err(); err != nil {
		return err
	}
	if err := context.Cause(p.ctx); err != errKilled {
		return err
	}
	return nil
}

// Kill ends the proxy. A message that it has received already is still handed on.
func (p *Proxy) Kill() { p.stop(errKilled) }

// Pause has the proxy receive no more messages until Resume.
func (p *Proxy) Pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paused == nil {
		p.paused = make(chan struct{})
	}
}

// Resume ends what Pause has begun.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.paused != nil {
		close(p.paused)
		p.paused = nil
	}
}

// Stats does nothing, as in github.com/go-zeromq/zmq4.
func (p *Proxy) Stats() {}

func (p *Proxy) isPaused() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused
}

// run hands on what one socket receives.
func (p *Proxy) run(from, to Socket) {
	sends := to != nil && to.Type() != Pull
	for p.ctx.Err() == nil {
		if paused := p.isPaused(); paused != nil {
			select {
			case <-paused:
			case <-p.ctx.Done():
			}
			continue
		}
		m, err := p.recv(from)
		switch {
		case errors.Is(err, io.EOF) && errors.Is(m.err, io.EOF):
			continue // a connection was lost, and is made again
		case err != nil:
			p.stop(err)
			return
		case len(m.Frames) == 0:
			continue
		}
		if sends {
			if err := p.send(to, m); err != nil {
				log.Printf("zmq4: proxy could not forward to %s: %+v", to.Type(), err)
				continue
			}
		}
		if p.capture != nil {
			_ = p.send(p.capture, m) // a capture that has gone stops nobody
		}
	}
}

// plain is the socket of this package that sends and receives messages as they
// are; nil: it is another.
func plain(s Socket) *socket {
	switch s := s.(type) {
	case *socket:
		return s
	case *subSocket:
		return s.socket
	case *xpubSocket:
		return s.socket
	case *pubSocket:
		return s.socket
	case *pullSocket:
		return s.socket
	case *pushSocket:
		return s.socket
	case *routerSocket:
		return s.socket
	}
	return nil
}

// recv is Recv that ends with the proxy, if the socket is of this package.
func (p *Proxy) recv(s Socket) (Msg, error) {
	own := plain(s)
	if own == nil {
		return s.Recv()
	}
	m, err := own.base.Recv(p.ctx)
	if err != nil {
		return Msg{}, own.bare(err)
	}
	return owned(m), nil
}

// send is Send that ends with the proxy, if the socket is of this package.
func (p *Proxy) send(s Socket, m Msg) error {
	own := plain(s)
	switch {
	case own == nil, own.typ == Sub: // a SUB sends subscriptions alone
		return s.Send(m)
	case own.typ == Router:
		_, err := own.base.TrySend(m.Frames...)
		if errors.Is(err, zmq.ErrNoRoute) || errors.Is(err, zmq.ErrAgain) {
			err = nil
		}
		return own.bare(err)
	}
	if ok, err := own.base.TrySend(m.Frames...); ok || err != nil {
		return own.bare(err)
	}
	return own.bare(own.base.Send(p.ctx, m.Frames...))
}

package main

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// A way is one pair of calls to send a message and to receive it.
type way struct {
	name   string
	frames int
	allocs float64 // that a message may cost at steady state: arguments and results
	open   func(tb testing.TB, place string) *pipeline
	send   func(p *pipeline, frames [][]byte) error
	recv   func(p *pipeline, frames, size int) error
}

// A pipeline is a connected pair of a PUSH and a PULL, of one face or the other.
type pipeline struct {
	ctx        context.Context
	push, pull *zmq.Socket
	from, to   *zmq4.Socket
}

var ways = []way{
	{"Send,Recv,Release", 1, 0, open, send, recvRelease},
	{"Send,Recv", 1, 0, open, send, recv},
	{"TrySend,TryRecv", 1, 0, open, trySend, tryRecv},
	{"SendMany,RecvMany,ReleaseAll", 1, 0, open, sendMany, recvMany},
	{"SendOwned,Recv,Release", 1, 0, open, sendOwned, recvRelease},
	{"parts-Send,Recv,Release", 5, 0, open, send, recvRelease},
	{"zmq4-SendBytes,RecvBytes", 1, 0, open4, sendParts, recvParts},
	{"zmq4-parts-SendBytes,RecvBytes", 5, 0, open4, sendParts, recvParts},
	{"zmq4-parts-SendMessage,RecvMessageBytes", 5, 2, open4, sendMessage, recvMessage},
}

func open(tb testing.TB, place string) *pipeline {
	zctx := zmq.NewContext()
	make := func(t zmq.Type) *zmq.Socket {
		s, err := zctx.New(t, zmq.Linger.Of(0))
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { s.Close() })
		return s
	}
	p := &pipeline{ctx: tb.Context(), push: make(zmq.Push), pull: make(zmq.Pull)}
	bound, err := p.pull.Bind(place)
	if err == nil {
		err = p.push.Connect(bound)
	}
	if err == nil {
		err = p.push.WaitConnected(tb.Context(), 1)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func open4(tb testing.TB, place string) *pipeline {
	zctx, err := zmq4.NewContext()
	if err != nil {
		tb.Fatal(err)
	}
	make := func(t zmq4.Type) *zmq4.Socket {
		s, err := zctx.NewSocket(t)
		if err == nil {
			err = s.SetLinger(0)
		}
		if err != nil {
			tb.Fatal(err)
		}
		return s
	}
	p := &pipeline{from: make(zmq4.PUSH), to: make(zmq4.PULL)}
	tb.Cleanup(func() {
		p.from.Close()
		p.to.Close()
		zctx.Term()
	})
	if err := p.to.Bind(place); err != nil {
		tb.Fatal(err)
	}
	bound, err := p.to.GetLastEndpoint()
	if err == nil {
		err = p.from.Connect(bound)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func send(p *pipeline, frames [][]byte) error { return p.push.Send(p.ctx, frames...) }

func trySend(p *pipeline, frames [][]byte) error {
	ok, err := p.push.TrySend(frames...)
	if !ok && err == nil {
		return p.push.Send(p.ctx, frames...)
	}
	return err
}

func recv(p *pipeline, frames, size int) error {
	m, err := p.pull.Recv(p.ctx)
	if err != nil {
		return err
	}
	return check(m, frames, size)
}

func tryRecv(p *pipeline, frames, size int) error {
	m, ok, err := p.pull.TryRecv()
	if err != nil {
		return err
	}
	if !ok {
		return recv(p, frames, size)
	}
	return check(m, frames, size)
}

func recvRelease(p *pipeline, frames, size int) error {
	m, err := p.pull.Recv(p.ctx)
	if err != nil {
		return err
	}
	err = check(m, frames, size)
	m.Release()
	return err
}

func sendOwned(p *pipeline, frames [][]byte) error { return p.push.SendOwned(p.ctx, frames...) }

func sendMany(p *pipeline, frames [][]byte) error {
	_, err := p.push.SendMany(p.ctx, frames)
	return err
}

func recvMany(p *pipeline, frames, size int) error {
	var m [1]zmq.Message
	_, err := p.pull.RecvMany(p.ctx, m[:])
	if err != nil {
		return err
	}
	err = check(m[0], frames, size)
	zmq.ReleaseAll(m[:])
	return err
}

func check(m zmq.Message, frames, size int) error {
	if m.Len() != frames || len(m.Last()) != size {
		return fmt.Errorf("%d frames, the last of %d bytes, instead of %d and %d", m.Len(), len(m.Last()), frames, size)
	}
	return nil
}

func sendParts(p *pipeline, frames [][]byte) error {
	for i, f := range frames {
		flags := zmq4.SNDMORE
		if i == len(frames)-1 {
			flags = 0
		}
		if _, err := p.from.SendBytes(f, flags); err != nil {
			return err
		}
	}
	return nil
}

func recvParts(p *pipeline, frames, size int) error {
	for i := range frames {
		b, err := p.to.RecvBytes(0)
		if err != nil {
			return err
		}
		more, err := p.to.GetRcvmore()
		if err != nil {
			return err
		}
		if len(b) != size || more != (i < frames-1) {
			return fmt.Errorf("part %d has %d bytes instead of %d, and more follow: %v", i, len(b), size, more)
		}
	}
	return nil
}

func sendMessage(p *pipeline, frames [][]byte) error {
	_, err := p.from.SendMessage(frames)
	return err
}

func recvMessage(p *pipeline, frames, size int) error {
	parts, err := p.to.RecvMessageBytes(0)
	if err != nil {
		return err
	}
	if len(parts) != frames || len(parts[frames-1]) != size {
		return fmt.Errorf("%d parts instead of %d", len(parts), frames)
	}
	return nil
}

// flow sends on a goroutine for as long as f runs, which receives.
func (w way) flow(tb testing.TB, place string, size int, f func(receive func() error)) {
	p := w.open(tb, place)
	frames := make([][]byte, w.frames)
	for i := range frames {
		frames[i] = make([]byte, size)
	}
	var stop func()
	p.ctx, stop = context.WithCancel(tb.Context())
	if p.from != nil {
		// Its calls know no context: it stops between two messages.
		if err := p.from.SetSndtimeo(100 * time.Millisecond); err != nil {
			tb.Fatal(err)
		}
	}
	sent := make(chan error, 1)
	ctx := p.ctx
	// Owned by this function, which waits for it below.
	go func() {
		for ctx.Err() == nil {
			err := w.send(p, frames)
			if err != nil && ctx.Err() == nil && zmq4.AsErrno(err) != zmq4.Errno(syscall.EAGAIN) {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	defer func() {
		stop()
		if err := <-sent; err != nil {
			tb.Error(err)
		}
	}()
	f(func() error { return w.recv(p, w.frames, size) })
}

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// undelivered is the number in the error that Close returned.
func undelivered(b *bed, err error) int {
	b.Helper()
	var u *zmq.UndeliveredError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &u):
		return u.Messages
	}
	b.Fatalf("closing said %v", err)
	return 0
}

// TestCloseUnblocks: whatever waits on a socket ends when it is closed.
func TestCloseUnblocks(t *testing.T) {
	each(t, func(b *bed) {
		pull, _ := b.bound(zmq.Pull)
		push, _ := b.bound(zmq.Push)
		pub, _ := b.bound(zmq.Pub)
		errs := make(chan error, 20)
		for range 4 {
			b.spawn(func() { _, err := pull.Recv(b.ctx); errs <- err })
			b.spawn(func() { errs <- push.Send(b.ctx, []byte("x")) })
			b.spawn(func() { errs <- pull.WaitConnected(b.ctx, 1) })
			b.spawn(func() { errs <- pub.WaitSubscribers(b.ctx, "", 1) })
			b.spawn(func() {
				for range pub.Events(b.ctx) {
				}
				errs <- zmq.ErrClosed
			})
		}
		b.await("they wait", func() bool { return waiting("waitMessageLocked") >= 4 && waiting("waitRoomLocked") >= 4 })
		for _, s := range []*zmq.Socket{pull, push, pub} {
			b.ok(s.Close())
			b.ok(s.Close()) // again is harmless
		}
		for range cap(errs) {
			err := <-errs
			b.is(err, zmq.ErrClosed)
			b.is(err, net.ErrClosed)
		}
	})
}

// TestLingerDelivers: what was sent before Close arrives.
func TestLingerDelivers(t *testing.T) {
	each(t, func(b *bed) {
		for _, n := range []int{1, 1500} {
			pull, addr := b.bound(zmq.Pull)
			push := b.socket(zmq.Push, zmq.SendHWM.Of(0), zmq.Linger.Of(-1))
			b.ok(push.Connect(addr))
			for i := range n {
				b.send(push, fmt.Sprint(i), "body")
			}
			wait := b.spawn(func() { b.Check(push.Close()) })
			for i := range n {
				b.want(pull, fmt.Sprint(i), "body")
			}
			wait()
			b.silent(pull)
		}
	})
}

// TestLingerLatePeer: Close waits for a peer that comes late.
func TestLingerLatePeer(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		push := b.socket(zmq.Push, zmq.Linger.Of(-1))
		b.ok(push.Connect(addr))
		for i := range 100 {
			b.send(push, fmt.Sprint(i))
		}
		wait := b.spawn(func() { b.Check(push.Close()) })
		pull := b.socket(zmq.Pull)
		_, err := pull.Bind(addr)
		b.ok(err)
		for i := range 100 {
			b.want(pull, fmt.Sprint(i))
		}
		wait()
	})
}

// TestLingerCounts: what was dropped is counted, to the message.
func TestLingerCounts(t *testing.T) {
	eachWire(t, func(b *bed) {
		for _, linger := range []time.Duration{0, time.Millisecond} {
			push := b.socket(zmq.Push, zmq.Linger.Of(linger))
			b.ok(push.Connect(b.free()))
			b.ok(push.Connect(b.free()))
			for range 10 {
				b.send(push, "x")
			}
			if n := undelivered(b, push.Close()); n != 10 {
				b.Errorf("linger %v: %d messages were not delivered, want 10", linger, n)
			}
			if n := undelivered(b, push.Close()); n != 10 {
				b.Errorf("asked again: %d", n)
			}
		}
		// By Disconnect as well, told at the end.
		push := b.socket(zmq.Push, zmq.Linger.Of(0))
		addr := b.free()
		b.ok(push.Connect(addr))
		b.send(push, "x")
		b.ok(push.Disconnect(addr))
		if n := undelivered(b, push.Close()); n != 1 {
			b.Errorf("%d messages were not delivered, want 1", n)
		}
		// A Shutdown that is cut short.
		push = b.socket(zmq.Push, zmq.Linger.Of(-1))
		b.ok(push.Connect(b.free()))
		b.send(push, "x", "y")
		if n := undelivered(b, push.Shutdown(b.quiet())); n != 1 {
			b.Errorf("%d messages were not delivered, want 1", n)
		}
	})
}

// TestLingerCountsInproc: a name that nobody bound takes its messages with it.
func TestLingerCountsInproc(t *testing.T) {
	b := lay(t, "inproc")
	push := b.socket(zmq.Push, zmq.Linger.Of(0))
	b.ok(push.Connect(b.free()))
	for range 3 {
		b.send(push, "x")
	}
	if n := undelivered(b, push.Close()) + undelivered(b, b.own.Close()); n != 3 {
		t.Errorf("%d messages were not delivered, want 3", n)
	}
}

// TestUndeliveredAndReceived: with a peer that does not read, what it can still
// read after Close and what Close says was dropped make up what was sent.
func TestUndeliveredAndReceived(t *testing.T) {
	eachRaw(t, "PULL", func(b *bed, push *zmq.Socket, peer *testutil.Peer) {
		b.ok(push.Set(zmq.SendHWM.Of(0), zmq.Linger.Of(20*time.Millisecond)))
		body := filled(1000, 1)
		const n = 20_000
		for range n {
			b.ok(push.Send(b.ctx, body))
		}
		lost := undelivered(b, push.Close())
		got := 0
		for {
			m, err := peer.Recv()
			if err != nil {
				break
			}
			if len(m) != 1 || len(m[0]) != len(body) {
				b.Fatal("a broken message")
			}
			got++
		}
		if lost == 0 || got+lost != n {
			b.Errorf("%d messages were received and %d dropped of %d", got, lost, n)
		}
	})
}

// eachRaw joins a bound socket over tcp with a peer made by hand.
func eachRaw(t *testing.T, socketType string, test func(*bed, *zmq.Socket, *testutil.Peer), options ...zmq.Option) {
	t.Parallel()
	b := lay(t, "tcp")
	mine := map[string]zmq.Type{"PULL": zmq.Push, "PUSH": zmq.Pull, "DEALER": zmq.Router, "SUB": zmq.XPub, "PAIR": zmq.Pair}[socketType]
	s, addr := b.bound(mine, options...)
	p, err := testutil.Dial(strings.TrimPrefix(addr, "tcp://"), socketType)
	b.ok(err)
	b.Cleanup(func() { p.Close() })
	b.ok(p.SetDeadline(time.Now().Add(limit)))
	b.ok(s.WaitConnected(b.ctx, 1))
	test(b, s, p)
}

// TestCloseBeforeSlowReader: a peer that begins to read late still gets all
// that Close has handed over, though it pings meanwhile.
func TestCloseBeforeSlowReader(t *testing.T) {
	eachRaw(t, "PULL", func(b *bed, push *zmq.Socket, peer *testutil.Peer) {
		b.ok(push.Set(zmq.SendHWM.Of(0), zmq.Linger.Of(-1)))
		body := filled(1000, 1)
		const n = 3000 // more than the peer's buffer takes, less than both
		sent := 0
		for sent < n {
			b.ok(push.Send(b.ctx, body))
			sent++
		}
		done := make(chan error, 1)
		b.spawn(func() { done <- push.Close() })
		ping := testutil.Frame(testutil.Command, []byte("\x04PING\x00\x00"))
		ticks := time.NewTicker(20 * time.Millisecond)
		defer ticks.Stop()
		var err error
		closed := false
		for i := 0; i < 100 && !closed; i++ { // the peer is busy with other things
			select {
			case err = <-done:
				closed = true
			case <-ticks.C:
				peer.Write(ping)
			}
		}
		peer.Write(ping)
		peer.Write(ping)
		got := 0
		for {
			if _, err := peer.Recv(); err != nil {
				break
			}
			got++
		}
		peer.Close()
		if !closed {
			err = <-done
		}
		if lost := undelivered(b, err); got+lost != n {
			b.Errorf("%d messages were received and %d reported dropped of %d", got, lost, n)
		}
	})
}

func TestUnbind(t *testing.T) {
	each(t, func(b *bed) {
		push, addr := b.socket(zmq.Push), b.free()
		_, err := push.Bind(addr)
		b.ok(err)
		pull := b.connected(zmq.Pull, addr)
		b.send(push, "before")
		b.ok(push.Unbind(addr))
		b.is(push.Unbind(addr), zmq.ErrNoEndpoint)
		b.want(pull, "before")
		if bound, _ := push.Endpoints(); len(bound) != 0 {
			b.Errorf("still bound: %v", bound)
		}
		// The address is free at once.
		other := b.socket(zmq.Push)
		_, err = other.Bind(addr)
		b.ok(err)
		if b.scheme != "inproc" { // there what is joined stays joined
			b.send(other, "from another")
			b.want(pull, "from another")
			b.await("the old connection is gone", func() bool { return push.Stats().Peers == 0 })
			if ok, err := push.TrySend([]byte("x")); ok || err != nil {
				b.Errorf("sent to nobody: %t, %v", ok, err)
			}
		}
	})
}

func TestDisconnect(t *testing.T) {
	each(t, func(b *bed) {
		pull, addr := b.bound(zmq.Pull)
		push := b.connected(zmq.Push, addr)
		for i := range 100 {
			b.send(push, fmt.Sprint(i))
		}
		b.ok(push.Disconnect(addr))
		b.is(push.Disconnect(addr), zmq.ErrNoEndpoint)
		for i := range 100 {
			b.want(pull, fmt.Sprint(i))
		}
		if ok, err := push.TrySend([]byte("x")); ok || err != nil {
			b.Errorf("sent to nobody: %t, %v", ok, err)
		}
		b.await("both sides know", func() bool { return pull.Stats().Peers == 0 && push.Stats().Peers == 0 })
		if st := push.Stats(); st.Sent != 100 {
			b.Errorf("the totals have forgotten the connection: %+v", st)
		}
		b.ok(push.Connect(addr))
		b.send(push, "back")
		b.want(pull, "back")
	})
}

// TestDisconnectDropsInput: what was not received is dropped.
func TestDisconnectDropsInput(t *testing.T) {
	each(t, func(b *bed) {
		push, addr := b.bound(zmq.Push)
		pull := b.connected(zmq.Pull, addr)
		b.send(push, "unread")
		b.await("it is there", func() bool { return pull.Stats().Received == 1 })
		b.ok(pull.Disconnect(addr))
		b.silent(pull)
	})
}

// TestDisconnectBeforeBind: an endpoint that was given up does not come back
// when someone binds it.
func TestDisconnectBeforeBind(t *testing.T) {
	each(t, func(b *bed) {
		addr := b.free()
		push := b.socket(zmq.Push, zmq.Linger.Of(0))
		b.ok(push.Connect(addr))
		b.ok(push.Disconnect(addr))
		gone := b.socket(zmq.Push, zmq.Linger.Of(0))
		b.ok(gone.Connect(addr))
		b.ok(gone.Close())
		pull := b.socket(zmq.Pull)
		_, err := pull.Bind(addr)
		b.ok(err)
		b.is(pull.WaitConnected(b.quiet(), 1), context.DeadlineExceeded)
		if n := push.Stats().Peers + pull.Stats().Peers; n != 0 {
			b.Errorf("%d peers", n)
		}
		if ok, err := push.TrySend([]byte("x")); ok || err != nil {
			b.Errorf("sent to nobody: %t, %v", ok, err)
		}
	})
}

// TestImmediate: nothing is queued for a peer that is not there.
func TestImmediate(t *testing.T) {
	eachWire(t, func(b *bed) {
		addr := b.free()
		push := b.socket(zmq.Push, zmq.Immediate.Of(true))
		b.ok(push.Connect(addr))
		if ok, err := push.TrySend([]byte("x")); ok || err != nil {
			b.Errorf("sent to nobody: %t, %v", ok, err)
		}
		for i := range 3 {
			wait := b.spawn(func() {
				if err := push.Send(b.ctx, []byte(fmt.Sprint(i))); err != nil {
					b.Error(err)
				}
			})
			pull := b.socket(zmq.Pull)
			_, err := pull.Bind(addr)
			b.ok(err)
			b.want(pull, fmt.Sprint(i))
			wait()
			b.ok(pull.Close())
			b.await("the connection is gone", func() bool { return push.Stats().Peers == 0 })
		}
	})
}

// TestShutdown: a context takes all its sockets with it.
func TestShutdown(t *testing.T) {
	each(t, func(b *bed) {
		c := zmq.NewContext()
		var list []*zmq.Socket
		errs := make(chan error, 5)
		for range cap(errs) {
			s, err := c.New(zmq.Pull)
			b.ok(err)
			b.bind(s)
			list = append(list, s)
			b.spawn(func() { _, err := s.Recv(b.ctx); errs <- err })
		}
		push, err := c.New(zmq.Push)
		b.ok(err)
		b.ok(push.Connect("tcp://" + freePort(b.T)))
		b.send(push, "never")
		b.await("they wait", func() bool { return waiting("waitMessageLocked") >= cap(errs) })
		if n := undelivered(b, c.Shutdown(b.quiet())); n != 1 {
			b.Errorf("%d messages were not delivered, want 1", n)
		}
		for range cap(errs) {
			err := <-errs
			if !errors.Is(err, zmq.ErrTerminated) && !errors.Is(err, zmq.ErrClosed) {
				b.Errorf("got %v", err)
			}
		}
		_, err = c.New(zmq.Pull)
		b.is(err, zmq.ErrTerminated)
		c.Close()
		for _, s := range list {
			b.ok(s.Close())
		}
	})
}

// TestContextsAreApart: inproc names of one context mean nothing in another.
func TestContextsAreApart(t *testing.T) {
	b, other := lay(t, "inproc"), lay(t, "inproc")
	pull, addr := b.bound(zmq.Pull)
	again := other.socket(zmq.Pull)
	_, err := again.Bind(addr)
	b.ok(err)
	b.send(b.connected(zmq.Push, addr), "here")
	b.want(pull, "here")
	b.silent(again)
	_, err = b.socket(zmq.Pull).Bind(addr)
	b.is(err, zmq.ErrAddressInUse)
}

// Check reports an error without ending the goroutine.
func (b *bed) Check(err error) {
	b.Helper()
	if err != nil {
		b.Error(err)
	}
}

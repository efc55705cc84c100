package conformance

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func command(name string, body ...byte) []byte {
	return testutil.Frame(testutil.Command, append(append([]byte{byte(len(name))}, name...), body...))
}

// TestPing: a PING is answered with its context, between and inside messages.
func TestPing(t *testing.T) {
	eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
		for _, context := range []string{"", "x", "sixteen bytes ..."[:16]} {
			p.Write(testutil.Frame(testutil.More, []byte("half")))
			p.Write(command("PING", append([]byte{0, 0}, context...)...))
			flags, body, err := p.ReadFrame()
			b.ok(err)
			if flags != testutil.Command || string(body) != "\x04PONG"+context {
				b.Errorf("answered %#x %q", flags, body)
			}
			p.Write(testutil.Frame(0, []byte("other half")))
			b.want(pull, "half", "other half")
		}
		p.Write(command("NONSENSE", 1, 2, 3)) // unknown ones are ignored
		b.ok(p.Send([]byte("x")))
		b.want(pull, "x")
	})
}

// TestHeartbeatDrops: a peer that falls silent is given up.
func TestHeartbeatDrops(t *testing.T) {
	eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
		lost := b.events(pull, zmq.EventDisconnected)
		flags, body, err := p.ReadFrame()
		b.ok(err)
		if flags != testutil.Command || !strings.HasPrefix(string(body), "\x04PING\x00\x0a") {
			b.Errorf("the ping is %#x %q", flags, body)
		}
		if ev := b.next(lost); ev.Err == nil || !strings.Contains(ev.Err.Error(), "heartbeat") {
			b.Errorf("the event is %+v", ev)
		}
		_, err = io.Copy(io.Discard, p)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			b.Error("the connection stays open")
		}
		b.await("the peer is gone", func() bool { return pull.Stats().Peers == 0 })
	}, zmq.HeartbeatInterval.Of(10*time.Millisecond), zmq.HeartbeatTimeout.Of(50*time.Millisecond), zmq.HeartbeatTTL.Of(time.Second))
}

// TestHeartbeatKeeps: anything heard keeps a connection, PONG or not.
func TestHeartbeatKeeps(t *testing.T) {
	eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
		for i := range 20 { // each answer in its own way
			_, body, err := p.ReadFrame()
			b.ok(err)
			if !bytes.HasPrefix(body, []byte("\x04PING")) {
				b.Fatalf("got %q", body)
			}
			if i%2 == 0 {
				p.Write(command("PONG"))
			} else {
				b.ok(p.Send([]byte("busy")))
				b.want(pull, "busy")
			}
		}
		if pull.Stats().Peers != 1 {
			b.Error("the peer was given up")
		}
	}, zmq.HeartbeatInterval.Of(10*time.Millisecond), zmq.HeartbeatTimeout.Of(5*time.Second))
}

// TestHeartbeatTTL: a peer may ask to be given up when it falls silent.
func TestHeartbeatTTL(t *testing.T) {
	eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
		p.Write(command("PING", 0, 1)) // a tenth of a second
		_, err := io.Copy(io.Discard, p)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			b.Error("the connection stays open")
		}
	}, zmq.HeartbeatInterval.Of(0))
}

// TestHeartbeatBothWays: two sockets that ping each other stay together, also
// while one does not receive.
func TestHeartbeatBothWays(t *testing.T) {
	eachWire(t, func(b *bed) {
		beat := []zmq.Option{zmq.HeartbeatInterval.Of(5 * time.Millisecond), zmq.HeartbeatTimeout.Of(2 * time.Second),
			zmq.HeartbeatTTL.Of(5 * time.Second), zmq.RecvHWM.Of(1), zmq.SendHWM.Of(0)}
		push, pull := b.pair(zmq.Push, zmq.Pull, beat...)
		body := filled(10_000, 1)
		for range 200 {
			b.ok(push.Send(b.ctx, body))
		}
		gone := b.events(pull, zmq.EventDisconnected)
		select {
		case ev := <-gone:
			b.Fatalf("%+v", ev)
		case <-b.quiet().Done():
		}
		for range 200 {
			m, err := pull.Recv(b.ctx)
			b.ok(err)
			same(b, m, [][]byte{body})
		}
		if n := len(gone); n != 0 {
			b.Errorf("%d disconnects", n)
		}
	})
}

// TestMaxMsgSize: who sends more is disconnected, before anything is allocated.
func TestMaxMsgSize(t *testing.T) {
	for what, bytes := range map[string][]byte{
		"one byte more": testutil.Frame(0, make([]byte, 1001)),
		"announced":     {testutil.Long, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"the sign bit":  {testutil.Long, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"second frame":  append(testutil.Frame(testutil.More, []byte("x")), testutil.Frame(0, make([]byte, 1001))...),
	} {
		t.Run(what, func(t *testing.T) {
			eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
				lost := b.events(pull, zmq.EventDisconnected)
				b.ok(p.Send(make([]byte, 1000)))
				_, err := p.Write(bytes)
				b.ok(err)
				b.is(b.next(lost).Err, zmq.ErrTooBig)
				m, err := pull.Recv(b.ctx)
				b.ok(err)
				if m.Size() != 1000 {
					b.Errorf("received %d bytes", m.Size())
				}
				b.silent(pull)
				q, err := testutil.Dial(p.RemoteAddr().String(), "PUSH")
				b.ok(err)
				defer q.Close()
				b.ok(q.Send([]byte("next")))
				b.want(pull, "next")
			}, zmq.MaxMsgSize.Of(1000))
		})
	}
}

// TestMaxMessage bounds all frames of a message together.
func TestMaxMessage(t *testing.T) {
	eachRaw(t, "PUSH", func(b *bed, pull *zmq.Socket, p *testutil.Peer) {
		lost := b.events(pull, zmq.EventDisconnected)
		b.spawn(func() {
			for { // a message without end
				if _, err := p.Write(testutil.Frame(testutil.More, nil)); err != nil {
					return
				}
			}
		})
		b.is(b.next(lost).Err, zmq.ErrTooBig)
		b.silent(pull)
	}, zmq.MaxMessage.Of(10_000))
}

// TestWrongPeer: a socket type that does not fit is refused, and said.
func TestWrongPeer(t *testing.T) {
	b := lay(t, "tcp")
	pull, addr := b.bound(zmq.Pull)
	failed := b.events(pull, zmq.EventProtocolError, zmq.EventHandshakeDone)
	for _, wrong := range []string{"PULL", "PUB", "NONSENSE"} {
		p, err := testutil.Dial(strings.TrimPrefix(addr, "tcp://"), wrong)
		b.ok(err)
		p.SetDeadline(time.Now().Add(limit))
		if ev := b.next(failed); ev.Kind != zmq.EventProtocolError || ev.Err == nil || !strings.Contains(ev.Err.Error(), wrong) {
			t.Errorf("the event is %+v", ev)
		}
		if _, err := io.Copy(io.Discard, p); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the connection stays open")
		}
		p.Close()
	}
	b.send(b.connected(zmq.Push, addr), "right")
	b.want(pull, "right")
}

// TestHandshakeInterval: who connects and says nothing is let go.
func TestHandshakeInterval(t *testing.T) {
	b := lay(t, "tcp")
	pull, addr := b.bound(zmq.Pull, zmq.HandshakeInterval.Of(20*time.Millisecond))
	failed := b.events(pull, zmq.EventHandshakeFailed)
	for n := 0; n <= 64; n += 8 { // at any point of the greeting
		c := b.dial(addr)
		_, err := c.Write(testutil.Greeting()[:n])
		b.ok(err)
		if ev := b.next(failed); ev.Err == nil {
			t.Errorf("after %d bytes: %+v", n, ev)
		}
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after %d bytes the connection stays open", n)
		}
	}
	if n := pull.Stats().Peers; n != 0 {
		t.Errorf("%d peers", n)
	}
}

// TestSlowGreeting: byte by byte is slow, not wrong.
func TestSlowGreeting(t *testing.T) {
	b := lay(t, "tcp")
	pull, addr := b.bound(zmq.Pull)
	c := b.dial(addr)
	b.ok(c.(*net.TCPConn).SetNoDelay(true))
	b.spawn(func() { io.Copy(io.Discard, c) })
	all := append(testutil.Greeting(), testutil.Ready("PUSH")...)
	all = append(all, testutil.Frame(testutil.More, []byte("slow"))...)
	all = append(all, testutil.Frame(0, filled(300, 1))...)
	for _, x := range all {
		_, err := c.Write([]byte{x})
		b.ok(err)
	}
	m, err := pull.Recv(b.ctx)
	b.ok(err)
	same(b, m, [][]byte{[]byte("slow"), filled(300, 1)})
	c.Close()
}

// TestCutMessage: half a message is no message.
func TestCutMessage(t *testing.T) {
	b := lay(t, "tcp")
	pull, addr := b.bound(zmq.Pull)
	whole := slicesConcat(testutil.Frame(testutil.More, []byte("a")), testutil.Frame(testutil.More, filled(20_000, 1)), testutil.Frame(0, []byte("z")))
	for _, cut := range []int{1, 2, 3, 5, 11, 12, 1000, 16_500, len(whole) - 3, len(whole) - 1} {
		p, err := testutil.Dial(strings.TrimPrefix(addr, "tcp://"), "PUSH")
		b.ok(err)
		b.ok(p.Send([]byte("before")))
		_, err = p.Write(whole[:cut])
		b.ok(err)
		p.Close()
		b.want(pull, "before")
		b.await("it is gone", func() bool { return pull.Stats().Peers == 0 })
		b.silent(pull)
	}
}

func slicesConcat(list ...[]byte) []byte { return bytes.Join(list, nil) }

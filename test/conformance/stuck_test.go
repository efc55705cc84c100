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
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// a stuckRow is a socket type among whose peers one does not do its part.
type stuckRow struct {
	typ  zmq.Type
	good zmq.Type
	bad  string // what the other one calls itself; "": it speaks no ZMTP
	says []byte // what it says without end
	work func(*zmq.Socket, context.Context, chan<- struct{})
	talk func(*bed, *zmq.Socket, <-chan struct{})
}

var kilo = strings.Repeat("x", 1000)

var stuckRows = []stuckRow{
	{zmq.Router, zmq.Dealer, "DEALER", testutil.Frame(0, []byte(kilo)), echo, hear},
	{zmq.Rep, zmq.Req, "DEALER", append(testutil.Frame(testutil.More, nil), testutil.Frame(0, []byte(kilo))...), echo, hear},
	{zmq.Stream, zmq.Stream, "", []byte(kilo), echo, hearBytes},
	{zmq.Push, zmq.Pull, "PULL", testutil.Frame(0, []byte(kilo)), pour, drink},
	{zmq.Dealer, zmq.Dealer, "DEALER", testutil.Frame(0, []byte(kilo)), pour, drink},
	{zmq.Pub, zmq.Sub, "SUB", testutil.Frame(0, []byte("\x01")), pour, drink},
	{zmq.XPub, zmq.Sub, "SUB", testutil.Frame(0, []byte("\x01")), pour, drink},
	{zmq.Pull, zmq.Push, "PUSH", testutil.Frame(0, []byte(kilo)), take, give},
	{zmq.Sub, zmq.Pub, "PUB", testutil.Frame(0, []byte(kilo)), take, give},
	{zmq.XSub, zmq.Pub, "PUB", testutil.Frame(0, []byte(kilo)), take, give},
}

// much is more than one peer that does nothing can hold up.
const much = 300

// echo answers everyone, in one loop.
func echo(s *zmq.Socket, ctx context.Context, _ chan<- struct{}) {
	for m, err := range s.Messages(ctx) {
		if err != nil {
			return
		}
		if s.Type() == zmq.Stream && len(m.Frame(1)) == 0 {
			continue // a peer came or went
		}
		err := s.Send(ctx, m.Frames()...)
		if err != nil && !errors.Is(err, zmq.ErrAgain) && !errors.Is(err, zmq.ErrNoRoute) {
			return
		}
	}
}

func hear(b *bed, s *zmq.Socket, _ <-chan struct{}) {
	for i := range much {
		b.send(s, fmt.Sprint(i, kilo))
		b.want(s, fmt.Sprint(i, kilo))
	}
}

func hearBytes(b *bed, s *zmq.Socket, _ <-chan struct{}) {
	id := b.recv(s)[0]
	for range much {
		b.send(s, id, kilo)
		gather(b, s, id, len(kilo))
	}
}

// pour sends to the peers that take it.
func pour(s *zmq.Socket, ctx context.Context, _ chan<- struct{}) {
	for s.Send(ctx, []byte(kilo)) == nil {
	}
}

func drink(b *bed, s *zmq.Socket, _ <-chan struct{}) {
	if s.Type() == zmq.Sub {
		b.ok(s.Subscribe(""))
	}
	for range much {
		b.want(s, kilo)
	}
}

// take receives, and counts what is not from the bad one.
func take(s *zmq.Socket, ctx context.Context, came chan<- struct{}) {
	for m, err := range s.Messages(ctx) {
		if err != nil {
			return
		}
		if string(m.Bytes()) == "good" {
			select {
			case came <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}
}

func give(b *bed, s *zmq.Socket, came <-chan struct{}) {
	if s.Type() == zmq.Pub {
		b.ok(s.WaitSubscribers(b.ctx, "good", 1))
	}
	for range much / 10 { // one at a time: a publisher does not wait
		b.send(s, "good")
		select {
		case <-came:
		case <-b.ctx.Done():
			b.Fatal("what the good peer sends is not received")
		}
	}
}

// Fault A3: a peer that stops reading, says nothing, or ends halfway, costs the
// others of its socket nothing, whatever the type; and when it is reset it is gone.
func TestStuckPeer(t *testing.T) {
	for _, row := range stuckRows {
		for name, stick := range map[string]func(*bed, *stuckRow, net.Conn){
			"sends and reads nothing": func(b *bed, r *stuckRow, c net.Conn) {
				b.spawn(func() {
					said := []byte(strings.Repeat(string(r.says), 20))
					for range 100 {
						if _, err := c.Write(said); err != nil {
							return
						}
					}
				})
			},
			"says nothing": func(*bed, *stuckRow, net.Conn) {},
			"stops in a message": func(b *bed, r *stuckRow, c net.Conn) {
				_, err := c.Write(testutil.Frame(testutil.More, []byte("first")))
				b.ok(err)
				_, err = c.Write(testutil.Frame(0, []byte(kilo))[:500])
				b.ok(err)
			},
			"ends its half": func(b *bed, r *stuckRow, c net.Conn) {
				b.ok(c.(interface{ CloseWrite() error }).CloseWrite())
			},
		} {
			schemes := wired
			if row.bad == "" {
				schemes = []string{"tcp"}
			}
			t.Run(fmt.Sprintf("%s %s", row.typ, name), func(t *testing.T) {
				over(t, schemes, func(b *bed) { row.run(b, stick) })
			})
		}
	}
}

// Fault A3: a Send that waits for room of the peer that it names ends when the
// connection of that peer has died, though nothing is received meanwhile and the
// peer had sent more than there is room for.
func TestSendToResetPeer(t *testing.T) {
	for _, row := range stuckRows {
		if row.typ != zmq.Router && row.typ != zmq.Stream {
			continue
		}
		t.Run(row.typ.String(), func(t *testing.T) {
			b := lay(t, "tcp")
			s, addr := b.bound(row.typ, zmq.SendHWM.Of(10), zmq.RecvHWM.Of(10))
			c := row.dial(b, addr)
			_, err := c.Write(row.says)
			b.ok(err)
			m, err := s.Recv(b.ctx)
			b.ok(err)
			id := m.Frame(0)
			full := b.spawn(func() {
				c.SetDeadline(time.Now().Add(50 * time.Millisecond)) // until it is held up
				for {
					if _, err := c.Write(row.says); err != nil {
						return
					}
				}
			})
			full()
			sent := b.spawn(func() {
				for err == nil {
					err = s.Send(b.ctx, id, []byte(kilo))
				}
				if !errors.Is(err, zmq.ErrNoRoute) {
					t.Errorf("got error %v, want %v", err, zmq.ErrNoRoute)
				}
			})
			b.await("Send waits", func() bool { return waiting("waitRoomLocked") > 0 })
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
			sent()
		})
	}
}

// Fault A3, its kind: a connection that a Stream has closed ends, though the other
// side goes on sending and nobody receives.
func TestStreamClosesOneThatSends(t *testing.T) {
	b := lay(t, "tcp")
	s, addr := b.bound(zmq.Stream, zmq.RecvHWM.Of(2))
	c := b.dial(addr)
	id := b.recv(s)[0]
	b.spawn(func() {
		for {
			if _, err := c.Write([]byte(kilo)); err != nil {
				return
			}
		}
	})
	b.recv(s)
	b.send(s, id, "answer") // else the connection ends at once
	b.send(s, id, "")
	b.await("the connection has ended", func() bool { return s.Stats().Peers == 0 })
}

func (r *stuckRow) run(b *bed, stick func(*bed, *stuckRow, net.Conn)) {
	few := []zmq.Option{zmq.SendHWM.Of(10), zmq.RecvHWM.Of(10), zmq.SendBuffer.Of(16 << 10), zmq.RecvBuffer.Of(16 << 10), zmq.Linger.Of(0)}
	s, err := b.own.New(r.typ, few...) // what it does by default is what counts
	b.ok(err)
	if r.typ == zmq.Sub {
		b.ok(s.Subscribe(""))
	}
	addr := b.bind(s)
	if r.typ == zmq.XSub {
		b.send(s, "\x01")
	}
	c := r.dial(b, addr)
	b.ok(s.WaitConnected(b.ctx, 1))
	if r.bad == "SUB" {
		_, err := c.Write(testutil.Frame(0, []byte("\x01")))
		b.ok(err)
		b.ok(s.WaitSubscribers(b.ctx, "", 1))
	}
	stick(b, r, c)
	ctx, stop := context.WithCancel(b.ctx)
	defer stop()
	came := make(chan struct{})
	b.spawn(func() { r.work(s, ctx, came) })
	good := b.connected(r.good, addr, few...)
	r.talk(b, good, came)
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
	b.await("the bad peer is gone", func() bool { return s.Stats().Peers == 1 })
	stop()
}

// dial connects the bad peer.
func (r *stuckRow) dial(b *bed, addr string) net.Conn {
	b.Helper()
	tr, _ := transport.Lookup(b.scheme)
	c, err := tr.Dial(b.ctx, strings.TrimPrefix(addr, b.scheme+"://"), new(opt.Net))
	b.ok(err)
	b.Cleanup(func() { c.Close() })
	if r.bad != "" {
		_, err := testutil.Shake(c, r.bad)
		b.ok(err)
	}
	b.ok(c.SetDeadline(time.Now().Add(limit)))
	return c
}

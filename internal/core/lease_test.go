//go:build unix

package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/poll"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// talk is a socket that has talked to its only peer until it reads that
// connection itself.
type talk struct {
	*bench
	s    *Socket
	addr string
	peer *testutil.Peer
}

func newTalk(t *testing.T, typ int, as string) *talk {
	b := newBench(t)
	k := &talk{bench: b, s: b.socket(typ)}
	k.addr = strings.TrimPrefix(b.bind(k.s), "tcp://")
	k.peer = k.dial(as)
	k.settle()
	return k
}

func (k *talk) dial(as string) *testutil.Peer {
	k.Helper()
	p, err := testutil.Dial(k.addr, as)
	k.ok(err)
	k.Cleanup(func() { p.Close() })
	p.SetDeadline(time.Now().Add(20 * time.Second))
	return p
}

// settle has messages come one by one until somebody who waits for one reads.
func (k *talk) settle() {
	k.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		got := k.receive(context.Background())
		reads := k.reads(50 * time.Millisecond)
		k.ok(k.peer.Send([]byte("settle")))
		if r := <-got; r.err != nil || string(r.First) != "settle" {
			k.Fatal(r.err, r.First)
		}
		if reads {
			return
		}
	}
	k.Fatal("who waits for messages never reads")
}

// reads waits until somebody reads, for a while.
func (k *talk) reads(patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		if k.s.recvHalf.ready.reading.Load() != nil {
			return true
		}
	}
	return false
}

type outcome struct {
	Received
	err error
}

// receive waits for a message in the background.
func (k *talk) receive(ctx context.Context) <-chan outcome {
	got := make(chan outcome, 1)
	go func() { // ends with the socket
		var o outcome
		o.Received, o.err = k.s.Recv(ctx, false)
		got <- o
	}()
	return got
}

// waits is receive, once it reads.
func (k *talk) waits(ctx context.Context) <-chan outcome {
	k.Helper()
	for range 20 {
		got := k.receive(ctx)
		if k.reads(200 * time.Millisecond) {
			return got
		}
		k.ok(k.peer.Send([]byte("again"))) // it had been quiet for too long
		<-got
	}
	k.Fatal("it does not read")
	return nil
}

func (k *talk) gets(got <-chan outcome, want string) {
	k.Helper()
	select {
	case o := <-got:
		if o.err != nil || string(o.First) != want {
			k.Errorf("%.20q, %v; want %.20q", o.First, o.err, want)
		}
	case <-time.After(testutil.Patience):
		k.Fatal("no message")
	}
}

func (k *talk) fails(got <-chan outcome, want error) {
	k.Helper()
	select {
	case o := <-got:
		if !errors.Is(o.err, want) {
			k.Errorf("%q, %v; want %v", o.First, o.err, want)
		}
	case <-time.After(testutil.Patience):
		k.Fatal("it still waits")
	}
}

// still works.
func (k *talk) still() {
	k.Helper()
	got := k.receive(context.Background())
	k.ok(k.peer.Send([]byte("still")))
	k.gets(got, "still")
}

func TestTurnTypes(t *testing.T) {
	for _, c := range []struct {
		typ  int
		peer string
	}{{opt.TypePull, "PUSH"}, {opt.TypePair, "PAIR"}, {opt.TypeDealer, "DEALER"}} {
		k := newTalk(t, c.typ, c.peer)
		k.gets(k.receiveAfter("x"), "x")
	}
}

// receiveAfter sends while somebody reads.
func (k *talk) receiveAfter(text string) <-chan outcome {
	k.Helper()
	got := k.waits(context.Background())
	k.ok(k.peer.Send([]byte(text)))
	return got
}

// Whatever ends a call that reads ends it as one that does not, and leaves the
// connection as it was.
func TestTurnInterrupted(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	for range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		got := k.waits(ctx)
		cancel()
		k.fails(got, context.Canceled)
		k.still()

		k.ok(k.s.Set(opt.ByName("RCVTIMEO"), 300*time.Millisecond))
		k.fails(k.waits(context.Background()), errno.EAGAIN)
		k.ok(k.s.Set(opt.ByName("RCVTIMEO"), time.Duration(-1)))
		k.still()
	}
	got := k.waits(context.Background())
	k.s.StartClose()
	k.fails(got, errno.ENOTSOCK)

	k = newTalk(t, opt.TypePull, "PUSH")
	got = k.waits(context.Background())
	k.ctx.Shutdown()
	k.fails(got, errno.ETERM)
}

// A second peer is heard while the first is read, and both afterwards.
func TestTurnSecondPeer(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	got := k.waits(context.Background())
	second := k.dial("PUSH")
	k.ok(second.Send([]byte("second")))
	k.gets(got, "second")
	k.still()
	got = k.receive(context.Background())
	k.ok(second.Send([]byte("second again")))
	k.gets(got, "second again")
	second.Close()
	for range 1000 { // the first is the only one again
		if k.s.live.lease() != nil {
			k.settle()
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the one that is left is not known")
}

// A peer that is read goes; the next is read as well.
func TestTurnPeerGoes(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	for range 3 {
		got := k.waits(context.Background())
		k.peer.Close()
		k.peer = k.dial("PUSH")
		k.ok(k.peer.Send([]byte("next")))
		k.gets(got, "next")
		k.settle()
	}
}

// Others who wait for the socket meanwhile are told.
func TestTurnWatched(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	k.still()
	p := poll.NewPoller() // nobody receives
	defer p.Close()
	p.Add(k.s, true, false)
	k.ok(k.peer.Send([]byte("polled")))
	if ready, err := p.Wait(t.Context(), 20*time.Second); err != nil || len(ready) != 1 {
		t.Fatal(ready, err)
	}
	k.gets(k.receive(context.Background()), "polled")
	p.Close()

	k.settle()
	got := k.waits(context.Background()) // somebody reads
	p = poll.NewPoller()
	defer p.Close()
	p.Add(k.s, true, false)
	k.ok(k.peer.Send([]byte("one")))
	k.ok(k.peer.Send([]byte("two")))
	if ready, err := p.Wait(t.Context(), 20*time.Second); err != nil || len(ready) != 1 {
		t.Fatal(ready, err)
	}
	k.gets(got, "one")
}

// A call that does not wait finds what has come, although nobody reads.
func TestTurnNoWait(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	for i := range 100 {
		k.still()
		k.ok(k.peer.Send([]byte(fmt.Sprint(i))))
		if i%2 == 0 {
			for in := false; !in; in, _, _ = k.s.Ready() {
				time.Sleep(10 * time.Microsecond)
			}
		}
		for {
			r, err := k.s.Recv(t.Context(), true)
			if err == nil {
				if string(r.First) != fmt.Sprint(i) {
					t.Fatalf("%q", r.First)
				}
				break
			}
			k.wants(err, errno.EAGAIN)
		}
	}
}

// A PING is answered whether somebody reads or nobody does.
func TestTurnPing(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	ping := testutil.Frame(testutil.Command, []byte("\x04PING\x00\x00ctx"))
	pong := func() {
		t.Helper()
		flags, body, err := k.peer.ReadFrame()
		if err != nil || flags&testutil.Command == 0 || string(body) != "\x04PONGctx" {
			t.Fatal(flags, body, err)
		}
	}
	got := k.waits(context.Background())
	k.peer.Write(ping)
	pong()
	k.ok(k.peer.Send([]byte("x")))
	k.gets(got, "x")
	k.peer.Write(ping) // nobody receives
	pong()
	k.still()
}

// What is not there whole, or is too large to wait for, comes all the same.
func TestTurnPieces(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	for _, size := range []int{10, 300, 10_000, 20_000, 1 << 20} {
		body := bytes.Repeat([]byte{'a' + byte(size%7)}, size)
		frames := testutil.Frame(testutil.More, body)
		frames = append(frames, testutil.Frame(0, body)...)
		got := k.waits(context.Background())
		for len(frames) > 0 {
			n := min(len(frames), 1+rand.IntN(1+size))
			k.peer.Write(frames[:n])
			frames = frames[n:]
			time.Sleep(time.Millisecond)
		}
		o := <-got
		if o.err != nil || !bytes.Equal(o.First, body) || len(o.Rest()) != 1 || !bytes.Equal(o.Rest()[0], body) {
			t.Errorf("%d bytes: %v, %d and %d frames of %d", size, o.err, 1, len(o.Rest()), len(o.First))
		}
		k.settle()
	}
}

// What is no ZMTP ends the connection, and nothing else.
func TestTurnGarbage(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	got := k.waits(context.Background())
	k.peer.Write(testutil.Frame(testutil.Command, []byte("\x05ERROR\x03bad")))
	if _, _, err := k.peer.ReadFrame(); err == nil {
		t.Error("the connection goes on")
	}
	k.peer = k.dial("PUSH")
	k.ok(k.peer.Send([]byte("next")))
	k.gets(got, "next")
}

// Many who receive at once, with all that interrupts them: every message comes
// once.
func TestTurnTogether(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	const count = 3000
	var mu sync.Mutex
	seen := make(map[string]int)
	end, stop := context.WithCancel(context.Background())
	defer stop()
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for end.Err() == nil {
				ctx, cancel := context.WithTimeout(end, time.Duration(1+rand.IntN(2000))*time.Microsecond)
				switch r, err := k.s.Recv(ctx, i == 2); {
				case err == nil:
					mu.Lock()
					seen[string(r.First)]++
					if len(seen) == count {
						stop()
					}
					mu.Unlock()
				case i == 2:
					time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				}
				cancel()
			}
		})
	}
	wg.Go(func() {
		for end.Err() == nil {
			p := poll.NewPoller()
			p.Add(k.s, true, false)
			p.Wait(end, time.Millisecond)
			p.Close()
			time.Sleep(10 * time.Millisecond)
		}
	})
	for i := range count {
		k.ok(k.peer.Send([]byte(fmt.Sprint(i))))
		if i%100 == 0 {
			time.Sleep(time.Duration(rand.IntN(8)) * time.Millisecond)
		}
	}
	select {
	case <-end.Done():
	case <-time.After(testutil.Patience):
		stop()
		t.Errorf("%d of %d messages", len(seen), count)
	}
	wg.Wait()
	for m, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", m, n)
		}
	}
}

// Who waits for the connection's descriptor outside is told when that ends: the
// descriptor itself, once closed, tells nothing.
func TestTurnOutside(t *testing.T) {
	b := newBench(t)
	k := &talk{bench: b, s: b.socket(opt.TypePull)}
	for name, v := range map[string]any{"HEARTBEAT_IVL": 50 * time.Millisecond, "HEARTBEAT_TIMEOUT": 500 * time.Millisecond} {
		k.ok(k.s.Set(opt.ByName(name), v))
	}
	k.addr = strings.TrimPrefix(b.bind(k.s), "tcp://")
	k.peer = k.dial("PUSH")
	k.settle()
	k.still()
	g := newTestSignal(t)
	turn := k.s.WatchToRead(g)
	for ; turn == nil; turn = k.s.WatchToRead(g) { // the reader had it again
		k.s.Unwatch(g)
		k.settle()
		k.still()
	}
	fd := turn.FD(g)
	k.ok(k.peer.Send([]byte("x")))
	for !readable(t, fd, 1000) {
	}
	k.s.Unwatch(g)
	turn.Release(false)
	_, err := k.s.Recv(t.Context(), true)
	k.ok(err)

	k.settle()
	k.still()
	for turn = nil; turn == nil; turn = k.s.WatchToRead(g) {
		k.s.Unwatch(g)
		k.settle()
		k.still()
	}
	g.Lower()
	turn.FD(g)
	// The peer answers no PING.
	for end := time.Now().Add(20 * time.Second); !readable(t, g.FD(), 1000); {
		if time.Now().After(end) {
			t.Fatal("nobody is told")
		}
	}
	k.s.Unwatch(g)
	turn.Release(false)
	k.peer = k.dial("PUSH")
	k.still()
}

// A connection that has ended is not lent again, although nobody waits for its
// messages in Go.
func TestTurnLookAtTheEnd(t *testing.T) {
	k := newTalk(t, opt.TypePull, "PUSH")
	k.still()
	k.peer.Close()
	for end := time.Now().Add(20 * time.Second); ; {
		_, err := k.s.Recv(t.Context(), true)
		k.wants(err, errno.EAGAIN)
		live := k.s.live.count()
		if live == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it is still there")
		}
	}
	k.peer = k.dial("PUSH")
	k.settle()
}

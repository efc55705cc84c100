package chaos

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// body is message i: of a size by chance, with a checksum over all.
func body(rng *rand.Rand, i int) [][]byte {
	head := binary.BigEndian.AppendUint64(nil, uint64(i))
	size := rng.IntN(1 << rng.IntN(14))
	if rng.IntN(100) == 0 {
		size = 8<<10 + rng.IntN(64<<10) // a buffer of its own
	}
	data := make([]byte, size)
	for j := range data {
		data[j] = byte(i + j)
	}
	sum := crc32.NewIEEE()
	sum.Write(head)
	sum.Write(data)
	return [][]byte{head, data, sum.Sum(nil)}
}

// A ledger checks what arrives of one stream of messages: each once and whole,
// and those of one connection in order. What a connection that was cut had
// delivered may be received after the first messages of the next one.
type ledger struct {
	last map[uint64]int // by connection
	seen map[int]bool
}

// enter notes a message; ended says that it was the end.
func (l *ledger) enter(conn uint64, frames [][]byte) (ended bool, err error) {
	if l.seen == nil {
		l.last, l.seen = make(map[uint64]int), make(map[int]bool)
	}
	if len(frames) == 1 && bytes.Equal(frames[0], end) {
		return true, nil
	}
	if len(frames) != 3 || len(frames[0]) != 8 {
		return false, fmt.Errorf("a message of %d frames: %.100q", len(frames), frames)
	}
	sum := crc32.NewIEEE()
	sum.Write(frames[0])
	sum.Write(frames[1])
	if !bytes.Equal(sum.Sum(nil), frames[2]) {
		return false, fmt.Errorf("a broken message")
	}
	i := int(binary.BigEndian.Uint64(frames[0]))
	if l.seen[i] {
		return false, fmt.Errorf("message %d came twice", i)
	}
	if i <= l.last[conn] {
		return false, fmt.Errorf("message %d after %d on one connection", i, l.last[conn])
	}
	l.seen[i], l.last[conn] = true, i
	return false, nil
}

var end = []byte("the end")

// buffer is what the system is asked to buffer for a connection, each way; Linux
// gives twice that.
const buffer = 64 << 10

// inFlight is what a cut may lose, in bytes: the buffers of four sockets, what
// the relay holds, and what one write had begun.
const inFlight = 4*2*buffer + 2*16<<10 + 128<<10

// meanSize is the mean size of a message, from below.
const meanSize = 800

func (l *ledger) report(t *testing.T, sent, cuts int, bounded bool) {
	t.Helper()
	lost := sent - len(l.seen)
	t.Logf("%d messages sent, %d received, %d lost in %d cuts", sent, len(l.seen), lost, cuts)
	if cuts == 0 {
		t.Error("nothing was cut")
	}
	if len(l.seen) == 0 {
		t.Error("nothing arrived")
	}
	if bounded && lost > cuts*inFlight/meanSize {
		t.Errorf("more was lost than can have been in flight")
	}
}

// TestCutPipeline: PUSH to PULL through a relay that cuts.
func TestCutPipeline(t *testing.T) {
	for _, c := range []struct {
		name      string
		pushBinds bool
		hwm       int
	}{{"push connects", false, 1000}, {"push connects, marks of 1", false, 1}, {"push connects, no marks", false, 0}, {"push binds", true, 100}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(deadline(t))
			defer stop()
			buffers := []zmq.Option{zmq.SendBuffer.Of(buffer), zmq.RecvBuffer.Of(buffer), zmq.SendHWM.Of(c.hwm), zmq.RecvHWM.Of(c.hwm)}
			push, pull := socket(t, zmq.Push, buffers...), socket(t, zmq.Pull, buffers...)
			bound, dialer := pull, push
			if c.pushBinds {
				bound, dialer = push, pull
			}
			r := newRelay(t, bind(t, bound), 256<<10)
			connect(t, dialer, r.addr())
			n := 6000 * *scale
			done := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() { flood(t, ctx, push, r, n, done) }) // owned by the test
			var l ledger
			receive(t, ctx, stop, pull, &l, nil)
			close(done)
			wg.Wait()
			// Where the pushing side accepts, what is queued goes with the peer.
			l.report(t, n, r.count(), !c.pushBinds)
		})
	}
}

// flood sends n messages and then, with no more cuts, the end until done.
func flood(t *testing.T, ctx context.Context, s *zmq.Socket, r *relay, n int, done <-chan struct{}, to ...[]byte) {
	rng := rand.New(rand.NewPCG(*seed, 2))
	for i := 1; i <= n; i++ {
		if err := s.Send(ctx, append(to, body(rng, i)...)...); err != nil {
			t.Errorf("the sender is stuck at message %d of %d: %v", i, n, err)
			break
		}
	}
	r.heal()
	for ctx.Err() == nil {
		s.TrySend(append(to, end)...)
		select {
		case <-done:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// receive enters what arrives until the end does. echo, if not nil, is called
// for each message first and returns what of it is to be entered. When something
// is wrong it says so and stops everything.
func receive(t *testing.T, ctx context.Context, stop func(), s *zmq.Socket, l *ledger, echo func(zmq.Message) [][]byte) {
	for {
		m, err := s.Recv(ctx)
		ended := false
		if err == nil {
			frames := m.Frames()
			if echo != nil {
				frames = echo(m)
			}
			ended, err = l.enter(m.Peer().Conn, frames)
		}
		if err != nil {
			t.Errorf("after %d messages: %v", len(l.seen), err)
			stop()
			return
		}
		if ended {
			return
		}
	}
}

// TestCutDialogue: DEALER to ROUTER and back.
func TestCutDialogue(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(deadline(t))
	defer stop()
	buffers := []zmq.Option{zmq.SendBuffer.Of(buffer), zmq.RecvBuffer.Of(buffer), zmq.SendHWM.Of(50), zmq.RecvHWM.Of(50), zmq.RouterHandover.Of(true)}
	router := socket(t, zmq.Router, append(buffers, zmq.SendTimeout.Of(-1))...)
	dealer := socket(t, zmq.Dealer, append(buffers[:4:4], zmq.RoutingID.Of([]byte("d")))...)
	r := newRelay(t, bind(t, router), 1<<20)
	connect(t, dealer, r.addr())
	n := 4000 * *scale
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { flood(t, ctx, dealer, r, n, done) }) // owned by the test
	var there, back ledger
	wg.Go(func() {
		receive(t, ctx, stop, router, &there, func(m zmq.Message) [][]byte {
			f := m.Frames()
			if string(f[0]) == "d" { // else it is from one that was replaced
				if err := router.Send(ctx, f...); err != nil && !gone(err) {
					t.Error(err)
				}
			}
			return f[1:]
		})
		for ctx.Err() == nil { // the last answer may have been in flight
			router.TrySend([]byte("d"), end)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	receive(t, ctx, stop, dealer, &back, nil)
	close(done)
	wg.Wait()
	there.report(t, n, r.count(), true)
	back.report(t, n, r.count(), false)
}

// TestCutFeed: PUB to SUB, which subscribes again every time.
func TestCutFeed(t *testing.T) {
	for _, pubBinds := range []bool{true, false} {
		t.Run(fmt.Sprintf("pub binds %t", pubBinds), func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(deadline(t))
			defer stop()
			// It waits for room, so that most is sent while someone is there.
			pub := socket(t, zmq.Pub, zmq.SendHWM.Of(20), zmq.XPubNoDrop.Of(true))
			sub := socket(t, zmq.Sub, zmq.RecvHWM.Of(20))
			if err := sub.Subscribe("\x00\x00", string(end)); err != nil {
				t.Fatal(err)
			}
			bound, dialer := pub, sub
			if !pubBinds {
				bound, dialer = sub, pub
			}
			r := newRelay(t, bind(t, bound), 128<<10)
			connect(t, dialer, r.addr())
			done := make(chan struct{})
			sent := 0
			var wg sync.WaitGroup
			wg.Go(func() { // owned by the test
				rng := rand.New(rand.NewPCG(*seed, 2))
				for i := 1; r.count() < 40**scale && i < 100_000**scale; i++ {
					if i%10 == 0 { // else all is sent while nobody is there
						if err := pub.WaitSubscribers(ctx, "\x00\x00", 1); err != nil {
							t.Errorf("it did not subscribe again: %v", err)
							break
						}
					}
					if err := pub.Send(ctx, body(rng, i)...); err != nil {
						t.Error(err)
						break
					}
					sent = i
				}
				r.heal()
				for ctx.Err() == nil {
					pub.TrySend(end)
					select {
					case <-done:
						return
					case <-time.After(5 * time.Millisecond):
					}
				}
			})
			var l ledger
			receive(t, ctx, stop, sub, &l, nil)
			close(done)
			wg.Wait()
			l.report(t, sent, r.count(), false)
		})
	}
}

// TestCutRequests: REQ with Request: each ends, answered or given up.
func TestCutRequests(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	rep := socket(t, zmq.Rep)
	req := socket(t, zmq.Req)
	r := newRelay(t, bind(t, rep), 256<<10)
	connect(t, req, r.addr())
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test
		for m, err := range rep.Messages(ctx) {
			if err != nil {
				return
			}
			if err := rep.Send(ctx, m.Frames()...); err != nil {
				return
			}
		}
	})
	var askers sync.WaitGroup
	var mu sync.Mutex
	answered, given := 0, 0
	for i := range 8 {
		askers.Go(func() { // owned by the test
			for j := range 60 * *scale {
				one, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
				question := fmt.Sprintf("%d %d %0500d", i, j, j)
				m, err := req.Request(one, []byte(question))
				cancel()
				mu.Lock()
				if err != nil {
					given++
				} else {
					answered++
				}
				mu.Unlock()
				if err == nil && m.String() != question {
					t.Errorf("asked %.20s, was told %.20s", question, m)
				}
			}
		})
	}
	askers.Wait()
	t.Logf("%d answered and %d given up in %d cuts", answered, given, r.count())
	if answered == 0 || r.count() == 0 {
		t.Error("nothing has happened")
	}
	r.heal()
	m, err := req.Request(ctx, []byte("well?"))
	if err != nil || m.String() != "well?" {
		t.Errorf("afterwards: %q, %v", m, err)
	}
	rep.Close()
	wg.Wait()
}

package conformance

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// The sizes at which framing, copying or buffering changes.
var sizes = []int{0, 1, 255, 256, 8191, 8192, 8193, 16383, 16384, 65535, 65536, 256<<10 + 1, 1 << 20}

// filled is a frame whose every byte depends on its place and on seed.
func filled(size int, seed byte) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i) + byte(i>>8) + seed
	}
	return b
}

func same(b *bed, got zmq.Message, want [][]byte) {
	b.Helper()
	if got.Len() != len(want) {
		b.Fatalf("%d frames, want %d", got.Len(), len(want))
	}
	total := 0
	for i, f := range got.All() {
		if !bytes.Equal(f, want[i]) {
			b.Fatalf("frame %d of %d bytes differs (want %d bytes)", i, len(f), len(want[i]))
		}
		total += len(f)
	}
	if got.Size() != total {
		b.Fatalf("size %d, want %d", got.Size(), total)
	}
}

func TestFrameSizes(t *testing.T) {
	each(t, func(b *bed) {
		push, pull := b.pair(zmq.Push, zmq.Pull)
		var list [][][]byte
		for i, n := range sizes {
			list = append(list, [][]byte{filled(n, byte(i))})
			list = append(list, [][]byte{filled(n, 1), {}, filled(n, 2)})
			list = append(list, [][]byte{{}, filled(n, 3)})
		}
		list = append(list, func() (all [][]byte) {
			for i, n := range sizes {
				all = append(all, filled(n, byte(i)))
			}
			return all
		}())
		wait := b.spawn(func() {
			for _, m := range list {
				if err := push.Send(b.ctx, m...); err != nil {
					b.Error(err)
					return
				}
			}
		})
		// Kept until the end: nothing may write to what was received.
		var got []zmq.Message
		for range list {
			m, err := pull.Recv(b.ctx)
			b.ok(err)
			got = append(got, m)
		}
		wait()
		for i, m := range got {
			same(b, m, list[i])
		}
	})
}

func TestFrameCounts(t *testing.T) {
	each(t, func(b *bed) {
		dealer, addr := b.bound(zmq.Dealer)
		router := b.connected(zmq.Router, addr)
		for _, n := range []int{1, 2, 3, 15, 16, 17, 64, 100, 1000} {
			var frames [][]byte
			for i := range n {
				frames = append(frames, filled(i%7, byte(i)))
			}
			b.ok(dealer.Send(b.ctx, frames...))
			m, err := router.Recv(b.ctx)
			b.ok(err)
			same(b, m, append([][]byte{m.Frame(0)}, frames...))
			b.ok(router.Send(b.ctx, m.Frames()...))
			m, err = dealer.Recv(b.ctx)
			b.ok(err)
			same(b, m, frames)
		}
	})
}

// TestFanOutSizes sends what is shared between the queues of several peers.
func TestFanOutSizes(t *testing.T) {
	each(t, func(b *bed) {
		pub, addr := b.bound(zmq.Pub)
		var subs []*zmq.Socket
		for range 3 {
			s := b.connected(zmq.Sub, addr)
			b.ok(s.Subscribe(""))
			subs = append(subs, s)
		}
		b.ok(pub.WaitSubscribers(b.ctx, "x", 3))
		for i, n := range sizes {
			body := filled(n, byte(i))
			m := [][]byte{[]byte("x"), body, filled(n/2, 9)}
			want := [][]byte{m[0], bytes.Clone(body), m[2]}
			b.ok(pub.Send(b.ctx, m...))
			clear(body) // ours again
			for _, s := range subs {
				got, err := s.Recv(b.ctx)
				b.ok(err)
				same(b, got, want)
			}
		}
	})
}

// TestRandomMessages sends many messages of random shape through both ways of a
// connection at once.
func TestRandomMessages(t *testing.T) {
	each(t, func(b *bed) {
		x, y := b.pair(zmq.Pair, zmq.Pair, zmq.SendHWM.Of(7), zmq.RecvHWM.Of(3))
		const n = 600
		make1 := func(seed uint64) func() [][]byte {
			r := rand.New(rand.NewPCG(seed, 1))
			return func() [][]byte {
				var m [][]byte
				for range 1 + r.IntN(5) {
					size := r.IntN(1 << r.IntN(15))
					m = append(m, filled(size, byte(r.Uint32())))
				}
				return m
			}
		}
		way := func(from, to *zmq.Socket, seed uint64) {
			b.spawn(func() {
				next := make1(seed)
				for range n {
					m := next()
					if err := from.Send(b.ctx, m...); err != nil {
						b.Error(err)
						return
					}
					for _, f := range m {
						clear(f)
					}
				}
			})
			b.spawn(func() {
				next := make1(seed)
				for i := range n {
					m, err := to.Recv(b.ctx)
					if err != nil {
						b.Error(err)
						return
					}
					if want := next(); !slices.EqualFunc(m.Frames(), want, bytes.Equal) {
						b.Errorf("message %d differs", i)
						return
					}
				}
			})
		}
		way(x, y, 1)
		way(y, x, 2)
	})
}

func TestNoFrames(t *testing.T) {
	b := lay(t, "inproc")
	for _, k := range []zmq.Type{zmq.Push, zmq.Pub, zmq.Router, zmq.Pair, zmq.Stream} {
		s := b.socket(k)
		b.is(s.Send(b.ctx), zmq.ErrInvalid)
		_, err := s.TrySend()
		b.is(err, zmq.ErrInvalid)
	}
	_, err := b.socket(zmq.Req).Request(b.ctx)
	b.is(err, zmq.ErrInvalid)
}

// TestMessage is the value itself.
func TestMessage(t *testing.T) {
	b := lay(t, "inproc")
	var none zmq.Message
	if none.Len() != 0 || none.Frames() != nil || none.Size() != 0 || none.Clone().Len() != 0 || string(none.Bytes()) != "" || none.Last() != nil {
		t.Error("the zero message is not empty")
	}
	x, y := b.pair(zmq.Pair, zmq.Pair)
	b.send(x, "one", "", "three")
	m, err := y.Recv(b.ctx)
	b.ok(err)
	c := m.Clone()
	if string(m.Bytes()) != "one" || string(m.Last()) != "three" || len(m.Frame(1)) != 0 || m.Size() != 8 {
		t.Errorf("received %q", text(m))
	}
	clear(c.Bytes())
	if fmt.Sprint(text(m)) != "[one  three]" {
		t.Error("a clone shares its bytes")
	}
	b.send(x, "solo")
	m, err = y.Recv(b.ctx)
	b.ok(err)
	if m.Len() != 1 || string(m.Last()) != "solo" {
		t.Errorf("received %q", text(m))
	}
	// A slice of a chunk must not let its holder write on into the next frame.
	if f := m.Bytes(); cap(f) != len(f) {
		t.Errorf("a frame of %d bytes has room for %d", len(f), cap(f))
	}
}

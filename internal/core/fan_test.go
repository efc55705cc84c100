package core

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// What goes to all subscribers is put into wire form once; nevertheless each gets
// what it wants, in order and intact, whether that is large or small, over tcp or
// inproc, and however far the others are behind.
func TestFanOutIntact(t *testing.T) {
	const count = 6000
	b := newBench(t)
	pub := b.socket(opt.TypeXPub)
	b.ok(pub.Set(opt.ByName("XPUB_NODROP"), true))
	b.ok(pub.Set(opt.ByName("SNDHWM"), 100))
	addrs := []string{b.bind(pub), "inproc://fan"}
	_, err := pub.Bind(addrs[1])
	b.ok(err)
	topics := [][]string{{""}, {"a"}, {"a", "b"}, {""}, {"c", "a"}}
	var subs []*Socket
	for i, all := range topics {
		s := b.socket(opt.TypeSub)
		for _, topic := range all {
			b.ok(s.Subscribe([]byte(topic)))
		}
		b.ok(s.Connect(addrs[i/4]))
		subs = append(subs, s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	b.ok(pub.WaitSubscribers(ctx, []byte("a"), len(subs)))

	// Message i: its topic, its number, and bytes that depend on that.
	frames := func(i int) [][]byte {
		rnd := rand.New(rand.NewPCG(uint64(i), 7))
		topic := "a"
		if i%1000 > 600 {
			topic = string("abcd"[rnd.IntN(4)])
		}
		size := rnd.IntN(300)
		switch rnd.IntN(40) {
		case 0:
			size = rnd.IntN(40_000)
		case 1:
			size = 15_000 + rnd.IntN(3000)
		}
		all := [][]byte{fmt.Appendf(nil, "%s%d", topic, i)}
		for range rnd.IntN(3) {
			all = append(all, bytes.Repeat([]byte{byte(i)}, size))
		}
		return all
	}
	var work sync.WaitGroup
	for n, s := range subs {
		work.Go(func() {
			for i := range count {
				want := frames(i)
				wanted := false
				for _, topic := range topics[n] {
					wanted = wanted || bytes.HasPrefix(want[0], []byte(topic))
				}
				if !wanted {
					continue
				}
				if i%2000 == 1000*(n%2) {
					time.Sleep(20 * time.Millisecond)
				}
				r, err := s.Recv(ctx, false)
				if err != nil {
					t.Errorf("subscriber %d, message %d: %v", n, i, err)
					return
				}
				if got := r.Frames(); !equal(got, want) {
					t.Errorf("subscriber %d: %.20q of %d frames in place of %.20q of %d", n, got[0], len(got), want[0], len(want))
					cancel()
					return
				}
				if c := r.Chunk(); c != nil && i%3 > 0 {
					c.Release()
				}
			}
		})
	}
	for i := range count {
		if err := pub.Send(ctx, frames(i), false); err != nil {
			t.Error(err)
			break
		}
	}
	work.Wait()
}

func equal(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

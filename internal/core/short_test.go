package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// text is the next message, which is there already.
func (b *bench) text(s *Socket) string {
	b.Helper()
	r, err := s.Recv(context.Background(), true)
	b.ok(err)
	return string(r.First)
}

func (b *bench) send(s *Socket, text string) {
	b.Helper()
	b.ok(s.Send(context.Background(), [][]byte{[]byte(text)}, true))
}

// Messages that find everything ready take the short way, whatever call sends or
// receives them, and nothing else does.
func TestShortWay(t *testing.T) {
	for _, c := range []struct{ from, to int }{
		{opt.TypePush, opt.TypePull}, {opt.TypePair, opt.TypePair}, {opt.TypeDealer, opt.TypeDealer},
		{opt.TypePub, opt.TypeSub}, {opt.TypeXPub, opt.TypeXSub}, {opt.TypeRouter, opt.TypeDealer},
	} {
		b := newBench(t)
		from, to := b.socket(c.from), b.socket(c.to)
		_, err := from.Bind("inproc://x")
		b.ok(err)
		switch c.to {
		case opt.TypeSub:
			b.ok(to.Subscribe(nil))
		case opt.TypeXSub:
			b.ok(to.Send(context.Background(), [][]byte{{1}}, false))
		}
		b.ok(to.Set(opt.ByName("ROUTING_ID"), []byte("r")))
		b.ok(to.Connect("inproc://x"))
		for range 2 {
			if c.from != opt.TypeRouter {
				b.send(from, "one")
			} else {
				b.ok(from.Send(context.Background(), [][]byte{[]byte("r"), []byte("one")}, true))
			}
			b.text(to)
		}
		if c.from == opt.TypeRouter {
			if from.outPart.plain {
				t.Error("ROUTER has no messages of one frame")
			}
			continue
		}
		out, in := &outs{Out: from.to}, &ins{In: to.from}
		from.to, to.from = out, in
		for range 9 {
			b.send(from, "one")
		}
		b.ok(from.Send(context.Background(), [][]byte{[]byte("one"), []byte("two")}, true))
		_, err = from.SendMany(context.Background(), [][]byte{{1}, {2}, make([]byte, 20_000)}, true)
		b.ok(err)
		b.ok(from.SendPart(context.Background(), []byte("part"), nil, false, true))
		if sent := 14; sent-out.n < 11 {
			t.Errorf("%s asked for the route of %d messages out of %d", from.row.Name, out.n, sent)
		}
		for range 8 {
			b.text(to)
		}
		var p Part
		b.ok(to.RecvPart(context.Background(), true, &p))
		if got := len(b.next(to)); got != 2 {
			t.Errorf("%d frames", got)
		}
		n, err := to.RecvMany(context.Background(), true, 10, func(Received) {})
		if n != 4 || err != nil {
			t.Error(n, err)
		}
		// The first was taken the long way, and the last of a run is.
		if received := 14; received-in.n < 8 {
			t.Errorf("%s asked for the source of %d messages out of %d", to.row.Name, in.n, received)
		}
	}
}

type outs struct {
	pattern.Out
	n int
}

func (o *outs) Pick(first []byte) (*pattern.Route, error) {
	o.n++
	return o.Out.Pick(first)
}

type ins struct {
	pattern.In
	n int
}

func (i *ins) Pick() (pattern.Source, error) {
	i.n++
	return i.In.Pick()
}

// Each peer has its turn the short way too.
func TestShortReceiverSharesAgain(t *testing.T) {
	b := newBench(t)
	pull, first, second := b.socket(opt.TypePull), b.socket(opt.TypePush), b.socket(opt.TypePush)
	_, err := pull.Bind("inproc://x")
	b.ok(err)
	b.ok(first.Connect("inproc://x"))
	for i := range 400 {
		b.send(first, fmt.Sprint(i))
	}
	for i := range 10 {
		if got := b.text(pull); got != fmt.Sprint(i) {
			t.Fatalf("%s is message %d", got, i)
		}
	}
	b.ok(second.Connect("inproc://x"))
	for range 20 {
		b.send(second, "second")
	}
	seconds := 0
	for range 42 {
		if b.text(pull) == "second" {
			seconds++
		}
	}
	if seconds != 20 {
		t.Errorf("%d of 20 when each had its turn", seconds)
	}
}

// A sender with one peer shares out when there is another one.
func TestShortSenderSharesOut(t *testing.T) {
	b := newBench(t)
	push, first, second := b.socket(opt.TypePush), b.socket(opt.TypePull), b.socket(opt.TypePull)
	_, err := push.Bind("inproc://x")
	b.ok(err)
	b.ok(first.Connect("inproc://x"))
	for range 10 {
		b.send(push, "x")
	}
	b.ok(second.Connect("inproc://x"))
	for range 20 {
		b.send(push, "x")
	}
	for i := range 10 {
		if got := b.text(second); got != "x" {
			t.Fatalf("%q is message %d", got, i)
		}
	}
	b.closed(second)
	for range 30 {
		b.send(push, "y")
	}
	for range 20 {
		b.text(first)
	}
	for range 30 {
		if got := b.text(first); got != "y" {
			t.Fatalf("%q", got)
		}
	}
}

// What a SUB does not want it does not get the short way either, and what it has
// read ahead comes first.
func TestShortFilter(t *testing.T) {
	b := newBench(t)
	sub := b.socket(opt.TypeSub)
	b.ok(sub.Subscribe([]byte("a")))
	addr := strings.TrimPrefix(b.bind(sub), "tcp://")
	p, err := testutil.Dial(addr, "PUB")
	b.ok(err)
	defer p.Close()
	for i := range 100 {
		b.ok(p.Send(fmt.Appendf(nil, "a%d", i)))
		b.ok(p.Send(fmt.Appendf(nil, "b%d", i)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	for i := range 90 {
		if i%7 == 3 {
			sub.Ready()
		}
		if i == 50 {
			b.ok(sub.Subscribe([]byte("b9")))
		}
		r, err := sub.Recv(ctx, false)
		b.ok(err)
		if got := string(r.First); got != fmt.Sprint("a", i) {
			t.Fatalf("%q is message %d", got, i)
		}
	}
	var got []string
	for len(got) < 20 {
		_, err := sub.RecvMany(ctx, false, 20-len(got), func(r Received) { got = append(got, string(r.First)) })
		b.ok(err)
	}
	for i := range 10 {
		if want := []string{fmt.Sprint("a", 90+i), fmt.Sprint("b", 90+i)}; !slices.Equal(got[2*i:2*i+2], want) {
			t.Errorf("%q; want %q", got[2*i:2*i+2], want)
		}
	}
}

// Messages of one frame and of several, received whole and in parts, in order.
func TestShortAndParts(t *testing.T) {
	b := newBench(t)
	a, z := b.socket(opt.TypePair), b.socket(opt.TypePair)
	_, err := a.Bind("inproc://x")
	b.ok(err)
	b.ok(z.Connect("inproc://x"))
	ctx := context.Background()
	for i := range 100 {
		switch {
		case i%10 == 9:
			b.ok(a.Send(ctx, [][]byte{[]byte("first"), []byte("second")}, true))
		case i%2 == 0:
			b.ok(a.SendPart(ctx, fmt.Append(nil, i), nil, false, true))
		default:
			b.ok(a.Send(ctx, [][]byte{fmt.Append(nil, i)}, true))
		}
	}
	part := func() (string, bool) {
		var p Part
		b.ok(z.RecvPart(ctx, true, &p))
		if p.More != z.RcvMore() {
			t.Error("RCVMORE")
		}
		p.Release()
		return string(p.Data), p.More
	}
	for i := range 100 {
		if i%10 == 9 {
			one, more := part()
			two, last := part()
			if one != "first" || two != "second" || !more || last {
				t.Fatal(one, more, two, last)
			}
			continue
		}
		got := ""
		if i%3 == 0 {
			got = b.text(z)
		} else {
			got, _ = part()
		}
		if got != fmt.Sprint(i) {
			t.Fatalf("%q is message %d", got, i)
		}
	}
	b.closed(z)
	_, err = z.Recv(ctx, true)
	b.wants(err, errno.ENOTSOCK)
	_, err = z.RecvMany(ctx, true, 1, nil)
	b.wants(err, errno.ENOTSOCK)
}

// SendMany waits for room in the middle, and says how far it got.
func TestSendManyStops(t *testing.T) {
	b := newBench(t)
	push, pull := b.socket(opt.TypePush), b.socket(opt.TypePull)
	b.ok(push.Set(opt.ByName("SNDHWM"), 5))
	b.ok(pull.Set(opt.ByName("RCVHWM"), 5))
	_, err := push.Bind("inproc://x")
	b.ok(err)
	b.ok(pull.Connect("inproc://x"))
	msgs := make([][]byte, 30)
	for i := range msgs {
		msgs[i] = fmt.Append(nil, i)
	}
	n, err := push.SendMany(context.Background(), msgs, true)
	b.wants(err, errno.EAGAIN)
	if n != 10 {
		t.Errorf("%d of 10", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if n, err := push.SendMany(ctx, msgs[n:], false); n != 0 || err != context.Canceled {
		t.Error(n, err)
	}
	done := make(chan error)
	go func() { // ends when all is received
		_, err := push.SendMany(context.Background(), msgs[n:], false)
		done <- err
	}()
	for at := 0; at < len(msgs); {
		_, err := pull.RecvMany(t.Context(), false, 7, func(r Received) {
			if string(r.First) != fmt.Sprint(at) {
				t.Errorf("%q is message %d", r.First, at)
			}
			at++
		})
		b.ok(err)
	}
	b.ok(<-done)
}

// However many send and receive, by whatever calls, while peers come and go,
// each message arrives once.
func TestShortCrowd(t *testing.T) {
	const each, senders = 3000, 3
	b := newBench(t)
	pull := b.socket(opt.TypePull)
	addr := b.bind(pull)
	ctx, cancel := context.WithTimeout(context.Background(), testutil.Patience)
	defer cancel()
	var work sync.WaitGroup
	for n := range senders {
		work.Go(func() {
			push, err := NewSocket(b.ctx, opt.TypePush)
			if err == nil {
				err = push.Connect(addr)
			}
			if err != nil {
				t.Error(err)
				return
			}
			var many [][]byte
			for i := range each {
				m := binary.BigEndian.AppendUint32(nil, uint32(n*each+i))
				if i%500 < 250 {
					if many = append(many, m); len(many) == 50 {
						if _, err := push.SendMany(ctx, many, false); err != nil {
							t.Error(err)
						}
						many = nil
					}
				} else if err := push.Send(ctx, [][]byte{m}, false); err != nil {
					t.Error(err)
				}
			}
			push.StartClose()
			<-push.Finished()
		})
	}
	var mu sync.Mutex
	seen := make([]int, each*senders)
	left := len(seen)
	done, stop := context.WithCancel(ctx)
	defer stop()
	take := func(r Received) {
		mu.Lock()
		defer mu.Unlock()
		seen[binary.BigEndian.Uint32(r.First)]++
		if left--; left == 0 {
			stop()
		}
	}
	for n := range 3 {
		work.Go(func() {
			for done.Err() == nil {
				switch n {
				case 0:
					pull.RecvMany(done, false, 20, take)
				case 1:
					if in, _, _ := pull.Ready(); in {
						pull.RecvMany(done, true, 5, take)
					}
				default:
					if r, err := pull.Recv(done, false); err == nil {
						take(r)
					}
				}
			}
		})
	}
	work.Wait()
	for i, n := range seen {
		if n != 1 {
			t.Fatalf("message %d came %d times", i, n)
		}
	}
}

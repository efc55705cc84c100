package core

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// a testRing is a SendRing with a mutex in place of what a face would do.
type testRing struct {
	mu    sync.Mutex
	grant int
	wire  []byte
	msgs  int
	fed   int
}

func (f *testRing) Take() ([]byte, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wire, msgs := f.wire, f.msgs
	f.wire, f.msgs, f.grant = nil, 0, 0
	return wire, msgs
}

func (f *testRing) Credit(msgs int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.grant = msgs
}

func (f *testRing) put(body []byte) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.grant == 0 {
		return false
	}
	f.grant--
	f.wire = zmtp.AppendFrame(f.wire, 0, body)
	f.msgs++
	f.fed++
	return true
}

// over tcp, with a send ring on the sender.
func fed(t *testing.T, typ, peer int) (from, to *Socket, f *testRing) {
	t.Helper()
	ctx := NewContext()
	t.Cleanup(func() { ctx.Close(context.Background()) })
	from, _ = NewSocket(ctx, typ)
	to, _ = NewSocket(ctx, peer)
	addr, err := to.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	if err := from.Connect(addr); err != nil {
		t.Fatal(err)
	}
	f = new(testRing)
	if !from.SetSendRing(f) {
		t.Fatal("no send ring for this type")
	}
	return from, to, f
}

func number(i int) []byte { return binary.BigEndian.AppendUint32(make([]byte, i%100), uint32(i)) }

// What goes by the send ring and what does not stays in order, and none is held
// back.
func TestSendRingInOrder(t *testing.T) {
	const many = 20000
	from, to, f := fed(t, opt.TypePush, opt.TypePull)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range many {
			if i%1000 < 3 {
				time.Sleep(time.Millisecond) // the engine falls asleep
			}
			if !f.put(number(i)) {
				if err := from.SendPart(t.Context(), number(i), nil, false, false); err != nil {
					t.Error(err)
				}
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
	defer cancel()
	for i := range many {
		var p Part
		if err := to.RecvPart(ctx, false, &p); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		if got := binary.BigEndian.Uint32(p.Data[len(p.Data)-4:]); int(got) != i {
			t.Fatalf("message %d came in the place of %d", got, i)
		}
		p.Release()
	}
	wg.Wait()
	t.Logf("%d of %d by the send ring", f.fed, many)
	if f.fed == 0 {
		t.Error("nothing was ever granted")
	}
}

// What was granted is sent, closing included, and one that has no room any more
// goes before all else.
func TestSendRingEnds(t *testing.T) {
	from, to, f := fed(t, opt.TypeDealer, opt.TypeDealer)
	ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
	defer cancel()
	n := 0
	for f.fed < 10 {
		if !f.put([]byte("x")) {
			if err := from.SendPart(ctx, []byte("x"), nil, false, false); err != nil {
				t.Fatal(err)
			}
		}
		n++
	}
	from.SetSendRing(nil)
	from.StartClose()
	for range n {
		var p Part
		if err := to.RecvPart(ctx, false, &p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSendRingStuck(t *testing.T) {
	ctx := NewContext()
	defer ctx.Close(context.Background())
	from, _ := NewSocket(ctx, opt.TypePush)
	f := new(testRing)
	from.SetSendRing(f)
	f.Credit(2) // as if a peer had been there
	f.put([]byte("1"))
	f.put([]byte("2"))
	if err := from.SendPart(t.Context(), []byte("3"), nil, false, true); err != errno.EAGAIN {
		t.Errorf("nobody is there: %v", err)
	}
	if f.put([]byte("3")) {
		t.Error("granted although some wait")
	}
	to, _ := NewSocket(ctx, opt.TypePull)
	if _, err := to.Bind("inproc://stuck"); err != nil {
		t.Fatal(err)
	}
	if err := from.Connect("inproc://stuck"); err != nil {
		t.Fatal(err)
	}
	if err := from.SendPart(t.Context(), []byte("3"), nil, false, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1", "2", "3"} {
		var p Part
		if err := to.RecvPart(t.Context(), true, &p); err != nil || string(p.Data) != want {
			t.Errorf("%q, %v; not %s", p.Data, err, want)
		}
	}
	from.SetSendRing(nil)
	rep, _ := NewSocket(ctx, opt.TypeRep)
	if rep.SetSendRing(f) {
		t.Error("a REP with a send ring")
	}
}

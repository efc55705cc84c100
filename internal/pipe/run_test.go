package pipe

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// What RecvMany gives and leaves, Recv would have given, credit included.
func TestRecvMany(t *testing.T) {
	var a, b watch
	near, far := New(&a, &b, Marks{Recv: 100}, true)
	chunk := msg.NewChunk(16 << 10)
	var want []string
	wire := chunk.B[:0]
	msgs := 0
	for i := range 60 {
		body := bytes.Repeat([]byte{byte('a' + i%26)}, i*7)
		want = append(want, string(body))
		if i%9 == 8 {
			wire = zmtp.AppendFrame(wire, zmtp.FlagMore, []byte("more"))
		}
		wire = zmtp.AppendFrame(wire, 0, body)
		msgs++
	}
	var r Run
	r.Add(wire, msgs, chunk)
	chunk.Release()
	if !far.Publish(&r) {
		t.Fatal("closed")
	}
	var got []string
	var m msg.Message
	for step := 1; near.Recv(&m); step++ {
		got = append(got, string(m.Frames[len(m.Frames)-1]))
		m.Chunk.Release()
		m.Reset()
		n := near.RecvMany(step, false, func(frame []byte, _ *msg.Chunk) bool {
			got = append(got, string(frame))
			return len(got)%17 != 0
		})
		if n > step {
			t.Errorf("%d of %d", n, step)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d messages, not those %d", len(got), len(want))
	}
	if left := near.in.q.under().msgs; left != 10 {
		t.Errorf("%d of 60 messages are not credited, with a low mark of 50", left)
	}
	for range 2000 { // the chunk has come back, and only once
		c := msg.NewChunk(16 << 10)
		if c == chunk {
			return
		}
		defer c.Release()
	}
	t.Log("the chunk did not come back, which the pool may do")
}

func TestSendRun(t *testing.T) {
	var a, b watch
	near, far := New(&a, &b, Marks{Send: 10}, true)
	var batch Batch
	if near.Grant() != 0 {
		t.Error("granted although the engine sleeps")
	}
	near.Send(&msg.Message{Frames: [][]byte{[]byte("1")}})
	if n := near.Grant(); n != 9 {
		t.Errorf("%d granted, not 9", n)
	}
	wire := zmtp.AppendFrame(nil, 0, []byte("x"))
	for i := range 10 {
		if ok := near.SendRun(Messages{Wire: wire, N: 1}); ok != (i < 9) {
			t.Errorf("message %d: %v", i, ok)
		}
	}
	if near.SendRun(Messages{Wire: bytes.Repeat(wire, 10), N: 10}) {
		t.Error("beyond the mark")
	}
	far.TakeBatch(&batch, 1<<20) // by way of Flush, which the owner passes on
	near.Flush()
	more := Batch{}
	far.TakeBatch(&more, 1<<20)
	if n := batch.Msgs + more.Msgs; n != 10 {
		t.Errorf("%d messages, not 10", n)
	}
	near.CloseOut()
	if near.SendRun(Messages{Wire: wire, N: 1}) || near.Grant() != 0 {
		t.Error("after the end")
	}
}

// Credit for bytes comes as soon as it is due, whatever way messages are received.
func TestByteCreditOfAllWays(t *testing.T) {
	p := newPair(t, Marks{SendBytes: 10_000}, false)
	p.b.SetPeer(new(msg.Peer))
	frame := make([]byte, 998)
	for round := range 6 {
		n := 0
		for p.a.Put(frame) || p.a.Send(&msg.Message{Frames: [][]byte{frame}}) {
			n++
		}
		if n != 10 {
			t.Fatalf("%d of 10 in round %d", n, round)
		}
		for n > 0 {
			switch {
			case round%3 == 1:
				if _, chunk := p.b.Next(); chunk != nil {
					n--
					continue
				}
			case round%3 == 2:
				if k := p.b.RecvMany(3, true, func([]byte, *msg.Chunk) bool { return true }); k > 0 {
					n -= k
					continue
				}
			}
			if _, ok := p.recv(); !ok {
				t.Fatalf("%d are missing", n)
			}
			n--
		}
	}
}

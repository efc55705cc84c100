package pipe

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// watch is an Owner that counts its wake-ups.
type watch struct{ in, out atomic.Int32 }

func (w *watch) Wake(_ *End, ev Event) {
	if ev == In {
		w.in.Add(1)
	} else {
		w.out.Add(1)
	}
}

func (w *watch) Flush(e *End) { e.Flush() }

// woken checks how often w was woken since the last look.
func (w *watch) woken(t *testing.T, in, out int32) {
	t.Helper()
	if i, o := w.in.Swap(0), w.out.Swap(0); i != in || o != out {
		t.Errorf("woken %d times for input and %d for room; want %d and %d", i, o, in, out)
	}
}

// pair is a pipe between a socket (a) and an engine or another socket (b).
type pair struct {
	t      *testing.T
	a, b   *End
	wa, wb watch
}

func newPair(t *testing.T, m Marks, recycle bool) *pair {
	p := &pair{t: t}
	p.a, p.b = New(&p.wa, &p.wb, m, recycle)
	return p
}

func message(frames ...string) *msg.Message {
	m := &msg.Message{}
	for _, f := range frames {
		m.Frames = append(m.Frames, []byte(f))
	}
	return m
}

// numbered is a one-frame message.
func numbered(i int) *msg.Message { return message(fmt.Sprint("m", i)) }

// fill sends until there is no room and returns how many went.
func (p *pair) fill() int {
	n := 0
	for p.a.Send(numbered(n)) {
		if n++; n > 1<<16 {
			p.t.Fatal("no bound")
		}
	}
	return n
}

// text is a message in one string, its frames divided by a bar.
func text(m *msg.Message) string {
	return string(bytes.Join(m.Frames, []byte("|")))
}

func (p *pair) recv() (string, bool) {
	var m msg.Message
	if !p.b.Recv(&m) {
		return "", false
	}
	return text(&m), true
}

func (p *pair) wantRecv(want ...string) {
	p.t.Helper()
	for _, w := range want {
		got, ok := p.recv()
		if !ok || got != w {
			p.t.Fatalf("received %.60q, %v; want %.60q", got, ok, w)
		}
	}
}

func (p *pair) wantNone() {
	p.t.Helper()
	if got, ok := p.recv(); ok {
		p.t.Fatalf("received %.60q; want nothing", got)
	}
}

// texts are the messages of a batch.
func texts(b *Batch) []string {
	var list []string
	var m msg.Message
	b.Frames(func(flags byte, body []byte) {
		m.Frames = append(m.Frames, body)
		if flags&zmtp.FlagMore == 0 {
			list = append(list, text(&m))
			m.Reset()
		}
	})
	if len(m.Frames) > 0 {
		list = append(list, "unfinished: "+text(&m))
	}
	return list
}

// run makes what an engine's reader publishes: whole messages, one segment each.
func run(msgs ...*msg.Message) *Run {
	r := &Run{}
	for _, m := range msgs {
		r.Add(encode(nil, m), 1, nil)
	}
	return r
}

func encode(dst []byte, m *msg.Message) []byte {
	for i, f := range m.Frames {
		var flags byte
		if i < len(m.Frames)-1 {
			flags = zmtp.FlagMore
		}
		dst = zmtp.AppendFrame(dst, flags, f)
	}
	return dst
}

func big(n int, c string) string { return strings.Repeat(c, n) }

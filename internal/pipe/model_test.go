package pipe

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// model is what a pipe one way ought to do, as a slice of messages.
type model struct {
	t       *testing.T
	p       *pair
	rnd     *rand.Rand
	queued  []string // sent and not received
	count   int      // what is counted against the mark
	owed    int      // received and not credited
	hand    int      // of them, what an engine may not have written yet
	hwm     int
	next    int
	recycle bool
	shared  Writer
}

// TestModel drives a pipe at random, one call at a time, against the model.
func TestModel(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		m := &model{t: t, rnd: rnd, hwm: rnd.IntN(12), recycle: seed%2 == 0}
		m.p = newPair(t, Marks{Send: m.hwm}, m.recycle)
		m.p.b.SetPeer(new(msg.Peer))
		for range 300 {
			m.step()
			m.depth()
		}
		m.drain()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// depth holds what is told of the queue against what is in it, whatever was
// credited (fault B10).
func (m *model) depth() {
	d := m.p.a.Depth()
	waits, bytes := d.SendMsgs, d.SendBytes
	if !m.recycle {
		msgs, size := m.p.b.Taken()
		waits, bytes = int(d.Sent-msgs), int(d.SentBytes-size)
		if far := m.p.b.Depth(); far.RecvMsgs != waits || far.RecvBytes != bytes {
			m.t.Errorf("%d messages and %d bytes wait to be received, and %d and %d were sent", far.RecvMsgs, far.RecvBytes, waits, bytes)
		}
	}
	if want := len(m.queued) + m.hand; waits != want || (bytes == 0) != (want == 0) {
		m.t.Errorf("%d messages, %d bytes wait; want %d", waits, bytes, want)
	}
}

func (m *model) message() *msg.Message {
	m.next++
	c := string(rune('a' + m.next%26))
	out := message(c)
	for m.rnd.IntN(3) == 0 {
		n := m.rnd.IntN(300)
		switch m.rnd.IntN(12) {
		case 0:
			n = msg.LargeFrame - 2 + m.rnd.IntN(4)
		case 1:
			n = m.rnd.IntN(30_000)
		}
		out.Frames = append(out.Frames, []byte(strings.Repeat(c, n)))
	}
	return out
}

func (m *model) step() {
	switch op := m.rnd.IntN(20); {
	case op == 9:
		m.putMany()
	case op < 9:
		m.send(op == 0)
	case op == 10:
		want := m.hwm == 0 || m.count < m.hwm
		if got := m.p.a.CanSend(); got != want {
			m.t.Errorf("CanSend: %v with %d of %d", got, m.count, m.hwm)
		}
	case op == 11 && m.rnd.IntN(4) == 0 && m.recycle:
		m.hwm = m.rnd.IntN(12)
		m.p.a.SetMarks(Marks{Send: m.hwm})
		m.credit(0)
	case op == 12 && m.rnd.IntN(4) == 0 && m.recycle:
		if n := m.p.a.DropOutput(); n != len(m.queued) {
			m.t.Errorf("dropped %d of %d", n, len(m.queued))
		}
		m.count -= len(m.queued)
		m.queued = nil
	case op == 13 && m.recycle:
		m.withdraw()
	case m.recycle:
		m.take()
	default:
		m.receive(m.rnd.IntN(4))
	}
}

// withdraw takes back a message, most often one that is there.
func (m *model) withdraw() {
	first := "none"
	if len(m.queued) > 0 && m.rnd.IntN(8) > 0 {
		first, _, _ = strings.Cut(m.queued[m.rnd.IntN(len(m.queued))], "|")
	}
	at := slices.IndexFunc(m.queued, func(s string) bool { got, _, _ := strings.Cut(s, "|"); return got == first })
	if got := m.p.a.Withdraw([]byte(first)); got != (at >= 0) {
		m.t.Errorf("withdrew %q: %v, and it is number %d", first, got, at)
	}
	if at >= 0 {
		m.queued = slices.Delete(m.queued, at, at+1)
		m.count--
	}
}

func (m *model) send(force bool) {
	out := m.message()
	want := force || m.hwm == 0 || m.count < m.hwm
	got := false
	switch {
	case force:
		got = m.p.a.SendForce(out)
	case m.next%40 < 20 && m.rnd.IntN(8) > 0 && m.shared.Put(out):
		got = m.p.a.SendShared(out, &m.shared)
	default:
		if m.next%40 < 20 {
			m.shared.Put(message("others")) // which this peer does not get
		}
		got = m.p.a.Send(out)
	}
	if got != want {
		m.t.Errorf("sent: %v with %d of %d", got, m.count, m.hwm)
	}
	if got {
		m.queued = append(m.queued, text(out))
		m.count++
	}
}

// putMany sends as many of some messages as there is room for, at once.
func (m *model) putMany() {
	var all [][]byte
	for range m.rnd.IntN(20) {
		m.next++
		all = append(all, []byte(strings.Repeat(string(rune('a'+m.next%26)), m.rnd.IntN(300))))
	}
	n := m.p.a.PutMany(all)
	if m.hwm > 0 && n > max(m.hwm-m.count, 0) {
		m.t.Errorf("sent %d with %d of %d", n, m.count, m.hwm)
	}
	for _, f := range all[:n] {
		m.queued = append(m.queued, string(f))
	}
	m.count += n
}

// credit notes that n messages were consumed.
func (m *model) credit(n int) {
	m.owed += n
	lwm := (m.hwm + 1) / 2
	if m.hwm == 0 {
		lwm = 512
	}
	give := m.owed - m.owed%lwm
	m.owed -= give
	m.count -= give
}

func (m *model) take() {
	var b Batch
	any, _ := m.p.b.TakeBatch(&b, 1+m.rnd.IntN(40_000))
	if any != (len(m.queued) > 0) {
		m.t.Errorf("took something: %v of %d", any, len(m.queued))
	}
	got := texts(&b)
	if len(got) != b.Msgs || any && len(got) == 0 {
		m.t.Errorf("a batch of %d counts %d", len(got), b.Msgs)
	}
	m.compare(got)
	m.credit(len(got))
	m.hand = len(got)
	if m.rnd.IntN(5) == 0 {
		m.hand = 0
		n := m.rnd.IntN(len(got) + 1)
		m.p.b.Unread(&b, n)
		m.queued = append(append([]string{}, got[n:]...), m.queued...)
		m.count += len(got) - n
		return
	}
	b.Free()
}

func (m *model) receive(n int) {
	var many []string
	hold, stop := m.rnd.IntN(2) == 0, m.rnd.IntN(5)
	k := m.p.b.RecvMany(m.rnd.IntN(4), hold, func(frame []byte, chunk *msg.Chunk) bool {
		many = append(many, string(frame))
		if hold {
			chunk.Release()
		}
		return len(many) != stop
	})
	if k != len(many) {
		m.t.Errorf("%d are %d", k, len(many))
	}
	m.compare(many)
	for range many {
		m.credit(1)
	}
	for range n {
		if got, want := m.p.b.CanRecv(), len(m.queued) > 0; got != want {
			m.t.Errorf("CanRecv: %v of %d", got, len(m.queued))
		}
		switch first := m.p.b.First(); {
		case len(m.queued) == 0 && first != nil:
			m.t.Errorf("First: %.80q of none", first)
		case len(m.queued) > 0 && string(first) != strings.Split(m.queued[0], "|")[0]:
			m.t.Errorf("First: %.80q of %.80q", first, m.queued[0])
		}
		got, ok := m.p.recv()
		if ok != (len(m.queued) > 0) {
			m.t.Errorf("received: %v of %d", ok, len(m.queued))
		}
		if !ok {
			m.credit(0)
			return
		}
		m.compare([]string{got})
		m.credit(1)
	}
}

func (m *model) compare(got []string) {
	for i, g := range got {
		if i >= len(m.queued) || g != m.queued[i] {
			m.t.Fatalf("message %d of a batch is %.80q", i, g)
		}
	}
	m.queued = m.queued[len(got):]
}

func (m *model) drain() {
	for len(m.queued) > 0 && !m.t.Failed() {
		if m.recycle {
			m.take()
		} else {
			m.receive(10)
		}
	}
	m.p.a.CloseOut()
	if m.recycle {
		if any, done := m.p.b.TakeBatch(&Batch{}, 1); any || !done {
			m.t.Errorf("any %v, done %v at the end", any, done)
		}
	} else if m.p.b.CanRecv() || !m.p.b.Ended() {
		m.t.Error("not ended")
	}
}

// bell is an Owner that a goroutine can wait for, with a send lock as a socket
// has it.
type bell struct {
	in, out chan struct{}
	mu      sync.Mutex
	asked   atomic.Bool
}

func newBell() *bell {
	return &bell{in: make(chan struct{}, 1), out: make(chan struct{}, 1)}
}

func (b *bell) Flush(e *End) {
	b.asked.Store(true)
	b.answer(e)
}

func (b *bell) answer(e *End) {
	for b.asked.Load() && b.mu.TryLock() {
		b.asked.Store(false)
		e.Flush()
		b.mu.Unlock()
	}
}

// with calls f with the send lock.
func (b *bell) with(e *End, f func() bool) bool {
	b.mu.Lock()
	ok := f()
	b.mu.Unlock()
	b.answer(e)
	return ok
}

func (b *bell) Wake(_ *End, ev Event) {
	c := b.in
	if ev == Out {
		c = b.out
	}
	select {
	case c <- struct{}{}:
	default:
	}
}

// A producer and a consumer, each waiting only when told to wait: a lost
// wake-up hangs the test. Each frame holds one byte over and over, so a buffer
// given back too soon shows.
func TestConcurrent(t *testing.T) {
	const total = 6000
	marks := []Marks{
		{}, {Send: 1, Recv: 1}, {Send: 2, Recv: 2}, {Send: 7, Recv: 7}, {Send: 1000, Recv: 1000},
		{SendBytes: 1, RecvBytes: 1}, {SendBytes: 3000, RecvBytes: 3000}, {SendBytes: 200_000, RecvBytes: 200_000},
	}
	for i, m := range marks {
		for _, mode := range []string{"socket to socket", "socket to engine", "engine to socket"} {
			wa, wb := newBell(), newBell()
			a, b := New(wa, wb, m, mode != "socket to socket")
			if mode == "engine to socket" {
				a, b, wa, wb = b, a, wb, wa
			}
			var wg sync.WaitGroup
			wg.Go(func() { produce(a, wa, total, mode == "engine to socket") })
			got := consume(t, b, wb, mode == "socket to engine")
			wg.Wait()
			if got != total {
				t.Fatalf("marks %d, %s: %d of %d", i, mode, got, total)
			}
		}
	}
}

// produce sends n patterned messages and ends.
func produce(e *End, w *bell, n int, publish bool) {
	rnd := rand.New(rand.NewPCG(1, 2))
	scratch := make([]byte, 40_000)
	var r Run
	for i := range n {
		size := rnd.IntN(600)
		if rnd.IntN(50) == 0 {
			size = rnd.IntN(40_000)
		}
		f := scratch[:size]
		for j := range f {
			f[j] = byte(i)
		}
		m := &msg.Message{Frames: [][]byte{{byte(i), byte(i >> 8)}, f}}
		if publish {
			for !e.Room() {
				<-w.out
			}
			r.Add(encode(nil, m), 1, nil)
			e.Publish(&r)
			continue
		}
		for !w.with(e, func() bool { return e.Send(m) }) {
			<-w.out
		}
	}
	w.with(e, func() bool { e.CloseOut(); return true })
}

// consume checks all that comes and returns how many messages that were.
func consume(t *testing.T, e *End, w *bell, batches bool) int {
	n := 0
	check := func(m *msg.Message) {
		if len(m.Frames) != 2 || len(m.Frames[0]) != 2 {
			t.Errorf("message %d has %d frames", n, len(m.Frames))
			return
		}
		if h := m.Frames[0]; int(h[0])|int(h[1])<<8 != n {
			t.Errorf("message %d is out of order", n)
		}
		for _, x := range m.Frames[1] {
			if x != byte(n) {
				t.Errorf("message %d was overwritten", n)
				break
			}
		}
		n++
	}
	var m msg.Message
	var b Batch
	for {
		if !batches {
			if e.Recv(&m) {
				check(&m)
			} else if e.Ended() {
				return n
			} else {
				<-w.in
			}
			continue
		}
		any, done := e.TakeBatch(&b, 1<<15)
		if done {
			return n
		}
		if !any {
			<-w.in
			continue
		}
		m.Reset()
		b.Frames(func(flags byte, body []byte) {
			m.Frames = append(m.Frames, body)
			if flags&1 == 0 {
				check(&m)
				m.Reset()
			}
		})
		b.Free()
	}
}

// Many senders and receivers behind locks, as sockets have them, while the
// marks move and snapshots are taken.
func TestConcurrentCallers(t *testing.T) {
	wa, wb := newBell(), newBell()
	a, b := New(wa, wb, Marks{Send: 10}, false)
	const senders, each = 3, 1500
	var sent, extra sync.WaitGroup
	for range senders {
		sent.Go(func() {
			for i := 0; i < each; {
				if wa.with(a, func() bool { return a.Send(numbered(i)) }) {
					i++
					continue
				}
				<-wa.out
				wa.Wake(nil, Out) // for the others
			}
		})
	}
	stop := make(chan struct{})
	extra.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			wa.with(a, func() bool {
				a.SetSendMarks(1+i%20, 0)
				a.Depth()
				a.Queued()
				return true
			})
			a.Closed()
			b.Peer()
			a.SetPeer(&msg.Peer{})
		}
	})
	var m msg.Message
	for n := 0; n < senders*each; {
		if b.Recv(&m) {
			n++
		} else {
			<-wb.in
		}
	}
	close(stop)
	sent.Wait()
	extra.Wait()
	if b.CanRecv() {
		t.Error("more than was sent")
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	if raceEnabled {
		return // sync.Pool drops at random
	}
	p := newPair(t, Marks{Send: 1000, Recv: 1000}, true)
	m := message("a small message of one frame")
	var b Batch
	send := func() {
		for range 100 {
			p.a.Send(m)
		}
		p.b.TakeBatch(&b, 1<<17)
		b.Free()
	}
	if n := testing.AllocsPerRun(200, send); n >= 1 {
		t.Errorf("Send and TakeBatch of 100 messages: %v allocations", n)
	}
	two := message("id", "a message of two frames, as a ROUTER sends it")
	if n := testing.AllocsPerRun(200, func() {
		for range 2000 {
			p.a.SendForce(two)
		}
		for any := true; any; {
			any, _ = p.b.TakeBatch(&b, 1<<17)
			b.Free()
		}
	}); n >= 1 {
		t.Errorf("Send and TakeBatch of 2000 messages of two frames: %v allocations", n)
	}
	bytes := encode(nil, m)
	var r Run
	var got msg.Message
	if n := testing.AllocsPerRun(200, func() {
		r.Add(bytes, 1, nil)
		p.b.Publish(&r)
		if !p.a.Recv(&got) {
			t.Fatal("nothing")
		}
	}); n >= 1 {
		t.Errorf("Publish and Recv: %v allocations", n)
	}
}

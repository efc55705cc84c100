package engine

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A reader whose socket is full stops reading, so that the peer is held up,
// and goes on when the socket does.
func TestBackPressure(t *testing.T) {
	for _, m := range []pipe.Marks{{Recv: 1}, {Recv: 10}, {RecvBytes: 100_000}} {
		r := start(t, config(), newSock(t, m))
		r.shake()
		const total = 15_000
		wrote := make(chan int, total)
		go func() { // ends with the connection or after the last; wrote says so
			defer close(wrote)
			for i := range total {
				if _, err := r.conn.Write(v2(0, fmt.Sprintf("%d %s", i, letters(1000)))); err != nil {
					return
				}
				wrote <- i
			}
		}()
		// The peer comes to a stop: its buffers and ours are bounded.
		last, still := -1, 0
		for still < 15 {
			time.Sleep(10 * time.Millisecond)
			n := len(wrote)
			if n == last && n > 0 {
				still++
			} else {
				last, still = n, 0
			}
		}
		if last == total {
			t.Fatal("the peer was never held up")
		}
		if d := r.depth(); d.RecvMsgs > 2000 {
			t.Errorf("%d messages taken in", d.RecvMsgs)
		}
		for i := range total {
			if got := r.recv(); !strings.HasPrefix(got, fmt.Sprint(i, " ")) {
				t.Fatalf("message %d is %.20q", i, got)
			}
		}
		for range wrote {
		}
		r.conn.Close()
		r.over()
	}
}

// An engine that waits for its socket ends with Done, or when the socket does.
func TestEndsWhileFull(t *testing.T) {
	for _, how := range []string{"done", "socket"} {
		cfg := config()
		done := make(chan struct{})
		cfg.Done = done
		r := start(t, cfg, newSock(t, pipe.Marks{Recv: 1}))
		p := r.shake()
		for range 100 {
			p.Send([]byte("x"))
		}
		if got := r.recv(); got != "x" {
			t.Fatal(got)
		}
		if how == "done" {
			close(done)
			r.wantEnd(ErrClosing, "")
			continue
		}
		r.close()
		// Nothing was sent, so the connection ends at once, unread input or not.
		if _, _, err := p.ReadFrame(); err == nil {
			t.Error("the peer saw a message")
		}
		r.conn.Close()
		r.wantEnd(ErrClosing, "")
	}
}

// A socket that closes still sends what it has queued, then its peer sees the
// end, however much that is and whatever the peer says meanwhile.
func TestClosingDrains(t *testing.T) {
	for _, transport := range []string{"tcp", "pipe"} {
		s := newSock(t, pipe.Marks{})
		var r *run
		if transport == "tcp" {
			r = start(t, config(), s)
		} else {
			near, far := net.Pipe()
			r = startOn(t, near, far, config(), s)
			far.SetDeadline(time.Now().Add(patience))
			// Nobody may write at the same time on a pipe without buffers.
			p := make(chan struct{})
			go func() { defer close(p); io.ReadFull(far, make([]byte, 10)) }() // waited for below
			far.Write(hello("DEALER")[:10])
			<-p
			go func() { far.Write(hello("DEALER")[10:]) }() // ends with far
			want := append([]byte{3}, append(ours(), ready("DEALER", "")...)...)
			r.wantBytes("answers", want)
		}
		p := r.conn
		if transport == "tcp" {
			p = r.shake()
		}
		body := letters(50_000)
		for i := range 200 {
			s.send(fmt.Sprint(i), body)
		}
		s.close()
		for i := range 200 {
			want := append(v2(1, fmt.Sprint(i)), v2(0, body)...)
			got := make([]byte, len(want))
			if transport == "tcp" && i%50 == 0 {
				p.Write(v2(0, "to nobody"))
			}
			if _, err := io.ReadFull(p, got); err != nil || string(got) != string(want) {
				t.Fatalf("%s: message %d: %v", transport, i, err)
			}
		}
		r.wantBytesEnd()
		r.conn.Close()
		r.wantEnd(ErrClosing, "") // the peer's end is an answer to ours
		if n := s.end.Queued(); n != 0 {
			t.Errorf("%d left", n)
		}
	}
}

// A peer that does not end its half after ours does not keep us.
func TestClosingIsBounded(t *testing.T) {
	was := goodbye
	goodbye = 100 * time.Millisecond
	defer func() { goodbye = was }()
	r := start(t, config(), newSock(t, pipe.Marks{}))
	r.shake()
	r.close()
	r.wantEnd(ErrClosing, "")
}

// A connection that breaks at any byte of a batch: what the peer has whole and
// what is queued for the next connection is all there is, in order, once.
func TestBrokenWrites(t *testing.T) {
	var want []string
	load := func(s *sock) {
		want = nil
		send := func(frames ...string) {
			s.send(frames...)
			want = append(want, strings.Join(frames, "|"))
		}
		for i := range 20 {
			send(fmt.Sprint(i))
			send(fmt.Sprint(i), "", letters(i*30))
		}
		send("l", letters(9000), "", letters(20_000))
		send("last")
	}
	s := newSock(t, pipe.Marks{})
	load(s)
	c := newScript(hello("DEALER"))
	c.hold = true
	s.end.CloseOut()
	Run(c, config(), s.ready)
	total, greeting := len(c.out), 64+len(ready("DEALER", ""))
	for _, d := range dialects() {
		if d.name != "3.1" && d.name != "2.0" && d.name != "1.0 unversioned" {
			continue
		}
		for _, ping := range []bool{false, true} {
			if ping && d.name != "3.1" {
				continue
			}
			skip := 1
			for at := 0; at < total; at += skip {
				switch {
				case at > greeting+6000:
					skip = 997
				case at > greeting+800:
					skip = 37
				}
				in := slices.Concat(d.steps...)
				if ping {
					in = append(in, zmtp.AppendPing(nil, 0, []byte("abc"))...)
				}
				s := newSock(t, pipe.Marks{})
				load(s)
				c := newScript(in)
				c.hold, c.takes = true, at
				err := Run(c, config(), s.ready)
				got := wholeMessages(t, d, c.out)
				left := s.queued()
				check(t, fmt.Sprintf("%s, ping %v, broken", d.name, ping), at, append(got, left...), want)
				if len(left) == 0 && d.name == "3.1" && !ping {
					t.Fatalf("nothing left at %d", at)
				}
				if err == nil {
					t.Fatal("no error")
				}
			}
		}
	}
}

// wholeMessages are those that a peer has got whole.
func wholeMessages(t *testing.T, d dialect, out []byte) []string {
	n := 0
	for _, a := range d.answers {
		n += len(a)
	}
	n += 10 // the signature
	if d.name == "3.1" || d.name == "2.0" || d.name == "1.0 unversioned" {
		n -= 2 * strings.Count(string(slices.Concat(d.answers...)), "me") // here we have no id
	}
	if len(out) < n {
		return nil
	}
	return parse(d, out[n:])
}

// parse gives the messages in b, without an unfinished one.
func parse(d dialect, b []byte) []string {
	var list, m []string
	for {
		var more bool
		var flags byte
		var size uint64
		var h int
		if d.version.Major == 1 {
			more, size, h, _ = zmtp.ParseHeaderV1(b)
		} else {
			flags, size, h = zmtp.ParseHeader(b)
			more = flags&zmtp.FlagMore != 0
		}
		if h == 0 || uint64(len(b)-h) < size {
			return list
		}
		body := string(b[h : h+int(size)])
		b = b[h+int(size):]
		if flags&zmtp.FlagCommand != 0 {
			continue
		}
		if m = append(m, body); !more {
			list = append(list, strings.Join(m, "|"))
			m = nil
		}
	}
}

// A pipe outlives its connections: what one could not send the next one does.
func TestPipeMovesToTheNextConnection(t *testing.T) {
	s := newSock(t, pipe.Marks{})
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprint(i, letters(i%70)))
		s.send(want[i])
	}
	d := dialects()[6]
	var got []string
	for takes := 200; len(got) < len(want); takes += 500 {
		c := newScript(hello("DEALER"))
		c.hold, c.takes = true, takes
		if takes > 3000 {
			s.end.CloseOut()
			c.takes = -1
		}
		Run(c, config(), s.ready)
		got = append(got, wholeMessages(t, d, c.out)...)
	}
	check(t, "connections", 0, got, want)
}

// What the peer had sent before it went is received, though our writes fail and
// the socket is slow.
func TestFailedWriteLosesNoInput(t *testing.T) {
	cfg := config()
	r := start(t, cfg, newSock(t, pipe.Marks{Recv: 1}))
	p := r.shake()
	const total = 400
	var all []byte
	for i := range total {
		all = append(append(all, v2(1, fmt.Sprint(i))...), v2(0, letters(200))...)
	}
	r.write(all) // as much as the system holds for us, and no more
	r.recvN(t, 0, 1)
	p.Close() // what is written to it from now on is answered with a reset
	end := time.Now().Add(patience)
	for r.failed() == nil && time.Now().Before(end) {
		r.send("to nobody", letters(5000))
		time.Sleep(time.Millisecond)
		if len(r.done) > 0 {
			break
		}
	}
	r.recvN(t, 1, total)
	r.over()
}

func (r *run) recvN(t *testing.T, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if got := r.recv(); !strings.HasPrefix(got, fmt.Sprint(i, "|")) {
			t.Fatalf("message %d is %.20q", i, got)
		}
	}
}

// failed says that a writer has given up: nothing is taken any more.
func (r *run) failed() error {
	if d := r.depth(); d.SendMsgs > 600 {
		return errors.New("nothing is taken")
	}
	return nil
}

// The messages of STREAM: bytes as they come, with the ends marked if asked.
func TestRaw(t *testing.T) {
	for most, size := range map[int]int{0: 1_000, 1: 1_000, 8192: 300_000, 1 << 30: 300_000} {
		notify := most != 1
		cfg := config()
		cfg.Framing = Raw
		cfg.Wire.InBatchSize = most
		if notify {
			cfg.Came, cfg.Gone = [][]byte{{}}, [][]byte{{}}
		}
		r := start(t, cfg, newSock(t, pipe.Marks{Recv: 2}))
		if notify {
			if got := r.recv(); got != "" {
				t.Errorf("first message %q", got)
			}
		}
		r.write([]byte("G"))
		if got := r.recv(); got != "G" {
			t.Errorf("received %q", got)
		}
		r.send("200 ")
		r.send("")
		r.send("OK", " or so")
		r.wantBytes("answer", []byte("200 OK or so"))
		data := letters(size)
		go r.conn.Write([]byte(data)) // ends before the connection: all is received below
		got := ""
		for len(got) < len(data) {
			m := r.recv()
			if len(m) == 0 || len(m) > min(max(most, 1), maxChunk) {
				t.Fatalf("a message of %d bytes", len(m))
			}
			got += m
		}
		if got != data {
			t.Error("not what was sent")
		}
		r.conn.Close()
		if notify {
			if got := r.recv(); got != "" {
				t.Errorf("last message %q", got)
			}
		}
		r.wantEnd(errClosedByPeer, "")
	}
}

func TestRawBrokenWrites(t *testing.T) {
	cfg := config()
	cfg.Framing = Raw
	want := []string{"abc", "", "de", "f|gh", "", "i"}
	for at := range len("abcdefghi") {
		s := newSock(t, pipe.Marks{})
		for _, w := range want {
			s.send(strings.Split(w, "|")...)
		}
		c := newScript()
		c.hold, c.takes = true, at
		Run(c, cfg, s.ready)
		// Messages of which every byte went, and empty ones before the break.
		n := []int{0, 0, 0, 2, 2, 3, 3, 3, 5}[at]
		check(t, "raw broken", at, s.queued(), want[n:])
	}
}

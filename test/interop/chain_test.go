//go:build unix

package interop

import (
	"context"
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// ourProxy runs Proxy until the test ends.
func ourProxy(t *testing.T, front, back, capture sock) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var c *zmq.Socket
	if capture != nil {
		c = capture.(*ourSock).Socket
	}
	// Owned by the test, whose cleanup waits for it.
	go func() {
		defer close(done)
		zmq.Proxy(ctx, front.(*ourSock).Socket, back.(*ourSock).Socket, c)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

func libProxy(t *testing.T, front, back sock) {
	t.Helper()
	f, b := front.(*procSock), back.(*procSock)
	must(t, f.do("proxy", b.id))
}

// proxies runs f with clients of one library and a proxy of the other.
func proxies(t *testing.T, f func(t *testing.T, ends, middle side, proxy func(front, back sock))) {
	t.Helper()
	needLib(t)
	t.Run("our proxy", func(t *testing.T) {
		t.Parallel()
		f(t, startLib(t), newOurs(t), func(a, b sock) { ourProxy(t, a, b, nil) })
	})
	t.Run("their proxy", func(t *testing.T) {
		t.Parallel()
		f(t, newOurs(t), startLib(t), func(a, b sock) { libProxy(t, a, b) })
	})
}

// TestQueue puts ROUTER and DEALER between requesters and two servers.
func TestQueue(t *testing.T) {
	proxies(t, func(t *testing.T, ends, middle side, proxy func(front, back sock)) {
		front, back := middle.socket(t, zmq.Router), middle.socket(t, zmq.Dealer)
		in, out := bound(t, front, "tcp"), bound(t, back, "ipc")
		var reqs, reps [2]sock
		for i := range 2 {
			reqs[i], reps[i] = ends.socket(t, zmq.Req), ends.socket(t, zmq.Rep)
			must(t, reqs[i].connect(in), reps[i].connect(out))
		}
		proxy(front, back)
		served := [2]int{}
		for i := range 20 {
			q := fmt.Sprint("q", i)
			req := reqs[i%2]
			must(t, req.send(longMs, q, blob(i*1000)))
			for k := 0; ; k = 1 - k {
				if m, f := reps[k].recv(50); f == "" {
					if m[0] != q || m[1] != blob(i*1000) {
						t.Fatalf("received %s", show(m))
					}
					served[k]++
					must(t, reps[k].send(longMs, "r", m[1]))
					break
				}
			}
			expect(t, req, "r", blob(i*1000))
		}
		if served[0] == 0 || served[1] == 0 {
			t.Fatalf("served: %v", served)
		}
	})
}

// TestForwarder puts XSUB and XPUB between publishers and subscribers.
func TestForwarder(t *testing.T) {
	proxies(t, func(t *testing.T, ends, middle side, proxy func(front, back sock)) {
		front, back := middle.socket(t, zmq.XSub), middle.socket(t, zmq.XPub)
		in, out := bound(t, front, "tcp"), bound(t, back, "tcp")
		proxy(front, back)
		pub, sub, other := ends.socket(t, zmq.XPub), ends.socket(t, zmq.Sub), ends.socket(t, zmq.Sub)
		must(t, sub.text("SUBSCRIBE", "goal"), other.text("SUBSCRIBE", "foul"))
		must(t, pub.connect(in), sub.connect(out))
		wantHeard(t, pub, sub, "\x01goal")
		must(t, other.connect(out))
		wantHeard(t, pub, other, "\x01foul")
		for i := range 50 {
			must(t, pub.send(longMs, "corner", "nobody"), pub.send(longMs, "goal", fmt.Sprint(i)),
				pub.send(longMs, "foul!", fmt.Sprint(i), ""))
			expect(t, sub, "goal", fmt.Sprint(i))
			expect(t, other, "foul!", fmt.Sprint(i), "")
		}
		must(t, sub.text("UNSUBSCRIBE", "goal"))
		wantHeard(t, pub, sub, "\x00goal")
		other.close()
		wantHeard(t, pub, nil, "\x00foul")
	})
}

// TestStreamer puts PULL and PUSH between a ventilator and workers.
func TestStreamer(t *testing.T) {
	proxies(t, func(t *testing.T, ends, middle side, proxy func(front, back sock)) {
		front, back := middle.socket(t, zmq.Pull), middle.socket(t, zmq.Push)
		in, out := bound(t, front, "ipc"), bound(t, back, "tcp")
		push, pull := ends.socket(t, zmq.Push), ends.socket(t, zmq.Pull)
		must(t, push.connect(in), pull.connect(out))
		proxy(front, back)
		push.number(0, 400, longMs)
		numbers(t, pull, 0, 400)
		for _, m := range bodies() {
			pass(t, push, pull, m...)
		}
	})
}

// TestCapture gives a copy of what goes through our proxy to libzmq.
func TestCapture(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	front, back, capture := we.socket(t, zmq.Router), we.socket(t, zmq.Dealer), we.socket(t, zmq.Push)
	req, rep, tap := lib.socket(t, zmq.Req), lib.socket(t, zmq.Rep), lib.socket(t, zmq.Pull)
	must(t, req.connect(bound(t, front, "tcp")), rep.connect(bound(t, back, "tcp")), tap.connect(bound(t, capture, "tcp")))
	ourProxy(t, front, back, capture)
	for range 3 {
		pass(t, req, rep, "question")
		pass(t, rep, req, "answer")
		for _, want := range []string{"question", "answer"} {
			m, f := tap.recv(longMs)
			must(t, f)
			if m[len(m)-1] != want {
				t.Fatalf("the tap received %s, want %s", show(m), want)
			}
		}
	}
}

// TestLongChain goes through a proxy of either library one after the other.
func TestLongChain(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	r1, d1 := we.socket(t, zmq.Router), we.socket(t, zmq.Dealer)
	r2, d2 := lib.socket(t, zmq.Router), lib.socket(t, zmq.Dealer)
	in := bound(t, r1, "tcp")
	must(t, d1.connect(bound(t, r2, "tcp")))
	out := bound(t, d2, "tcp")
	ourProxy(t, r1, d1, nil)
	libProxy(t, r2, d2)
	more := startLib(t)
	req, rep := more.socket(t, zmq.Req), we.socket(t, zmq.Rep)
	must(t, req.connect(in), rep.connect(out))
	for i := range 20 {
		pass(t, req, rep, fmt.Sprint(i))
		pass(t, rep, req, fmt.Sprint(-i), "")
	}
}

//go:build unix

package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// pairs is every pair of types that may talk, and how.
var pairs = []struct {
	a, b zmq.Type
	play func(t *testing.T, a, b sock)
}{
	{zmq.Push, zmq.Pull, oneWay},
	{zmq.Pair, zmq.Pair, bothWays},
	{zmq.Dealer, zmq.Dealer, bothWays},
	{zmq.Pub, zmq.Sub, publish},
	{zmq.Pub, zmq.XSub, publish},
	{zmq.XPub, zmq.Sub, publish},
	{zmq.XPub, zmq.XSub, publish},
	{zmq.Req, zmq.Rep, request},
	{zmq.Req, zmq.Router, requestRouter},
	{zmq.Dealer, zmq.Rep, dealerRep},
	{zmq.Dealer, zmq.Router, dealerRouter},
	{zmq.Router, zmq.Router, routers},
	{zmq.Stream, zmq.Stream, streams},
}

// TestEveryType has each pair of types talk over tcp and ipc, each type played
// by either library, and bound by either.
func TestEveryType(t *testing.T) {
	both(t, func(t *testing.T, one, two side) {
		for _, p := range pairs {
			for _, scheme := range []string{"tcp", "ipc"} {
				for _, bBinds := range []bool{true, false} {
					who := "a"
					if bBinds {
						who = "b"
					}
					t.Run(fmt.Sprintf("%v-%v/%s/%s binds", p.a, p.b, scheme, who), func(t *testing.T) {
						a, b := one.socket(t, p.a), two.socket(t, p.b)
						defer a.close()
						defer b.close()
						a.num("LINGER", 0)
						b.num("LINGER", 0)
						if p.a == zmq.Router {
							a.text("ROUTING_ID", "A")
							b.text("ROUTING_ID", "B")
						}
						join(t, a, b, scheme, bBinds)
						p.play(t, a, b)
					})
				}
			}
		}
	})
}

// sizes are around every boundary of the framing and of the buffers.
var sizes = []int{0, 1, 254, 255, 256, 8191, 8192, 8193, 70_000, 1 << 20}

// bodies are messages of every size and shape.
func bodies() [][]string {
	var all [][]string
	for _, n := range sizes {
		all = append(all, []string{blob(n)})
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = blob(i)
	}
	return append(all,
		[]string{"", ""}, []string{"a", "", "b"}, []string{"", "", "", "end"},
		[]string{blob(255), blob(256), blob(70_000), ""}, many)
}

func oneWay(t *testing.T, a, b sock) {
	for _, m := range bodies() {
		pass(t, a, b, m...)
	}
	// A run of small ones keeps its order through the batches.
	const n = 500
	if got := a.number(0, n, longMs); got != n {
		t.Fatalf("%d sent", got)
	}
	for i := range n {
		expect(t, b, fmt.Sprint(i))
	}
}

func bothWays(t *testing.T, a, b sock) {
	oneWay(t, a, b)
	oneWay(t, b, a)
}

// subscribed has b subscribe and returns when a has heard of it.
func subscribed(t *testing.T, a, b sock, topic string) {
	t.Helper()
	if f := b.text("SUBSCRIBE", topic); f != "" {
		must(t, b.send(longMs, "\x01"+topic))
	}
	must(t, a.send(0, "nobody wants this"))
	if got, f := a.recv(0); f != "ENOTSUP" {
		for f == "EAGAIN" {
			b.drain(0) // libzmq notices a new connection within calls only
			got, f = a.recv(20)
		}
		must(t, f)
		if got[0] != "\x01"+topic {
			t.Fatalf("the publisher received %s", show(got))
		}
		return
	}
	// A PUB does not say when it has heard: try until something comes.
	mark := topic + "\x00mark"
	for {
		must(t, a.send(0, mark))
		if _, f := b.recv(20); f == "" {
			break
		}
	}
	must(t, a.send(0, topic+"\x00end"))
	for {
		got, f := b.recv(longMs)
		must(t, f)
		if strings.HasSuffix(got[0], "end") {
			return
		}
	}
}

func publish(t *testing.T, a, b sock) {
	subscribed(t, a, b, "t")
	for _, m := range bodies() {
		must(t, a.send(longMs, m...)) // unless it begins with a t
		pass(t, a, b, append([]string{"t"}, m...)...)
		pass(t, a, b, "t"+m[0])
	}
}

func request(t *testing.T, a, b sock) {
	for _, m := range bodies() {
		pass(t, a, b, m...)
		pass(t, b, a, m...)
	}
}

func requestRouter(t *testing.T, a, b sock) {
	for _, m := range bodies() {
		must(t, a.send(longMs, m...))
		got, f := b.recv(longMs)
		must(t, f)
		if len(got) != len(m)+2 || got[1] != "" || strings.Join(got[2:], "\n") != strings.Join(m, "\n") {
			t.Fatalf("the router received %s, sent was %s", show(got), show(m))
		}
		must(t, b.send(longMs, got...))
		expect(t, a, m...)
	}
}

func dealerRep(t *testing.T, a, b sock) {
	for i, m := range bodies() {
		// Envelopes of every depth come back as they were.
		envelope := append([]string{"x", "yy", "z"}[:i%4], "")
		whole := append(envelope, m...)
		must(t, a.send(longMs, whole...))
		expect(t, b, m...)
		must(t, b.send(longMs, m...))
		expect(t, a, whole...)
	}
	// Without an envelope it is no request.
	must(t, a.send(longMs, "no", "envelope"), a.send(longMs, "", "request"))
	expect(t, b, "request")
}

func dealerRouter(t *testing.T, a, b sock) {
	for _, m := range bodies() {
		must(t, a.send(longMs, m...))
		got, f := b.recv(longMs)
		must(t, f)
		if len(got[0]) != 5 || got[0][0] != 0 {
			t.Fatalf("an invented routing id is %q", got[0])
		}
		must(t, b.send(longMs, got...))
		expect(t, a, m...)
	}
}

func routers(t *testing.T, a, b sock) {
	a.num("ROUTER_MANDATORY", 1)
	b.num("ROUTER_MANDATORY", 1)
	eventually(t, "the routers to know each other", func() bool {
		return a.send(0, "B", "hello") == ""
	})
	expect(t, b, "A", "hello")
	for _, m := range bodies() {
		must(t, a.send(longMs, append([]string{"B"}, m...)...))
		expect(t, b, append([]string{"A"}, m...)...)
		must(t, b.send(longMs, append([]string{"A"}, m...)...))
		expect(t, a, append([]string{"B"}, m...)...)
	}
}

// streams sends bytes without frames both ways.
func streams(t *testing.T, a, b sock) {
	ids := map[sock]string{}
	for _, s := range []sock{a, b} {
		got, f := s.recv(longMs)
		must(t, f)
		if len(got) != 2 || got[1] != "" {
			t.Fatalf("a new connection was told of by %s", show(got))
		}
		ids[s] = got[0]
	}
	for _, n := range sizes {
		if n == 0 {
			continue // closes
		}
		for from, to := range map[sock]sock{a: b, b: a} {
			body, got := blob(n), ""
			must(t, from.send(longMs, ids[from], body))
			for len(got) < n {
				m, f := to.recv(longMs)
				must(t, f)
				if len(m) != 2 || m[0] != ids[to] || m[1] == "" {
					t.Fatalf("received %s", show(m))
				}
				got += m[1]
			}
			if got != body {
				t.Fatalf("%d bytes arrived otherwise than sent", n)
			}
		}
	}
	must(t, a.send(longMs, ids[a], ""))
	var got []string
	eventually(t, "the end of the connection", func() bool {
		a.drain(0) // libzmq closes within a later call
		got, _ = b.recv(20)
		return got != nil
	})
	if !slices.Equal(got, []string{ids[b], ""}) {
		t.Fatalf("the end of a connection was told of by %s", show(got))
	}
}

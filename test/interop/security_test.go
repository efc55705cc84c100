//go:build unix

package interop

import (
	"fmt"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// Key pairs in Z85, of libzmq's manual.
const (
	serverPublic = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
	serverSecret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
	clientPublic = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	clientSecret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

// More of libzmq's monitor events.
const (
	evFailedNoDetail = 0x0800
	evFailedProtocol = 0x2000
	evFailedAuth     = 0x4000
)

// serves makes a socket the server of a mechanism, asks that it becomes a
// client of it.
func serves(t *testing.T, s sock, mechanism string) {
	t.Helper()
	switch mechanism {
	case "NULL":
		must(t, s.text("ZAP_DOMAIN", "test"))
	case "PLAIN":
		must(t, s.num("PLAIN_SERVER", 1))
	case "CURVE":
		must(t, s.num("CURVE_SERVER", 1), s.text("CURVE_SECRETKEY", serverSecret))
	}
}

func asks(t *testing.T, s sock, mechanism string) {
	t.Helper()
	switch mechanism {
	case "PLAIN":
		must(t, s.text("PLAIN_USERNAME", "joe"), s.text("PLAIN_PASSWORD", "secret"))
	case "CURVE":
		must(t, s.text("CURVE_SERVERKEY", serverPublic), s.text("CURVE_PUBLICKEY", clientPublic), s.text("CURVE_SECRETKEY", clientSecret))
	}
}

// a handler answers the questions of the sockets on its side.
type handler struct {
	t *testing.T
	sock
}

func handles(t *testing.T, s side) handler {
	t.Helper()
	h := handler{t, s.socket(t, zmq.Rep)}
	must(t, h.bind("inproc://zeromq.zap.01"))
	return h
}

// answer waits for a question, gives the status, and returns the question.
func (h handler) answer(status string) []string {
	h.t.Helper()
	q, f := h.recv(longMs)
	if f != "" || len(q) < 6 {
		h.t.Fatalf("no question: %q, %s", q, f)
	}
	must(h.t, h.send(longMs, "1.0", q[1], status, "because", "joe", ""))
	return q
}

// securely runs f with this library and libzmq as server and client of each
// mechanism, over tcp and ipc, whichever side binds.
func securely(t *testing.T, f func(t *testing.T, server, client side, mechanism, scheme string, binds bool)) {
	needLib(t)
	for _, mechanism := range []string{"NULL", "PLAIN", "CURVE"} {
		for _, scheme := range []string{"tcp", "ipc"} {
			for _, binds := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/binds=%v/zeroth-libzmq", mechanism, scheme, binds), func(t *testing.T) {
					f(t, newOurs(t), startLib(t), mechanism, scheme, binds)
				})
				t.Run(fmt.Sprintf("%s/%s/binds=%v/libzmq-zeroth", mechanism, scheme, binds), func(t *testing.T) {
					f(t, startLib(t), newOurs(t), mechanism, scheme, binds)
				})
			}
		}
	}
}

// TestSecureTraffic lets a client in and has messages of all sizes and shapes
// go both ways, heartbeats among them.
func TestSecureTraffic(t *testing.T) {
	securely(t, func(t *testing.T, server, client side, mechanism, scheme string, binds bool) {
		s, c := server.socket(t, zmq.Dealer), client.socket(t, zmq.Dealer)
		serves(t, s, mechanism)
		asks(t, c, mechanism)
		must(t, s.num("HEARTBEAT_IVL", 10), c.num("HEARTBEAT_IVL", 10), s.num("HEARTBEAT_TIMEOUT", longMs), c.num("HEARTBEAT_TIMEOUT", longMs))
		h := handles(t, server)
		join(t, s, c, scheme, !binds)
		q := h.answer("200")
		want := map[string][]string{
			"NULL": {}, "PLAIN": {"joe", "secret"}, "CURVE": {"a key"},
		}[mechanism]
		if q[5] != mechanism || len(q)-6 != len(want) || mechanism == "PLAIN" && !slices.Equal(q[6:], want) {
			t.Fatalf("asked %q", q)
		}
		if mechanism == "CURVE" && len(q[6]) != 32 {
			t.Fatalf("the client's key is %q", q[6])
		}
		for _, way := range [][2]sock{{s, c}, {c, s}} {
			for i, n := range []int{0, 1, 31, 32, 222, 223, 255, 256, 8191, 8192, 65536, 1 << 20} {
				pass(t, way[0], way[1], []string{blob(n), "", blob(100), "x"}[:1+i%4]...)
			}
			if n := way[0].number(0, 900, longMs); n != 900 {
				t.Fatalf("sent %d", n)
			}
			for i := range 900 {
				got, f := way[1].recv(longMs)
				if f != "" || len(got) != 1 {
					t.Fatalf("message %d: %q, %s", i, got, f)
				}
			}
		}
		s.close()
		c.close()
		h.close()
	})
}

// TestSecureTopics has subscriptions go through the seal, in both forms.
func TestSecureTopics(t *testing.T) {
	both(t, func(t *testing.T, server, client side) {
		for _, serverPublishes := range []bool{true, false} {
			p, s := server.socket(t, zmq.XPub), client.socket(t, zmq.Sub)
			if serverPublishes {
				serves(t, p, "CURVE")
				asks(t, s, "CURVE")
			} else {
				serves(t, s, "CURVE")
				asks(t, p, "CURVE")
			}
			must(t, s.text("SUBSCRIBE", "a"), s.text("SUBSCRIBE", blob(300)))
			join(t, p, s, "tcp", !serverPublishes)
			var topics []string
			eventually(t, "two subscriptions", func() bool {
				s.getNum("EVENTS") // a socket of libzmq learns of a new peer inside a call only
				m, _ := p.recv(20)
				topics = append(topics, m...)
				return len(topics) == 2
			})
			slices.Sort(topics)
			if !slices.Equal(topics, []string{"\x01" + blob(300), "\x01a"}) {
				t.Fatalf("subscribed %s", show(topics))
			}
			must(t, p.send(longMs, "b"))
			pass(t, p, s, "abc", "more")
			pass(t, p, s, blob(300))
			must(t, s.text("UNSUBSCRIBE", "a"))
			expect(t, p, "\x00a")
			must(t, p.send(longMs, "abc"))
			pass(t, p, s, blob(300))
			p.close()
			s.close()
		}
	})
}

// a failure is what the monitors of server and client tell, by libzmq's
// numbers; 0: nothing but that the connection ended.
type failure struct{ server, client int }

// TestSecureRefusals has clients turned away for each reason there is, and
// compares what libzmq's monitor says with our events.
func TestSecureRefusals(t *testing.T) {
	for _, c := range []struct {
		name      string
		mechanism string
		change    func(t *testing.T, server, client sock)
		status    string // of the handler; empty: there is none
		lib, we   failure
	}{
		{"400", "CURVE", nil, "400", failure{evFailedAuth, evFailedAuth}, failure{evFailedAuth, evFailedAuth}},
		{"400", "PLAIN", nil, "400", failure{evFailedAuth, evFailedAuth}, failure{evFailedAuth, evFailedAuth}},
		{"400", "NULL", nil, "400", failure{evFailedAuth, evFailedAuth}, failure{evFailedAuth, evFailedAuth}},
		{"500", "CURVE", nil, "500", failure{evFailedAuth, evFailedAuth}, failure{evFailedAuth, evFailedAuth}},
		{"wrong key", "CURVE", func(t *testing.T, _, c sock) { must(t, c.text("CURVE_SERVERKEY", clientPublic)) }, "",
			failure{evFailedProtocol, evFailedNoDetail}, failure{evFailedProtocol, evFailedNoDetail}},
		{"keys of two pairs", "CURVE", func(t *testing.T, _, c sock) { must(t, c.text("CURVE_PUBLICKEY", serverPublic)) }, "",
			failure{evFailedProtocol, evFailedNoDetail}, failure{evFailedProtocol, evFailedNoDetail}},
		{"no handler", "PLAIN", nil, "", failure{evFailedNoDetail, evFailedNoDetail}, failure{evFailedNoDetail, evFailedNoDetail}},
	} {
		t.Run(c.name+" "+c.mechanism, func(t *testing.T) {
			both(t, func(t *testing.T, server, client side) {
				s, d := server.socket(t, zmq.Dealer), client.socket(t, zmq.Dealer)
				serves(t, s, c.mechanism)
				asks(t, d, c.mechanism)
				if c.change != nil {
					c.change(t, s, d)
				}
				var h handler
				if c.status != "" {
					h = handles(t, server)
					defer h.close()
				}
				told := [2]func() int{tells(s), tells(d)}
				join(t, s, d, "tcp", false)
				if c.status != "" {
					h.answer(c.status)
				}
				got := failure{told[0](), told[1]()}
				want := c.we
				if _, ok := server.(*proc); ok {
					want = c.lib
				}
				if got != want {
					t.Errorf("server and client tell %#x; want %#x", got, want)
				}
				s.close()
				d.close()
			})
		})
	}
}

// tells begins to watch a socket, and returns a function that waits for the
// first event that tells of a failure, and returns its number.
func tells(s sock) func() int {
	if p, ok := s.(*procSock); ok {
		p.monitor()
		return func() int { return p.anyEvent(evFailedNoDetail, evFailedProtocol, evFailedAuth) }
	}
	events := watch(s)
	return func() int {
		for ev := range events {
			switch ev.Kind {
			case evFailedNoDetail, evFailedProtocol, evFailedAuth:
				return int(ev.Kind)
			}
		}
		return 0
	}
}

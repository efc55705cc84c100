//go:build unix

package interop

import (
	"fmt"
	"os"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// rawRoles is what a bare peer may be to a socket. The socket's routing id is
// "us" where its type has one, the peer's is "raw".
var rawRoles = []struct {
	peer, sock zmq.Type
	play       func(t *testing.T, r *raw, s sock)
}{
	{zmq.Push, zmq.Pull, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			r.send(m...)
			expect(t, s, m...)
		}
	}},
	{zmq.Pull, zmq.Push, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			must(t, s.send(longMs, m...))
			r.expect(m...)
		}
	}},
	{zmq.Pair, zmq.Pair, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			r.send(m...)
			expect(t, s, m...)
			must(t, s.send(longMs, m...))
			r.expect(m...)
		}
	}},
	{zmq.Pub, zmq.Sub, func(t *testing.T, r *raw, s sock) {
		must(t, s.text("SUBSCRIBE", "a"), s.text("SUBSCRIBE", strings.Repeat("b", 200)))
		r.await(func() { s.drain(0) }) // libzmq subscribes within calls
		r.expectSubscription("a")
		r.expectSubscription(strings.Repeat("b", 200))
		r.send("nothing", "for us")
		r.send("apple", "")
		expect(t, s, "apple", "")
		r.send("b")
		r.send(strings.Repeat("b", 300))
		expect(t, s, strings.Repeat("b", 300))
	}},
	{zmq.Sub, zmq.XPub, func(t *testing.T, r *raw, s sock) {
		if r.v.name == "1.0" {
			// It cannot subscribe: it is sent everything.
			wantHeard(t, s, nil, "\x01")
			must(t, s.send(longMs, "anything", "at all"))
			r.expect("anything", "at all")
			return
		}
		r.subscribe(true, "a")
		r.subscribe(true, strings.Repeat("t", 300))
		wantHeard(t, s, nil, "\x01a", "\x01"+strings.Repeat("t", 300))
		must(t, s.send(longMs, "no"), s.send(longMs, "a", "yes"), s.send(longMs, strings.Repeat("t", 301)))
		r.expect("a", "yes")
		r.expect(strings.Repeat("t", 301))
		r.subscribe(false, "a")
		wantHeard(t, s, nil, "\x00a")
		// Both forms are understood of everyone who knows commands.
		r.send("\x01old")
		wantHeard(t, s, nil, "\x01old")
		if r.v.cmds {
			r.say(command("SUBSCRIBE", "new"))
			wantHeard(t, s, nil, "\x01new")
		}
		must(t, s.send(longMs, "a"), s.send(longMs, "older"))
		r.expect("older")
	}},
	{zmq.Req, zmq.Rep, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			r.send(append([]string{""}, m...)...)
			expect(t, s, m...)
			must(t, s.send(longMs, m...))
			r.expect(append([]string{""}, m...)...)
		}
	}},
	{zmq.Rep, zmq.Req, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			must(t, s.send(longMs, m...))
			r.expect(append([]string{""}, m...)...)
			r.send(append([]string{""}, m...)...)
			expect(t, s, m...)
		}
	}},
	{zmq.Dealer, zmq.Router, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			r.send(m...)
			expect(t, s, append([]string{"raw"}, m...)...)
			must(t, s.send(longMs, append([]string{"raw"}, m...)...))
			r.expect(m...)
		}
	}},
	{zmq.Router, zmq.Dealer, func(t *testing.T, r *raw, s sock) {
		for _, m := range rawBodies {
			must(t, s.send(longMs, m...))
			r.expect(m...)
			r.send(m...)
			expect(t, s, m...)
		}
	}},
}

var rawBodies = [][]string{
	{"x"}, {""}, {"a", "", "b"}, {strings.Repeat("y", 253)}, {strings.Repeat("y", 254)},
	{strings.Repeat("z", 255)}, {strings.Repeat("z", 256), ""}, {blob(20_000), "tail"},
}

// eachSide runs f for this library, and for libzmq where there is one: what is
// expected is thereby shown to be true of both.
func eachSide(t *testing.T, f func(t *testing.T, s side)) {
	t.Helper()
	t.Run("zeroth", func(t *testing.T) {
		t.Parallel()
		f(t, hasty{newPlain(t)})
	})
	if os.Getenv(testutil.NoLibzmq) == "" {
		t.Run("libzmq", func(t *testing.T) {
			t.Parallel()
			f(t, hasty{startLib(t)})
		})
	}
}

// hasty makes sockets that do not wait for bare peers, which hang on.
type hasty struct{ side }

func (h hasty) socket(t *testing.T, typ zmq.Type) sock {
	s := h.side.socket(t, typ)
	must(t, s.num("LINGER", 0))
	return s
}

// TestRawPeers has bare peers of every version of the protocol play every role,
// connecting and connected to.
func TestRawPeers(t *testing.T) {
	eachSide(t, func(t *testing.T, side side) {
		n := 0
		for _, v := range versions {
			for _, role := range rawRoles {
				for _, dials := range []bool{true, false} {
					n++
					how := stagings[n/2%len(stagings)]
					t.Run(fmt.Sprintf("%s/%v to %v/dials %v/%s", v.name, role.peer, role.sock, dials, how), func(t *testing.T) {
						s := side.socket(t, role.sock)
						defer s.close()
						id := ""
						if announces(role.sock) {
							id = "us"
							must(t, s.text("ROUTING_ID", id))
						}
						var r *raw
						if dials {
							r = rawDial(t, bound(t, s, "tcp"), v)
						} else {
							r = rawAccept(t, s, v)
						}
						r.shake(how, role.peer, "raw", role.sock, id)
						role.play(t, r, s)
						r.conn.Close()
					})
				}
			}
		}
	})
}

// TestStagings cuts the greeting of every version in every way.
func TestStagings(t *testing.T) {
	eachSide(t, func(t *testing.T, side side) {
		s := side.socket(t, zmq.Router)
		must(t, s.text("ROUTING_ID", "the router"))
		ep := bound(t, s, "tcp")
		for i, v := range versions {
			for k, how := range stagings {
				t.Run(v.name+"/"+string(how), func(t *testing.T) {
					id := fmt.Sprintf("peer %d of %d", k, i)
					r := rawDial(t, ep, v)
					r.shake(how, zmq.Dealer, id, zmq.Router, "the router")
					r.send("hello", "")
					expect(t, s, id, "hello", "")
					must(t, s.send(longMs, id, "", "welcome"))
					r.expect("", "welcome")
				})
			}
		}
	})
}

// TestEarlyMessages has peers say everything at once, messages and all, before
// they have heard a byte. libzmq 4.3.4 may let such messages lie until more
// comes, so it is left out.
func TestEarlyMessages(t *testing.T) {
	s := hasty{newOurs(t)}.socket(t, zmq.Pull)
	ep := bound(t, s, "tcp")
	for _, v := range versions {
		r := rawDial(t, ep, v)
		all := v.hello(zmq.Push, "")
		for i := range 20 {
			if v.v1 {
				all = append(all, frame1(false, fmt.Sprint(i))...)
			} else {
				all = append(all, frame2(0, fmt.Sprint(i))...)
			}
		}
		r.say(all)
		numbers(t, s, 0, 20)
	}
}

// TestCommands sends commands that are known, unknown, or not to be sent.
func TestCommands(t *testing.T) {
	eachSide(t, func(t *testing.T, side side) {
		for _, v := range versions {
			if !v.cmds {
				continue
			}
			t.Run(v.name, func(t *testing.T) {
				s := side.socket(t, zmq.Pull)
				defer s.close()
				r := rawDial(t, bound(t, s, "tcp"), v)
				r.shake(atOnce, zmq.Push, "", zmq.Pull, "")
				r.say(command("XYZZY", "some data"))
				r.say(command("X", ""))
				r.send("one")
				expect(t, s, "one")
				r.say(command("PING", "\x00\x00"))
				r.hear(command("PONG", ""))
				r.say(command("PING", "\x00\x00context"))
				r.hear(command("PONG", "context"))
				r.say(command("PONG", "nobody asked"))
				r.send("two")
				expect(t, s, "two")
			})
		}
	})
}

// TestRefusals checks who is not let in; the socket goes on with others.
func TestRefusals(t *testing.T) {
	greeting := func(mechanism string) string { return string(greeting3(3, 1, mechanism, "")) }
	null := greeting("NULL")
	typed := func(name string) string { return string(command("READY", property("Socket-Type", name))) }
	for _, c := range []struct {
		name, hello string
		welcome     bool
	}{
		{"a PUSH", null + typed("PUSH"), true},
		{"a PULL", null + typed("PULL"), false},
		{"a type in small letters", null + typed("push"), false},
		{"an unknown type", null + typed("PUSHER"), false},
		{"a type beyond the name", null + typed("PUSH\x00"), false},
		{"no type", null + string(command("READY", "")), true},
		{"other properties", null + string(command("READY", property("X-a", "b")+property("Socket-Type", "PUSH")+property("Y", ""))), true},
		{"PLAIN", greeting("PLAIN") + typed("PUSH"), false},
		{"CURVE", greeting("CURVE") + typed("PUSH"), false},
		{"no mechanism", greeting("") + typed("PUSH"), false},
		{"a longer name", greeting("NULL2") + typed("PUSH"), false},
		{"half a property", null + string(command("READY", property("Socket-Type", "PUSH")+"\x05half")), false},
		{"an ERROR, to us", null + string(command("ERROR", "\x03400")), false},
		{"another command", null + string(command("HELLO", "")) + typed("PUSH"), false},
		{"a PING too early", null + string(command("PING", "\x00\x00")) + typed("PUSH"), false},
		{"an empty command", null + string(frame2(4, "")), false},
		{"a type of ZMTP 2.0 that does not fit", string(signature("")) + "\x01\x07" + string(frame2(0, "")), true},
		{"server bit", strings.Replace(null, "NULL"+strings.Repeat("\x00", 17), "NULL"+strings.Repeat("\x00", 16)+"\x01", 1) + typed("PUSH"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachSide(t, func(t *testing.T, side side) {
				if strings.HasSuffix(c.name, "to us") && side.name() == "libzmq" {
					return // which waits for the handshake to time out
				}
				s := side.socket(t, zmq.Pull)
				ep := bound(t, s, "tcp")
				r := rawDial(t, ep, versions[2])
				r.say([]byte(c.hello))
				if c.welcome {
					r.hear(versions[4].want(zmq.Pull, "")[:11])
					if c.hello[10] == 3 {
						r.hear(versions[4].want(zmq.Pull, "")[11:])
					} else {
						r.hear(versions[2].want(zmq.Pull, "")[11:])
					}
					r.send("I am in")
					expect(t, s, "I am in")
				} else {
					r.ended()
				}
				sound := rawDial(t, ep, versions[4])
				sound.shake(atOnce, zmq.Push, "", zmq.Pull, "")
				sound.send("sound")
				expect(t, s, "sound")
			})
		})
	}
}

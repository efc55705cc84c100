//go:build unix

package interop

import (
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestSecureSize: MAXMSGSIZE is that of the sealed frame, on either side.
func TestSecureSize(t *testing.T) {
	both(t, func(t *testing.T, server, client side) {
		s, c := server.socket(t, zmq.Pull), client.socket(t, zmq.Push)
		serves(t, s, "CURVE")
		asks(t, c, "CURVE")
		must(t, s.num("MAXMSGSIZE", 1000), c.num("LINGER", 0))
		join(t, c, s, "tcp", true)
		pass(t, c, s, blob(1000-33))
		must(t, c.send(longMs, blob(1000-32)), c.send(longMs, "behind it"))
		if m, f := s.recv(200); f != "EAGAIN" && (len(m) != 1 || m[0] != "behind it") {
			t.Errorf("received %s, %s", show(m), f)
		}
		s.close()
		c.close()
	})
}

// TestSecureUser: what the handler says of a client goes with its messages.
func TestSecureUser(t *testing.T) {
	securely(t, func(t *testing.T, server, client side, mechanism, scheme string, binds bool) {
		s, c := server.socket(t, zmq.Pull), client.socket(t, zmq.Push)
		serves(t, s, mechanism)
		asks(t, c, mechanism)
		h := handles(t, server)
		join(t, s, c, scheme, !binds)
		q, f := h.recv(longMs)
		must(t, f, h.send(longMs, "1.0", q[1], "200", "", "joe", "\x05group\x00\x00\x00\x05staff"))
		must(t, c.send(longMs, "x"))
		of := properties(t, s)
		for name, want := range map[string]string{"User-Id": "joe", "group": "staff", "Socket-Type": "PUSH"} {
			if got := of(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		s.close()
		c.close()
		h.close()
	})
}

// TestSecurePolicy: who gets in where there is no handler.
func TestSecurePolicy(t *testing.T) {
	for _, c := range []struct {
		name, mechanism string
		domain          string
		enforce         bool
		in              bool
	}{
		{"NULL", "NULL", "d", false, true},
		{"NULL, enforced", "NULL", "d", true, false},
		{"CURVE", "CURVE", "", false, true},
		{"CURVE, domain", "CURVE", "d", false, true},
		{"CURVE, domain enforced", "CURVE", "d", true, false},
		{"CURVE, enforced", "CURVE", "", true, true},
		{"PLAIN, domain", "PLAIN", "d", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, server, client side) {
				s, d := server.socket(t, zmq.Dealer), client.socket(t, zmq.Dealer)
				serves(t, s, c.mechanism)
				asks(t, d, c.mechanism)
				if c.domain != "" {
					must(t, s.text("ZAP_DOMAIN", c.domain))
				}
				if c.enforce {
					must(t, s.num("ZAP_ENFORCE_DOMAIN", 1))
				}
				told := tells(s)
				join(t, s, d, "tcp", false)
				if c.in {
					pass(t, d, s, "in")
				} else if kind := told(); kind != evFailedNoDetail {
					t.Errorf("event %#x", kind)
				}
				s.close()
				d.close()
			})
		})
	}
}

// TestSecureMechanisms has each mechanism meet each other one.
func TestSecureMechanisms(t *testing.T) {
	for _, a := range []string{"NULL", "PLAIN", "CURVE"} {
		for _, b := range []string{"none", "PLAIN", "CURVE"} {
			if a == b || a == "NULL" && b == "none" {
				continue
			}
			t.Run(a+" "+b, func(t *testing.T) {
				both(t, func(t *testing.T, server, client side) {
					s, d := server.socket(t, zmq.Dealer), client.socket(t, zmq.Dealer)
					serves(t, s, a)
					asks(t, d, b)
					told := [2]func() int{tells(s), tells(d)}
					join(t, s, d, "tcp", false)
					// Whoever looks first hangs up; the other may see only that.
					for i, f := range told {
						if kind := f(); kind != evFailedProtocol && kind != evFailedNoDetail {
							t.Errorf("%d: event %#x", i, kind)
						}
					}
					s.close()
					d.close()
				})
			})
		}
	}
}

// TestTryLater: who is refused with 300 is told nothing, and tries again.
func TestTryLater(t *testing.T) {
	both(t, func(t *testing.T, server, client side) {
		s, d := server.socket(t, zmq.Dealer), client.socket(t, zmq.Dealer)
		serves(t, s, "CURVE")
		asks(t, d, "CURVE")
		must(t, s.num("HANDSHAKE_IVL", 300), d.num("RECONNECT_IVL", 10))
		h := handles(t, server)
		told := tells(s)
		join(t, s, d, "tcp", false)
		h.answer("300")
		if kind := told(); kind != evFailedAuth {
			t.Errorf("event %#x", kind)
		}
		h.answer("200")
		pass(t, d, s, "in")
		s.close()
		d.close()
		h.close()
	})
}

// properties receives a message; the function tells what it says of its peer.
func properties(t *testing.T, s sock) func(name string) string {
	t.Helper()
	if p, ok := s.(*procSock); ok {
		_, f := p.recv(longMs)
		must(t, f)
		return func(name string) string {
			v, _ := p.gets(name)
			return v
		}
	}
	m, f := s.(*ourSock).message(longMs)
	must(t, f)
	return func(name string) string {
		v, _ := m.Peer().Property(name)
		return v
	}
}

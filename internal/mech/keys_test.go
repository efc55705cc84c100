package mech

import (
	"errors"
	"testing"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// secrets are what a side of a handshake must forget, by name.
func secrets(m Mechanism) map[string][]byte {
	switch m := m.(type) {
	case *curveClient:
		return map[string][]byte{"secret": m.secret[:], "short secret": m.shortSecret[:], "greeting": m.greeting[:], "shared": m.shared[:], "vouch": m.vouch[:]}
	case *curveServer:
		return map[string][]byte{"secret": m.secret[:], "short secret": m.shortSecret[:], "greeting": m.greeting[:], "shared": m.shared[:]}
	case *plainClient:
		return map[string][]byte{"password": []byte(m.pass), "user": []byte(m.user)}
	case *plainServer:
		return map[string][]byte{"password": m.password}
	}
	return nil
}

// Fault C18: a handshake that failed left its keys in memory. Whichever command
// is the last, and whatever it says, both sides forget them.
func TestKeysAreForgotten(t *testing.T) {
	for _, c := range couples {
		for steps := range 5 {
			for _, broken := range []bool{false, true} {
				from, to := c.turn(t, steps%4)
				if steps == 4 {
					from, to, _ = c.run(t, 4)
				} else if broken {
					body, _ := from.Next()
					body[len(body)-1] ^= 1
					to.Process(body)
				}
				for _, m := range []Mechanism{from, to} {
					m.Wipe()
					for name, key := range secrets(m) {
						for _, b := range key {
							if b != 0 {
								t.Fatalf("%s after %d commands, broken %v: %T has its %s", c.name, steps, broken, m, name)
							}
						}
					}
				}
			}
		}
	}
}

// Fault C18: HELLO cost a multiplication that only INITIATE needs.
func TestHelloAgreesOnce(t *testing.T) {
	server := begin(t, serverSettings()).(*curveServer)
	relay(t, begin(t, clientSettings()), server)
	if _, ok := server.Next(); !ok || server.shared != [32]byte{} {
		t.Error("the shared key was made before INITIATE")
	}
}

// Fault C2: a CURVE_PUBLICKEY of 32 zeros was taken for one that was not set,
// and replaced by the real one. Of keys that cannot be, each attempt fails with
// EINVAL.
func TestKeysThatAreNone(t *testing.T) {
	never := clientSettings()
	never.Sec.CurvePublicKey, never.Sec.CurvePublicSet = [32]byte{}, false
	if c := begin(t, never).(*curveClient); c.public != curve.Public(clientSecret) {
		t.Error("a public key that was never set is not that of the secret one")
	}
	for name, change := range map[string]func(*opt.Sec){
		"CURVE_PUBLICKEY set to zeros": func(s *opt.Sec) { s.CurvePublicKey = [32]byte{} },
		"CURVE_SECRETKEY":              func(s *opt.Sec) { s.CurveSecretKey = [32]byte{} },
		"CURVE_SERVERKEY":              func(s *opt.Sec) { s.CurveServerKey = [32]byte{} },
		"CURVE_SECRETKEY of a server":  func(s *opt.Sec) { s.Server, s.CurveSecretKey = true, [32]byte{} },
	} {
		s := clientSettings()
		change(&s.Sec)
		if _, err := New(s, local()); !errors.Is(err, errno.EINVAL) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkHello is what a HELLO costs a server.
func BenchmarkHello(b *testing.B) {
	client, err := New(clientSettings(), local())
	if err != nil {
		b.Fatal(err)
	}
	hello, _ := client.Next()
	for b.Loop() {
		server, err := New(serverSettings(), local())
		if err != nil {
			b.Fatal(err)
		}
		if err := server.Process(hello); err != nil {
			b.Fatal(err)
		}
		server.Next()
	}
}

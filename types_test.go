package zmq_test

import (
	"errors"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

func TestTypes(t *testing.T) {
	traits := map[zmq.Type]string{
		zmq.Pair: "sends receives", zmq.Pub: "sends publishes", zmq.Sub: "receives subscribes",
		zmq.Req: "sends receives alternates", zmq.Rep: "sends receives alternates", zmq.Dealer: "sends receives",
		zmq.Router: "sends receives addressed", zmq.Pull: "receives", zmq.Push: "sends",
		zmq.XPub: "sends receives publishes", zmq.XSub: "sends receives subscribes", zmq.Stream: "sends receives addressed",
		zmq.Type(-1): "", zmq.Type(999): "",
	}
	for _, typ := range append(zmq.Types(), -1, 999) {
		var has []string
		for _, x := range []struct {
			name string
			has  bool
		}{
			{"sends", typ.Sends()}, {"receives", typ.Receives()}, {"alternates", typ.Alternates()},
			{"addressed", typ.Addressed()}, {"publishes", typ.Publishes()}, {"subscribes", typ.Subscribes()},
		} {
			if x.has {
				has = append(has, x.name)
			}
		}
		want, known := traits[typ]
		if got := strings.Join(has, " "); known && got != want {
			t.Errorf("%v: %q, want %q", typ, got, want)
		}
		delete(traits, typ)
	}
	if len(traits) > 0 {
		t.Errorf("not among Types: %v", traits)
	}
	for _, typ := range zmq.Types() {
		for _, name := range []string{typ.String(), strings.ToLower(typ.String())} {
			if got, err := zmq.ParseType(name); err != nil || got != typ {
				t.Errorf("ParseType(%q) = %v, %v", name, got, err)
			}
		}
	}
	for _, name := range []string{"", "pushy", "ZMQ_PUSH"} {
		if _, err := zmq.ParseType(name); !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("ParseType(%q): %v", name, err)
		}
	}
}

// What a type says that it can do, its sockets can.
func TestTypesAreTrue(t *testing.T) {
	for _, typ := range zmq.Types() {
		s, err := zmq.New(typ, zmq.SendTimeout.Of(0), zmq.RecvTimeout.Of(0))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(t.Context(), []byte("x")); errors.Is(err, zmq.ErrUnsupported) == typ.Sends() {
			t.Errorf("%v: Sends is %v, Send: %v", typ, typ.Sends(), err)
		}
		if _, _, err := s.TryRecv(); errors.Is(err, zmq.ErrUnsupported) == typ.Receives() {
			t.Errorf("%v: Receives is %v, TryRecv: %v", typ, typ.Receives(), err)
		}
		if err := s.WaitSubscribers(t.Context(), "x", 0); (err == nil) != typ.Publishes() {
			t.Errorf("%v: Publishes is %v, WaitSubscribers: %v", typ, typ.Publishes(), err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

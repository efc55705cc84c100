package zmq4_test

import (
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// FuzzRecvEvent gives RecvEvent any frames for an event: it takes two at most,
// says ErrorMoreExpected of one alone, and the next message is still whole.
func FuzzRecvEvent(f *testing.F) {
	f.Add([]byte{1, 0, 7, 0, 0, 0}, []byte("tcp://127.0.0.1:5555"), byte(2))
	f.Add([]byte{1}, []byte{}, byte(1))
	f.Add([]byte{}, []byte{0xff}, byte(3))
	ctx, err := zmq.NewContext()
	must(f, err)
	a, b := open(f, ctx, zmq.PAIR), open(f, ctx, zmq.PAIR)
	must(f, a.Bind("inproc://events"))
	must(f, b.Connect("inproc://events"))
	f.Fuzz(func(t *testing.T, head, endpoint []byte, n byte) {
		parts := [][]byte{head, endpoint, head, endpoint}[:1+n%4]
		_, err := b.SendMessage(parts)
		must(t, err)
		_, err = b.SendMessage("next")
		must(t, err)
		_, addr, _, err := a.RecvEvent(0)
		switch {
		case len(parts) == 1 && err != zmq.ErrorMoreExpected:
			t.Fatal("an event of one part:", err)
		case len(parts) > 1 && (err != nil || addr != string(endpoint)):
			t.Fatalf("%q, %v", addr, err)
		}
		for more, _ := a.GetRcvmore(); more; more, _ = a.GetRcvmore() {
			_, err := a.Recv(zmq.DONTWAIT)
			must(t, err)
		}
		next, err := a.RecvMessage(0)
		must(t, err)
		if len(next) != 1 || next[0] != "next" {
			t.Fatalf("then %q", next)
		}
	})
}

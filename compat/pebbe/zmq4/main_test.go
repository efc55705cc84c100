package zmq4_test

import (
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// patience is how long a test waits for what must come.
const patience = testutil.Patience

// open makes a socket that is closed with the test and loses nothing silently:
// what must come fails after patience.
func open(t testing.TB, ctx *zmq.Context, kind zmq.Type) *zmq.Socket {
	t.Helper()
	s, err := ctx.NewSocket(kind)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.SetLinger(0))
	must(t, s.SetRcvtimeo(patience))
	must(t, s.SetSndtimeo(patience))
	return s
}

// newContext makes a context that is terminated after the test's sockets.
func newContext(t testing.TB) *zmq.Context {
	t.Helper()
	ctx, err := zmq.NewContext()
	must(t, err)
	t.Cleanup(func() { must(t, ctx.Term()) })
	return ctx
}

// pair makes two sockets that are connected over the transport.
func pair(t testing.TB, transport string, bound, connected zmq.Type) (a, b *zmq.Socket) {
	t.Helper()
	ctx := newContext(t)
	a, b = open(t, ctx, bound), open(t, ctx, connected)
	addr := map[string]string{"inproc": "inproc://pair", "tcp": "tcp://127.0.0.1:*", "ipc": "ipc://*"}[transport]
	must(t, a.Bind(addr))
	must(t, b.Connect(endpoint(t, a)))
	return a, b
}

func endpoint(t testing.TB, s *zmq.Socket) string {
	t.Helper()
	addr, err := s.GetLastEndpoint()
	must(t, err)
	return addr
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same fails unless both are equal.
func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

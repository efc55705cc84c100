package zmq4_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/zeroth-mq/zmq/compat/gozeromq/zmq4"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

var (
	ctx   = context.Background()
	quiet = WithLogger(log.New(io.Discard, "", 0))
)

const local = "tcp://127.0.0.1:*"

// listen makes s reachable and returns where. It closes with the test.
func listen(t *testing.T, s Socket, ep string) string {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	if err := s.Listen(ep); err != nil {
		t.Fatal(err)
	}
	if a := s.Addr(); a.Network() == "tcp" {
		return "tcp://" + a.String()
	}
	return ep
}

func dial(t *testing.T, s Socket, ep string) {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	if err := s.Dial(ep); err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, s Socket, frames ...string) {
	t.Helper()
	if err := s.Send(NewMsgFromString(frames)); err != nil {
		t.Fatal(err)
	}
}

// expect receives one message, which must have these frames and nothing else.
func expect(t *testing.T, s Socket, frames ...string) {
	t.Helper()
	m, err := s.Recv()
	if err != nil {
		t.Fatal(err)
	}
	want := Msg{}
	for _, f := range frames {
		want.Frames = append(want.Frames, append([]byte{}, f...))
	}
	if !reflect.DeepEqual(m, want) {
		t.Fatalf("received %v, want %v", m, want)
	}
}

// expectError receives in vain.
func expectError(t *testing.T, s Socket, want error) {
	t.Helper()
	if m, err := s.Recv(); err != want {
		t.Fatalf("received %v, %v; want %v", m, err, want)
	}
}

var made atomic.Int64

// endpoints are one of each transport, that nobody uses.
func endpoints(t *testing.T) map[string]string {
	n := made.Add(1)
	return map[string]string{
		"tcp": local, "ipc": "ipc://" + t.TempDir() + "/s", "abstract": fmt.Sprintf("ipc://@gozeromq-%d-%d", time.Now().UnixNano(), n),
		"inproc": fmt.Sprintf("inproc://test-%d", n),
	}
}

// each runs a test over every transport.
func each(t *testing.T, f func(t *testing.T, ep string)) {
	for name, ep := range endpoints(t) {
		if name == "abstract" && !abstract {
			continue
		}
		t.Run(name, func(t *testing.T) { f(t, ep) })
	}
}

// awaitTopics waits until the peers of a publisher are subscribed to these.
func awaitTopics(t *testing.T, pub Socket, want ...string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		got := pub.(Topics).Topics()
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("topics %q, want %q", got, want)
		}
	}
}

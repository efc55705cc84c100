package zmq4_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4/draft"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pair(t *testing.T) (a, b *zmq.Socket) {
	t.Helper()
	a, err := zmq.NewSocket(zmq.PAIR)
	must(t, err)
	t.Cleanup(func() { a.Close() })
	b, err = zmq.NewSocket(zmq.PAIR)
	must(t, err)
	t.Cleanup(func() { b.Close() })
	must(t, a.SetRcvtimeo(20*time.Second))
	must(t, a.Bind("inproc://"+t.Name()))
	must(t, b.Connect("inproc://"+t.Name()))
	return a, b
}

func TestOptions(t *testing.T) {
	a, b := pair(t)
	for _, c := range []struct {
		options []any
		want    string
	}{
		{nil, "4 <nil>"},
		{[]any{zmq.OptRoutingId(7), zmq.OptGroup("g")}, "4 <nil>"},
		{[]any{zmq.OptRoutingId(0)}, "-1 invalid argument"},
		{[]any{"what"}, "0 string is no option of a message: use OptRoutingId or OptGroup"},
	} {
		n, err := b.Send("text", 0, c.options...)
		if got := fmt.Sprint(n, " ", err); got != c.want {
			t.Errorf("Send with %v: %s, want %s", c.options, got, c.want)
		}
		n, err = b.SendBytes([]byte("text"), 0, c.options...)
		if got := fmt.Sprint(n, " ", err); got != c.want {
			t.Errorf("SendBytes with %v: %s, want %s", c.options, got, c.want)
		}
	}
	text, options, err := a.RecvWithOpts(0, zmq.OptRoutingId(0), zmq.OptGroup("x"))
	must(t, err)
	if text != "text" || fmt.Sprintf("%#v", options) != `[]interface {}{0x0, ""}` {
		t.Errorf("%q %#v", text, options)
	}
	bytes, options, err := a.RecvBytesWithOpts(0)
	if err != nil || string(bytes) != "text" || len(options) != 0 {
		t.Errorf("%q %v %v", bytes, options, err)
	}
	if _, _, err := a.RecvWithOpts(0, 3); err == nil {
		t.Error("asked for what is no option")
	}
	if _, _, err := a.RecvBytesWithOpts(0, nil); err == nil {
		t.Error("asked for nothing")
	}
	for range 2 {
		if text, err := a.Recv(zmq.DONTWAIT); err != nil || text != "text" {
			t.Errorf("%q %v: a wrong question has taken a message", text, err)
		}
	}
	b.Close()
	if n, err := b.Send("x", 0, zmq.OptRoutingId(1)); n != 0 || err != zmq.ErrorSocketClosed {
		t.Errorf("%d %v", n, err)
	}
	if _, _, err := b.RecvWithOpts(0); err != zmq.ErrorSocketClosed {
		t.Error(err)
	}
	if err := b.Join("g"); err != zmq.ErrorSocketClosed {
		t.Error(err)
	}
}

func TestJoin(t *testing.T) {
	a, _ := pair(t)
	if err := a.Join("g"); err != zmq.ENOTSUP {
		t.Error(err)
	}
	if err := a.Leave("g"); err != zmq.ENOTSUP {
		t.Error(err)
	}
}

func TestDraftOptions(t *testing.T) {
	r, err := zmq.NewSocket(zmq.ROUTER)
	must(t, err)
	defer r.Close()
	must(t, r.SetRouterNotify(zmq.NotifyConnect|zmq.NotifyDisconnect))
	n, err := r.GetRouterNotify()
	if err != nil || n != 3 {
		t.Errorf("%v %v", n, err)
	}
	must(t, r.SetHelloMsg("hello"))
	must(t, r.SetDisconnectMsg("bye"))
	d, err := zmq.NewSocket(zmq.DEALER)
	must(t, err)
	defer d.Close()
	must(t, d.SetHiccupMsg("hick"))
	if err := r.SetRouterNotify(4); err != zmq.Errno(syscall.EINVAL) {
		t.Error(err)
	}
}

func TestDraftTypes(t *testing.T) {
	for kind, name := range map[zmq.Type]string{zmq.SERVER: "SERVER", zmq.DGRAM: "DGRAM", zmq.PAIR: "PAIR", zmq.DGRAM + 1: "<INVALID>"} {
		if kind.String() != name {
			t.Errorf("%d is %s", int(kind), kind)
		}
	}
	s, err := zmq.NewSocket(zmq.SERVER)
	if zmq.HasDraft() != (err == nil) {
		t.Errorf("HasDraft is %v, a SERVER gives %v", zmq.HasDraft(), err)
	}
	s.Close()
}

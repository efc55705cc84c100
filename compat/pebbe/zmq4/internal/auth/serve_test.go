package auth

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestService(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
	defer cancel()
	c := core.NewContext()
	defer c.Close(ctx)
	var h Handler
	h.Stop() // which is nothing
	if err := h.Start(c); err != nil {
		t.Fatal(err)
	}
	if err := h.Start(c); err != ErrRunning {
		t.Errorf("started twice: %v", err)
	}
	var other Handler
	if err := other.Start(c); !errors.Is(err, errno.EADDRINUSE) {
		t.Errorf("two handlers: %v", err)
	}
	s, err := core.NewSocket(c, opt.TypeDealer)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Connect(Endpoint); err != nil {
		t.Fatal(err)
	}
	request := [][]byte{{}, []byte("1.0"), []byte("1"), []byte("d"), []byte("10.0.0.1"), {}, []byte("NULL")}
	for range 3 {
		if err := s.Send(ctx, request, false); err != nil {
			t.Fatal(err)
		}
		r, err := s.Recv(ctx, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Join(r.Rest(), []byte("|")); string(got) != "1.0|1|200|OK||" {
			t.Errorf("%q", got)
		}
	}
	h.Stop()
	if err := h.Start(c); err != nil {
		t.Errorf("again: %v", err)
	}
	c.Shutdown()
	h.Stop()
	s.StartClose()
	if err := h.Start(c); !errors.Is(err, errno.ETERM) {
		t.Errorf("in a closed context: %v", err)
	}
}

// FuzzAnswer: whatever is asked, there is a whole answer, and nobody whose
// request cannot be read is let in.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n\nNULL"))
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n\nPLAIN\nname\npassword"))
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n\nCURVE\n01234567890123456789012345678901"))
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n\nPLAIN\nname"))
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n\nCURVE\nshort"))
	f.Add([]byte("2.0\n1\nd\n10.0.0.1\n\nNULL"))
	f.Add([]byte("1.0\n1\nd\n10.0.0.1\n"))
	f.Add([]byte(""))
	var h Handler
	h.AddUser("*", "name", "password")
	f.Fuzz(func(t *testing.T, text []byte) {
		frames := bytes.Split(text, []byte("\n"))
		reply := h.answer(frames)
		if len(reply) != 6 || string(reply[0]) != "1.0" {
			t.Fatalf("answered %q", reply)
		}
		if len(frames) > 1 && !bytes.Equal(reply[1], frames[1]) {
			t.Errorf("the answer to %q is for %q", frames[1], reply[1])
		}
		in := string(reply[2]) == "200"
		if in && (len(frames) < 6 || string(frames[0]) != "1.0" || string(frames[5]) == "CURVE") {
			t.Errorf("%q was let in", frames)
		}
	})
}

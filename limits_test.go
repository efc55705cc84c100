package zmq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// The limits on what one peer may want: who wants more is disconnected, an event
// says for which limit, Stats counts it, and the other peers notice nothing.
func TestLimits(t *testing.T) {
	subscribe := func(n, size int) (b []byte) {
		for i := range n {
			b = append(b, testutil.Frame(0, append([]byte{1}, fmt.Sprintf("%0*d", size, i)...))...)
		}
		return b
	}
	for _, c := range []struct {
		option zmq.Option
		typ    zmq.Type
		peer   string
		fits   []byte
		over   []byte
		text   string
	}{
		{zmq.MaxSubscriptions.Of(3), zmq.Pub, "SUB", subscribe(3, 1), subscribe(4, 1), "MAX_SUBSCRIPTIONS is 3"},
		{zmq.MaxSubscriptions.Of(3), zmq.XPub, "SUB", subscribe(3, 1), subscribe(4, 1), "MAX_SUBSCRIPTIONS is 3"},
		{zmq.MaxSubscriptionBytes.Of(30), zmq.XPub, "SUB", subscribe(3, 10), subscribe(4, 10), "MAX_SUBSCRIPTION_BYTES is 30"},
		{zmq.MaxFrames.Of(3), zmq.Pull, "PUSH", []byte("\x01\x00\x01\x00\x00\x00"), []byte("\x01\x00\x01\x00\x01\x00\x00\x00"), "MAX_FRAMES is 3"},
		{zmq.MaxMessage.Of(200), zmq.Pull, "PUSH", []byte("\x01\x00\x01\x00\x00\x00"), []byte("\x01\x00\x01\x00\x01\x00\x00\x00"), "MAXMESSAGE is 200"},
		{zmq.MaxMsgSize.Of(100), zmq.Pull, "PUSH", []byte("\x00\x01x"), append([]byte{0, 101}, make([]byte, 101)...), "MAXMSGSIZE is 100"},
	} {
		t.Run(c.text+" of "+c.typ.String(), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s, err := zmq.New(c.typ, c.option, zmq.Linger.Of(0))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			events := s.Monitor().Events(ctx)
			addr, err := s.Bind("tcp://127.0.0.1:*")
			if err != nil {
				t.Fatal(err)
			}
			if c.typ == zmq.XPub { // that waits, and reads for itself while there is one peer
				got := make(chan struct{})
				go func() {
					defer close(got)
					for {
						if _, err := s.Recv(ctx); err != nil {
							return
						}
					}
				}()
				defer func() { cancel(); <-got }()
			}
			good, bad := dial(t, addr, c.peer), dial(t, addr, c.peer)
			good.Write(c.fits)
			bad.Write(c.over)
			for ev := range events {
				if ev.Kind != zmq.EventDisconnected {
					continue
				}
				if !errors.Is(ev.Err, zmq.ErrLimit) || !strings.Contains(ev.Err.Error(), c.text) || ev.Remote == "" {
					t.Errorf("disconnected for %v", ev.Err)
				}
				break
			}
			for s.Stats().Peers != 1 {
				if ctx.Err() != nil {
					t.Fatal("both are there still")
				}
				time.Sleep(time.Millisecond)
			}
			if n := s.Stats().Limited; n != 1 {
				t.Errorf("Limited is %d", n)
			}
			if c.peer == "PUSH" {
				if _, err := s.Recv(ctx); err != nil {
					t.Errorf("the other peer's message: %v", err)
				}
				return
			}
			if err := s.WaitSubscribers(ctx, "", 0); err != nil {
				t.Fatal(err)
			}
			topic := c.fits[len(c.fits)-int(c.fits[1])+1:]
			if err := s.WaitSubscribers(ctx, string(topic), 1); err != nil {
				t.Fatal(err)
			}
			if err := s.Send(ctx, topic); err != nil {
				t.Fatal(err)
			}
			if flags, body, err := good.ReadFrame(); err != nil || flags != 0 || !bytes.Equal(body, topic) {
				t.Errorf("the other peer got %q, %v", body, err)
			}
		})
	}
}

// Beyond MaxConnections a further connection is closed and told of, and gets in when
// another has left.
func TestMaxConnections(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := zmq.New(zmq.Pull, zmq.MaxConnections.Of(2))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	events := s.Monitor().Events(ctx)
	addr, err := s.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := dial(t, addr, "PUSH"), dial(t, addr, "PUSH")
	if err := s.WaitConnected(ctx, 2); err != nil {
		t.Fatal(err)
	}
	third, err := zmq.New(zmq.Push, zmq.ReconnectInterval.Of(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if err := third.Connect(addr); err != nil {
		t.Fatal(err)
	}
	for ev := range events {
		if ev.Kind != zmq.EventAcceptFailed {
			continue
		}
		if !errors.Is(ev.Err, zmq.ErrLimit) || !strings.Contains(ev.Err.Error(), "MAX_CONNECTIONS is 2") || ev.Remote == "" {
			t.Errorf("event %+v", ev)
		}
		break
	}
	if st := s.Stats(); st.Limited == 0 || st.Peers != 2 {
		t.Errorf("stats %+v", st)
	}
	first.Close()
	if err := third.Send(ctx, []byte("in")); err != nil {
		t.Fatal(err)
	}
	if m, err := s.Recv(ctx); err != nil || string(m.Bytes()) != "in" {
		t.Errorf("received %q, %v", m, err)
	}
}

func dial(t *testing.T, addr, socketType string) *testutil.Peer {
	t.Helper()
	p, err := testutil.Dial(strings.TrimPrefix(addr, "tcp://"), socketType)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	p.SetDeadline(time.Now().Add(time.Minute))
	return p
}

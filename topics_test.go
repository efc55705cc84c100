package zmq_test

import (
	"context"
	"slices"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestTopics lists what two subscribers want, and what is left when one has gone.
func TestTopics(t *testing.T) {
	pub, addr := bind(zmq.XPub)
	defer pub.Close()
	told := func(n int) {
		t.Helper()
		for range n {
			if _, err := pub.Recv(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	first, second := connect(zmq.Sub, addr), connect(zmq.Sub, addr)
	defer second.Close()
	for sub, topics := range map[*zmq.Socket][]string{first: {"b", "a", ""}, second: {"b", "abc"}} {
		if err := sub.Subscribe(topics...); err != nil {
			t.Fatal(err)
		}
	}
	told(4)
	// "b" is told of once, and may be the other's.
	if err := pub.WaitSubscribers(context.Background(), "b", 2); err != nil {
		t.Fatal(err)
	}
	if got := pub.Topics(); !slices.Equal(got, []string{"", "a", "abc", "b"}) {
		t.Errorf("topics of both: %q", got)
	}
	first.Close()
	told(2)
	if got := pub.Topics(); !slices.Equal(got, []string{"abc", "b"}) {
		t.Errorf("topics of one: %q", got)
	}
	if got := second.Topics(); got != nil {
		t.Errorf("topics of a SUB's peers: %q", got)
	}
	none, err := zmq.New(zmq.Pub)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	if got := none.Topics(); got != nil {
		t.Errorf("of a Pub without subscribers: %#v, want nil", got)
	}
	if got := new(zmq.Socket).Topics(); got != nil {
		t.Errorf("topics of a socket that was not made: %q", got)
	}
}

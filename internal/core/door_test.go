package core

import (
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// What is told of a peer at the door comes in order, whatever happens between a
// handshake and the word of it: that a peer is in was told before its handshake, or
// before that it waits, so that it seemed to wait for ever.
func TestDoorIsToldInOrder(t *testing.T) {
	ctx := NewContext()
	row, _ := pattern.ByName("ROUTER")
	s, err := NewSocket(ctx, row.Type)
	if err != nil {
		t.Fatal(err)
	}
	l := s.Events().Listen()
	defer l.Close()
	ep := &endpoint{name: "tcp://127.0.0.1:1", bound: true}
	var told []string
	tell := func(p *peer, name string) {
		p.Waiting(func(error) { told = append(told, name) })
	}
	come := func() *peer {
		p := &peer{s: s, ep: ep, incoming: true, marks: s.marksOf()}
		if _, _, err := p.Ready(&msg.Peer{RoutingID: []byte("x")}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	events := func() (kinds []link.Kind) {
		list, _, _ := l.Take()
		for _, ev := range list {
			kinds = append(kinds, ev.Kind)
		}
		return kinds
	}
	first, second, third := come(), come(), come()
	tell(first, "first")
	tell(third, "third")
	first.Lost(nil) // the second is in before it is told of
	tell(second, "second")
	if got := events(); len(got) > 0 || !slices.Equal(told, []string{"third"}) {
		t.Errorf("events %v, and %v were told to wait", got, told)
	}
	second.Lost(nil)
	if got := events(); !slices.Equal(got, []link.Kind{link.Admitted}) {
		t.Errorf("events %v, want that the third is in", got)
	}
	third.Lost(nil)
	if got := events(); len(got) > 0 {
		t.Errorf("events %v", got)
	}
	ctx.Close(t.Context())
}

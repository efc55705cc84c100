package core

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/transport/tcp"
)

// Fault C5: all connections of a socket are in one order, accepted or not.
func TestOneOrder(t *testing.T) {
	ctx := NewContext()
	s, err := NewSocket(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := s.settings(tcp.Transport{}, "tcp://a:1", true)
	b, _ := s.settings(tcp.Transport{}, "tcp://b:1", false)
	if a.Order == nil || a.Order != b.Order {
		t.Error("two orders")
	}
	s.StartClose()
	<-s.Finished()
}

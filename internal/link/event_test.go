package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
)

// What each end of a connection is told as, and to whom.
func TestLost(t *testing.T) {
	early := func(err error) error { return &engine.HandshakeError{Err: err, Peer: &msg.Peer{Conn: 5}} }
	shaken, raw := &msg.Peer{Mechanism: "NULL", Conn: 5}, &msg.Peer{Conn: 5}
	for _, c := range []struct {
		name string
		peer *msg.Peer // once Ready
		err  error
		want string // kind, scope and code of each event
	}{
		{"closed in the handshake", nil, early(io.EOF), "0x800 0 0, 0x200 0 0"},
		{"closed by us in the handshake", nil, early(net.ErrClosed), "0x800 1 0, 0x200 1 0"},
		{"too slow", nil, early(engine.ErrHandshakeTimeout), "0x800 0 0, 0x200 0 0"},
		{"wrong mechanism", nil, early(mech.Failf(mech.MechanismMismatch, "no")), "0x2000 0 11000002, 0x200 0 0"},
		{"wrong type", nil, early(mech.Failf(0, "no")), "0x2000 1 0, 0x200 0 0"},
		{"refused", nil, early(&mech.AuthError{Status: 400}), "0x4000 0 190, 0x200 0 0"},
		{"lost", shaken, syscall.ECONNRESET, "0x200 0 0"},
		{"closed by us", shaken, fmt.Errorf("read: %w", net.ErrClosed), "0x200 1 0"},
		{"closed by the socket", shaken, engine.ErrClosing, "0x200 1 0"},
		{"a bad frame", shaken, mech.Failf(0, "no"), "0x200 0 0"},
		{"a bad box", shaken, &engine.SealError{Err: mech.Failf(0x11000001, "no")}, "0x2000 0 11000001, 0x200 0 0"},
		{"a raw peer", raw, io.EOF, "0x800 2 0, 0x200 0 0"},
		{"a bad frame of ZMTP 1.0", raw, mech.Failf(0, "no"), "0x200 0 0"},
		{"a raw peer, by us", raw, engine.ErrClosing, "0x200 1 0"},
	} {
		ev := &events{}
		s := settings(ev)
		s.lost(&Event{Kind: HandshakeDone, Scope: Typed, Local: "l", Remote: "r", FD: 3, Peer: c.peer}, c.err)
		got := ""
		for i, e := range ev.list {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%#x %d %x", int(e.Kind), e.Scope, e.Code)
			if e.Local != "l" || e.Remote != "r" || e.FD != 3 || !errors.Is(e.Err, c.err) || e.Peer == nil || e.Peer.Conn != 5 || e.Endpoint != "fake://here" {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	if k, _ := failure(errno.EPIPE); k != HandshakeFailed {
		t.Error(k)
	}
}

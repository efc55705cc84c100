package zmq

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// Constants that are written as numbers, so that their documentation stands for itself,
// are those of the packages below.
func TestNumbers(t *testing.T) {
	for k, is := range map[EventKind]link.Kind{
		EventListening:        link.Listening,
		EventBindFailed:       link.BindFailed,
		EventConnectDelayed:   link.ConnectDelayed,
		EventConnectRetried:   link.ConnectRetried,
		EventConnected:        link.Connected,
		EventAccepted:         link.Accepted,
		EventAcceptFailed:     link.AcceptFailed,
		EventHandshakeDone:    link.HandshakeDone,
		EventHandshakeFailed:  link.HandshakeFailed,
		EventProtocolError:    link.HandshakeBroken,
		EventHandshakeRefused: link.HandshakeRefused,
		EventDisconnected:     link.Disconnected,
		EventClosed:           link.Closed,
		EventCloseFailed:      link.CloseFailed,
		EventLost:             link.Lost,
		EventMessagesDropped:  link.Dropped,
		EventWaiting:          link.Waiting,
		EventAdmitted:         link.Admitted,
	} {
		if link.Kind(k) != is {
			t.Errorf("%v is %#x, want %#x", k, uint32(k), uint32(is))
		}
	}
	for n, is := range map[Notice]msg.Notice{PeerCame: msg.Came, PeerGone: msg.Gone} {
		if msg.Notice(n) != is {
			t.Errorf("%v is %d, want %d", n, n, is)
		}
	}
	for i, typ := range []Type{Pair, Pub, Sub, Req, Rep, Dealer, Router, Pull, Push, XPub, XSub, Stream} {
		if int(typ) != i || typ.String() != opt.TypeName(i) || typ.String() == "" {
			t.Errorf("%v is %d, want %s, %d", typ, typ, opt.TypeName(i), i)
		}
	}
}

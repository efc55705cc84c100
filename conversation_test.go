package zmq_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// conversations are the types, and what their peer says it is.
var conversations = []struct {
	t    zmq.Type
	peer string
}{
	{zmq.Pull, "PUSH"}, {zmq.Push, "PULL"}, {zmq.Sub, "PUB"}, {zmq.XSub, "XPUB"}, {zmq.Pub, "SUB"}, {zmq.XPub, "XSUB"},
	{zmq.Rep, "REQ"}, {zmq.Req, "ROUTER"}, {zmq.Dealer, "ROUTER"}, {zmq.Router, "DEALER"}, {zmq.Pair, "PAIR"},
}

// FuzzConversation has a peer of any type say anything after its handshake, and
// the program go on using its socket. Nothing panics or hangs, and the socket
// still serves a peer that behaves, if its type can have two.
//
// The input is a list of frames: a byte of flags, a byte of length, the body.
func FuzzConversation(f *testing.F) {
	f.Add(byte(0), []byte("\x00\x05hello\x01\x01a\x00\x01b"))
	f.Add(byte(4), []byte("\x00\x04\x01abc\x04\x0e\x09SUBSCRIBEtopi\x04\x0a\x06CANCELtop\x00\x04\x00abc"))
	f.Add(byte(6), []byte("\x01\x00\x00\x03ask\x00\x00\x01\x05envel\x01\x00\x00\x00"))
	f.Add(byte(7), []byte("\x01\x04\x00\x00\x00\x01\x01\x00\x00\x05reply"))
	f.Add(byte(9), []byte("\x04\x07\x04PING\x00\x01\x04\x08\x05READY\x00\x00\x04\x05\x04JOIN\x04\x03\x05ERR"))
	f.Add(byte(10), []byte("\x02\x02ab\x08\x01x\xff\xffy"))
	f.Fuzz(func(t *testing.T, which byte, script []byte) {
		c := conversations[int(which)%len(conversations)]
		ctx, cancel := context.WithTimeout(t.Context(), testutil.Patience)
		defer cancel()
		s, err := zmq.New(c.t, zmq.Linger.Of(0), zmq.MaxMsgSize.Of(1<<16), zmq.SendTimeout.Of(0), zmq.RecvTimeout.Of(time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Subscribe(""); err != nil && c.t == zmq.Sub {
			t.Fatal(err)
		}
		addr, err := s.Bind("tcp://127.0.0.1:*")
		if err != nil {
			t.Fatal(err)
		}
		addr = strings.TrimPrefix(addr, "tcp://")
		p, err := testutil.Dial(addr, c.peer)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		p.Conn.(*net.TCPConn).SetLinger(0) // no port stays behind in TIME_WAIT
		var id []byte
		for len(script) > 0 {
			flags := script[0]
			n := 0
			if len(script) > 1 {
				n = min(int(script[1]), len(script)-2)
			}
			body := script[min(2, len(script)) : min(2, len(script))+n]
			script = script[min(2, len(script))+n:]
			p.Write(testutil.Frame(flags&^testutil.Long, body))
			id = use(ctx, s, id)
		}
		for range 3 {
			id = use(ctx, s, id)
		}
		if c.t == zmq.Pair {
			return
		}
		q, err := testutil.Dial(addr, c.peer)
		if err != nil {
			t.Fatalf("%v is deaf after that: %v", c.t, err)
		}
		q.Conn.(*net.TCPConn).SetLinger(0)
		q.Close()
	})
}

// use does with a socket what a program does. id is who wrote last.
func use(ctx context.Context, s *zmq.Socket, id []byte) []byte {
	if m, ok, err := s.TryRecv(); err == nil && ok {
		id = append([]byte(nil), m.Frame(0)...)
		_ = string(m.Bytes())
		m.Release()
	}
	_ = s.Send(ctx, id, []byte("answer"))
	_ = s.Stats()
	for p := range s.Peers() {
		_ = p.SocketType
	}
	return id
}

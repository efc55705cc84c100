//go:build unix

package core_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

var monitorSituations = []monitorSituation{
	{name: "bind and unbind", play: func(w *world) {
		s := w.bound(opt.TypePull)
		s.unbind(s.endpoint())
		w.until(s, link.Closed)
		s.close()
		w.rest(s)
	}},
	{name: "bind what is bound", tcp: true, play: func(w *world) {
		s, other := w.bound(opt.TypePull), w.watched(opt.TypePull)
		if e := other.bind(s.endpoint()); e != errno.EADDRINUSE {
			w.t.Error(e)
		}
		w.rest(s, other)
	}},
	{name: "bind elsewhere", tcp: true, play: fails("tcp://192.0.2.1:5555")},
	{name: "bind without a port", tcp: true, play: fails("tcp://127.0.0.1")},
	{name: "bind in no directory", tcp: true, play: fails("ipc:///nonexistent/x")},
	{name: "bind a long path", tcp: true, play: fails("ipc://" + strings.Repeat("x", 200))},
	{name: "bind a wildcard", tcp: true, play: func(w *world) {
		w.t.Setenv("TMPDIR", os.TempDir())
		s := w.watched(opt.TypePull)
		if e := s.bind("ipc://*"); e != 0 {
			w.t.Fatal(e)
		}
		ep := s.endpoint()
		s.unbind(ep)
		for _, kind := range []link.Kind{link.Listening, link.Closed} {
			have := len(w.notes)
			if r := w.until(s, kind); r.endpoint != ep {
				w.t.Errorf("%v; want %s", r, ep)
			}
			w.notes = append(w.notes[:have], fmt.Sprint(len(w.notes)-have, kind)) // the path is another each time
		}
	}},
	{name: "connect and disconnect", play: func(w *world) {
		push, pull := w.pair()
		push.disconnect(pull.endpoint())
		w.until(pull, link.Disconnected)
		w.rest(push, pull)
	}},
	{name: "the connecting side closes", play: func(w *world) {
		push, pull := w.pair()
		push.close()
		w.until(push, link.MonitorStopped)
		w.until(pull, link.Disconnected)
		w.rest(push, pull)
	}},
	{name: "the listening side closes", play: func(w *world) {
		push, pull := w.pair()
		pull.close()
		w.until(pull, link.MonitorStopped)
		w.until(push, link.ConnectRetried)
		w.until(push, link.ConnectRetried)
		push.close()
		w.await(push, link.MonitorStopped) // it may have tried again
	}},
	{name: "the listener comes back", play: func(w *world) {
		push, pull := w.pair()
		ep := pull.endpoint()
		pull.unbind(ep)
		w.until(pull, link.Closed)
		w.until(push, link.ConnectRetried)
		w.until(push, link.ConnectRetried)
		if e := pull.bind(ep); e != 0 {
			w.t.Fatal(e)
		}
		w.until(pull, link.HandshakeDone)
		w.await(push, link.HandshakeDone) // as above
	}},
	{name: "nobody listens", play: func(w *world) {
		s := w.watched(opt.TypePush, "RECONNECT_IVL", 30)
		ep := "ipc://" + filepath.Join(w.dir, "none")
		if !w.ipc {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				w.t.Fatal(err)
			}
			ep = "tcp://" + ln.Addr().String()
			ln.Close()
		}
		s.connect(ep)
		w.until(s, link.ConnectRetried)
		w.until(s, link.ConnectRetried)
	}},
	{name: "a name that is nobody's", tcp: true, play: func(w *world) {
		s := w.watched(opt.TypePush, "RECONNECT_IVL", 100000)
		s.connect("tcp://nobody.invalid:5555")
		w.until(s, link.ConnectRetried)
		w.rest(s)
	}},
	{name: "a name", tcp: true, play: func(w *world) {
		s := w.bound(opt.TypePull)
		c := w.watched(opt.TypePush)
		c.connect(strings.Replace(s.endpoint(), "127.0.0.1", "localhost", 1))
		w.until(c, link.HandshakeDone)
	}},
	{name: "under IPV6", tcp: true, play: func(w *world) {
		s := w.watched(opt.TypePull, "IPV6", 1)
		if e := s.bind("tcp://*:*"); e != 0 {
			w.t.Fatal(e)
		}
		c := w.watched(opt.TypePush)
		c.connect(strings.Replace(s.endpoint(), "[::]", "127.0.0.1", 1))
		w.until(s, link.HandshakeDone)
		c.close()
		w.until(s, link.Disconnected)
	}},
	{name: "a filter", play: func(w *world) {
		filter, value := "TCP_ACCEPT_FILTER", any("10.0.0.0/8")
		if w.ipc {
			filter, value = "IPC_FILTER_PID", any(1)
		}
		s := w.bound(opt.TypePull, filter, value)
		c := w.watched(opt.TypePush, "RECONNECT_IVL", 100000)
		c.connect(s.endpoint())
		w.until(s, link.AcceptFailed)
		w.until(c, link.ConnectRetried)
		w.rest(s)
	}},
	{name: "a peer of the wrong type", play: func(w *world) {
		s := w.bound(opt.TypePull)
		c := w.dial(s)
		c.Write(append(greeting("NULL"), testutil.Ready("PULL")...))
		w.until(s, link.Disconnected)
		w.rest(s)
	}},
	{name: "garbage", play: said([]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), make([]byte, 300))},
	{name: "another mechanism", play: said(greeting("PLAIN"))},
	{name: "no mechanism", play: said(greeting("null"))},
	{name: "a wrong command", play: said(greeting("NULL"), command("\x05HELLO"))},
	{name: "no command", play: said(greeting("NULL"), command("\x09"))},
	{name: "an empty command", play: said(greeting("NULL"), command(""))},
	{name: "a message for a command", play: said(greeting("NULL"), testutil.Frame(0, []byte("x")))},
	{name: "bad metadata", play: said(greeting("NULL"), metadata("\x0bSocket-Type\x00\x00\x00\x20PUSH"))},
	{name: "an ERROR cut short", play: said(greeting("NULL"), command("\x05ERROR\x03"))},
	{name: "a frame too big", play: shaken(testutil.Frame(0, make([]byte, 100)), "MAXMSGSIZE", 50)},
	{name: "a peer that closes at once", play: func(w *world) {
		s := w.bound(opt.TypePull)
		w.dial(s).Close()
		w.until(s, link.Disconnected)
	}},
	{name: "a peer that says nothing", play: func(w *world) {
		s := w.bound(opt.TypePull, "HANDSHAKE_IVL", 100)
		w.dial(s)
		w.until(s, link.Disconnected)
	}},
	{name: "a peer that greets and says nothing", play: func(w *world) {
		s := w.bound(opt.TypePull, "HANDSHAKE_IVL", 100)
		w.dial(s).Write(greeting("NULL"))
		w.until(s, link.Disconnected)
	}},
	{name: "a peer of ZMTP 2.0", play: func(w *world) {
		s := w.bound(opt.TypePull)
		c := w.dial(s)
		c.Write(append(greeting("NULL")[:10], 1, 8, 0, 0))
		w.until(s, link.Accepted)
		w.rest(s)
		c.Read(make([]byte, 100)) // so that the system does not reset it
		c.Close()
		w.until(s, link.Disconnected)
	}},
	{name: "a peer without heart", play: func(w *world) {
		s := w.bound(opt.TypePull, "HEARTBEAT_IVL", 50, "HEARTBEAT_TIMEOUT", 100)
		w.dial(s).Write(append(greeting("NULL"), testutil.Ready("PUSH")...))
		w.until(s, link.Disconnected)
		w.rest(s)
	}},
	{name: "raw peers", play: func(w *world) {
		s := w.bound(opt.TypeStream)
		c := w.dial(s)
		w.until(s, link.Accepted)
		w.rest(s)
		c.Close()
		w.until(s, link.Disconnected)
		w.rest(s)
	}},
	{name: "a listener of another mechanism", tcp: true, play: answered(false, greeting("PLAIN"))},
	{name: "a listener of the wrong type", tcp: true, play: answered(false, greeting("NULL"), testutil.Ready("PUSH"))},
	{name: "a listener that closes", tcp: true, play: answered(true)},
	{name: "a listener that greets and closes", tcp: true, play: answered(true, greeting("NULL"))},
	{name: "a listener that refuses", tcp: true, play: func(w *world) {
		s, c := w.toListener()
		c.Write(append(greeting("NULL"), command("\x05ERROR\x03400")...))
		w.until(s, link.HandshakeRefused) // libzmq leaves the rest to the peer
	}},
	{name: "a PLAIN listener of the wrong type", tcp: true, play: func(w *world) {
		s, c := w.toListener("PLAIN_USERNAME", "a", "PLAIN_PASSWORD", "b")
		r := bufio.NewReader(c)
		c.Write(greeting("PLAIN"))
		r.Discard(64) // its greeting
		for _, answer := range [][]byte{command("\x07WELCOME"), testutil.Ready("PUSH")} {
			head, err := r.Peek(2) // of HELLO, INITIATE
			if err != nil {
				w.t.Fatal(err)
			}
			r.Discard(2 + int(head[1]))
			c.Write(answer)
		}
		w.until(s, link.HandshakeBroken) // as above
	}},
	{name: "a PLAIN listener without a command", tcp: true, play: func(w *world) {
		s, c := w.toListener("PLAIN_USERNAME", "a", "PLAIN_PASSWORD", "b")
		c.Write(append(greeting("PLAIN"), command("\x09")...))
		w.until(s, link.Disconnected)
	}},
	{name: "PLAIN and nobody to ask", play: func(w *world) {
		s := w.bound(opt.TypePull, "PLAIN_SERVER", 1)
		c := w.watched(opt.TypePush, "PLAIN_USERNAME", "a", "PLAIN_PASSWORD", "b", "RECONNECT_IVL", 100000)
		c.connect(s.endpoint())
		w.until(s, link.HandshakeFailed)
		w.afterwards(s, link.Disconnected)
		w.afterwards(c, link.ConnectRetried)
	}},
	{name: "NULL to PLAIN", play: func(w *world) {
		s := w.bound(opt.TypePull, "PLAIN_SERVER", 1)
		c := w.watched(opt.TypePush, "RECONNECT_IVL", 100000)
		c.connect(s.endpoint()) // what c sees depends on who is faster
		w.until(s, link.Disconnected)
	}},
	{name: "a second peer of a PAIR", play: waits(opt.TypePair, opt.TypePair)},
	{name: "a routing id that is taken", play: waits(opt.TypeRouter, opt.TypeDealer)},
	{name: "some events", play: func(w *world) {
		s := w.socket(opt.TypePull)
		s.monitor(int(link.Accepted | link.Closed))
		if e := s.bind(w.address()); e != 0 {
			w.t.Fatal(e)
		}
		w.dial(s).Close()
		w.until(s, link.Accepted)
		s.close()
		w.rest(s)
	}},
	{name: "a monitor that is replaced and stopped", play: func(w *world) {
		s := w.watched(opt.TypePull)
		s.monitor(0xffff)
		if e := s.bind(w.address()); e != 0 {
			w.t.Fatal(e)
		}
		s.unmonitor()
		s.unbind(s.endpoint())
		w.rest(s)
	}},
}

// waits has two peers of one routing id connect.
func waits(at, from int) func(*world) {
	return func(w *world) {
		s := w.bound(at)
		for range 2 {
			c := w.watched(from, "ROUTING_ID", "x")
			c.connect(s.endpoint())
			w.until(s, link.HandshakeDone)
			w.until(c, link.HandshakeDone)
			w.rest(s, c)
		}
	}
}

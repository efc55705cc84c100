package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// Endpoints that are none, or that cannot be had.
var _ = scenario("bad endpoints", func(t *tape) {
	for _, endpoint := range []string{
		"", "x", "://", "tcp", "tcp:", "tcp://", "tcp://x", "tcp://:", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:x",
		"tcp://999.0.0.1:5555", "tcp://:5555x", "tcp://[::1:5555", "tcp://*:*:*",
		"tcp://no such host:5555", "tcp://no-interface:5555", "tcp://192.0.2.1:5555", "TCP://127.0.0.1:5555", "foo://bar", "http://127.0.0.1:80",
		"inproc://", "inproc:", "inproc:x", "ipc://", "ipc:///no/such/folder/x", "ipc://@", "ipc://" + strings.Repeat("x", 200),
		"udp://127.0.0.1:5555", "pgm://eth0;239.192.1.1:5555", "epgm://eth0;239.192.1.1:0", "tipc://{x}", "vmci://1:2", "ws://127.0.0.1:*", "ws://x",
		" tcp://127.0.0.1:5555", "tcp://127.0.0.1:* ", "tcp://\x00:5555", "tcp://127.0.0.1:*;127.0.0.1:5555",
	} {
		s := open(zmq.DEALER)
		t.is(fmt.Sprintf("Bind(%.40q)", endpoint))(s.Bind(endpoint))
		t.is(fmt.Sprintf("Unbind(%.40q)", endpoint))(s.Unbind(endpoint))
		t.is(fmt.Sprintf("Disconnect(%.40q)", endpoint))(s.Disconnect(endpoint))
		check(s.Close())
		s = open(zmq.DEALER)
		t.is(fmt.Sprintf("Connect(%.40q)", endpoint))(s.Connect(endpoint))
		check(s.Close())
	}
	t.is("Connect to any port")(open(zmq.DEALER).Connect("tcp://127.0.0.1:*"))
	t.is("Connect to port -1")(open(zmq.DEALER).Connect("tcp://127.0.0.1:-1"))
	t.is("Connect to a large port")(open(zmq.DEALER).Connect("tcp://127.0.0.1:70000000"))
	t.is("Connect to port 0")(open(zmq.DEALER).Connect("tcp://127.0.0.1:0"))
	t.is("Connect to a name")(open(zmq.DEALER).Connect("tcp://localhost:5555"))
	t.is("Connect from an address")(open(zmq.DEALER).Connect("tcp://127.0.0.1:0;127.0.0.1:5555"))
	t.is("REQ over udp")(open(zmq.REQ).Bind("udp://127.0.0.1:5555"))
	t.is("REQ over epgm")(open(zmq.REQ).Bind("epgm://127.0.0.1;239.192.1.1:5555"))
})

var _ = scenario("endpoints", func(t *tape) {
	for _, scheme := range []string{"tcp", "ipc", "inproc"} {
		say := func(call string) func(...any) { return t.is(scheme + " " + call) }
		a, b := open(zmq.DEALER), open(zmq.DEALER)
		say("last endpoint at first")(a.GetLastEndpoint())
		check(a.Bind(somewhere(scheme)))
		addr := must(a.GetLastEndpoint())
		t.hides(addr, "ADDR")
		say("last endpoint")(addr)
		say("bind twice")(a.Bind(addr))
		say("bind by another")(b.Bind(addr))
		say("connect")(b.Connect(addr))
		say("last endpoint")(b.GetLastEndpoint())
		say("connect twice")(b.Connect(addr))
		say("send")(b.Send("x", 0))
		say("recv")(a.Recv(0))
		say("disconnect")(b.Disconnect(addr))
		say("disconnect again")(b.Disconnect(addr))
		say("disconnect thrice")(b.Disconnect(addr))
		say("send to nobody")(b.Send("x", zmq.DONTWAIT))
		say("disconnect what is bound")(a.Disconnect(addr))
		say("unbind what is gone")(a.Unbind(addr))
		say("last endpoint after all")(a.GetLastEndpoint())
		say("bind again")(again(a, addr))
		say("unbind what is bound")(a.Unbind(addr))
		say("unbind what is not")(a.Unbind(addr))
		check(a.Close())
		check(b.Close())
	}
	dir := must(os.MkdirTemp("", "calls"))
	defer os.RemoveAll(dir)
	t.hides(dir, "DIR")
	s, twin := open(zmq.REP), open(zmq.REP)
	path := filepath.Join(dir, "s")
	t.is("bind a file")(s.Bind("ipc://" + path))
	t.is("last endpoint")(s.GetLastEndpoint())
	t.is("bind it again")(twin.Bind("ipc://" + path))
	check(s.Close())
	check(twin.Close())
	long := "ipc://" + filepath.Join(dir, strings.Repeat("n", 107))
	t.is("bind a long name")(open(zmq.REP).Bind(long))
	t.is("connect a long name")(open(zmq.REP).Connect(long))

	v6 := open(zmq.REP)
	check(v6.SetIpv6(true))
	t.is("bind v6")(v6.Bind("tcp://[::1]:*"))
	t.is("bind v4 with v6 on")(v6.Bind("tcp://127.0.0.1:*"))
	last := must(v6.GetLastEndpoint())
	t.say("its form", last[:strings.LastIndex(last, ":")])
	t.is("bind v6 with v6 off")(open(zmq.REP).Bind("tcp://[::1]:*"))
	all := open(zmq.REP)
	check(all.Bind("tcp://*:*"))
	last = must(all.GetLastEndpoint())
	t.say("the form of all", last[:strings.LastIndex(last, ":")])

	taken := must(net.Listen("tcp", "127.0.0.1:0"))
	defer taken.Close()
	t.is("bind a port that is taken")(open(zmq.REP).Bind("tcp://" + taken.Addr().String()))
})

// again binds to what a moment ago was another's: libzmq gives it back when it
// comes to it.
func again(s *zmq.Socket, endpoint string) (err error) {
	for range 200 {
		if err = s.Bind(endpoint); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// An inproc name is its context's own.
var _ = scenario("inproc", func(t *tape) {
	early := open(zmq.PUSH)
	t.is("connect before bind")(early.Connect("inproc://early"))
	t.is("send before bind")(early.Send("a", 0))
	late := open(zmq.PULL)
	t.is("bind")(late.Bind("inproc://early"))
	t.is("recv")(late.Recv(0))
	other := must(zmq.NewContext())
	s := must(other.NewSocket(zmq.PULL))
	t.is("the same name in another context")(s.Bind("inproc://early"))
	check(s.Close())
	t.is("Term")(other.Term())
})

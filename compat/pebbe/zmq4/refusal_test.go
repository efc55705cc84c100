package zmq4_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

const httpAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"

// Fault A7: a server of another protocol was taken for a ZMTP 1.0 peer, and
// swallowed what was sent. The endpoint lives on, and the next peer there
// gets it.
func TestMessagesOutliveForeignServer(t *testing.T) {
	ctx := newContext(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	push := open(t, ctx, zmq.PUSH)
	must(t, push.SetReconnectIvl(time.Millisecond))
	must(t, push.Connect("tcp://"+ln.Addr().String()))
	_, err = push.Send("precious", 0)
	must(t, err)
	for range 3 {
		c, err := ln.Accept()
		must(t, err)
		_, err = io.WriteString(c, httpAnswer)
		must(t, err)
		c.SetReadDeadline(time.Now().Add(patience))
		if got, _ := io.ReadAll(c); strings.Contains(string(got), "precious") {
			t.Errorf("the HTTP server was sent %q", got)
		}
		c.Close()
	}
	ln.Close()
	pull := open(t, ctx, zmq.PULL)
	must(t, pull.Bind("tcp://"+ln.Addr().String()))
	got, err := pull.Recv(0)
	must(t, err)
	same(t, "received", got, "precious")
}

// Fault A7, the other way round: an HTTP client that comes to a socket.
func TestMessagesOutliveForeignClient(t *testing.T) {
	ctx := newContext(t)
	push, pull := open(t, ctx, zmq.PUSH), open(t, ctx, zmq.PULL)
	must(t, push.Bind("tcp://127.0.0.1:*"))
	c, err := net.Dial("tcp", strings.TrimPrefix(endpoint(t, push), "tcp://"))
	must(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a long one, longer than a frame of that size\r\n\r\n")
	must(t, err)
	c.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadAll(c); len(got) != 10 {
		t.Errorf("the client was told %q, %v", got, err)
	}
	if _, err := push.Send("precious", zmq.DONTWAIT); err == nil {
		t.Error("there was a peer to send to")
	}
	must(t, pull.Connect(endpoint(t, push)))
	_, err = push.Send("precious", 0)
	must(t, err)
	got, err := pull.Recv(0)
	must(t, err)
	same(t, "received", got, "precious")
}

// Fault B2: a server that connects, and refuses a peer once, tries again.
func TestConnectingServerTriesAgain(t *testing.T) {
	for _, status := range []string{"300", "400", "500"} {
		t.Run(status, func(t *testing.T) {
			ctx := newContext(t)
			handler := open(t, ctx, zmq.REP)
			must(t, handler.Bind("inproc://zeromq.zap.01"))
			server, client := open(t, ctx, zmq.PULL), open(t, ctx, zmq.PUSH)
			must(t, server.ServerAuthPlain("d"))
			must(t, server.SetReconnectIvl(time.Millisecond))
			must(t, client.ClientAuthPlain("u", "p"))
			must(t, client.Bind("tcp://127.0.0.1:*"))
			must(t, server.Connect(endpoint(t, client)))
			for _, answer := range []string{status, status, "200"} {
				ask, err := handler.RecvMessage(0)
				must(t, err)
				_, err = handler.SendMessage("1.0", ask[1], answer, "", "", "")
				must(t, err)
			}
			_, err := client.Send("in", 0)
			must(t, err)
			got, err := server.Recv(0)
			must(t, err)
			same(t, "received", got, "in")
		})
	}
}

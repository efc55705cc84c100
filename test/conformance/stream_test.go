package conformance

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// dial makes a plain TCP connection that is closed after the test.
func (b *bed) dial(addr string) net.Conn {
	b.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(addr, "tcp://"))
	b.ok(err)
	b.ok(c.SetDeadline(time.Now().Add(limit)))
	b.Cleanup(func() { c.Close() })
	return c
}

// gather receives the data of one peer until it has n bytes.
func gather(b *bed, s *zmq.Socket, id string, n int) string {
	b.Helper()
	var data strings.Builder
	for data.Len() < n {
		m := b.recv(s)
		if len(m) != 2 || m[0] != id || m[1] == "" || len(m[1]) > 8192 {
			b.Fatalf("received %.60q", m)
		}
		data.WriteString(m[1])
	}
	return data.String()
}

func TestStreamBound(t *testing.T) {
	b := lay(t, "tcp")
	s, addr := b.bound(zmq.Stream)
	ids := map[string]net.Conn{}
	for range 3 {
		c := b.dial(addr)
		m := b.recv(s)
		if len(m) != 2 || len(m[0]) != 5 || m[1] != "" || ids[m[0]] != nil {
			t.Fatalf("received %q of a new connection", m)
		}
		ids[m[0]] = c
	}
	big := string(filled(200_000, 1))
	for id, c := range ids {
		_, err := io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
		b.ok(err)
		if got := gather(b, s, id, 18); got != "GET / HTTP/1.0\r\n\r\n" {
			t.Errorf("received %q", got)
		}
		b.spawn(func() { io.WriteString(c, big) })
		if gather(b, s, id, len(big)) != big {
			t.Error("the bytes differ")
		}
		b.send(s, id, "HTTP/1.0 200 OK\r\n\r\n")
		b.send(s, id, big)
		b.send(s, id, "") // close, after what was sent
		got, err := io.ReadAll(c)
		b.ok(err)
		if string(got) != "HTTP/1.0 200 OK\r\n\r\n"+big {
			t.Errorf("%d bytes came back", len(got))
		}
		b.is(s.Send(b.ctx, []byte(id), []byte("x")), zmq.ErrNoRoute)
	}
	b.silent(s) // of what we closed nothing is told
	c := b.dial(addr)
	id := b.recv(s)[0]
	c.Close()
	b.want(s, id, "") // of what the other side closed it is
	b.is(s.Send(b.ctx, []byte("nobody"), []byte("x")), zmq.ErrNoRoute)
	b.is(s.Send(b.ctx, []byte(id), []byte("x"), []byte("y")), zmq.ErrInvalid)
}

func TestStreamConnects(t *testing.T) {
	b := lay(t, "tcp")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	b.ok(err)
	defer ln.Close()
	s := b.socket(zmq.Stream, zmq.ConnectRoutingID.Of([]byte("web")))
	b.ok(s.Connect("tcp://" + ln.Addr().String()))
	c, err := ln.Accept()
	b.ok(err)
	defer c.Close()
	b.want(s, "web", "")
	b.send(s, "web", "hello")
	got := make([]byte, 5)
	_, err = io.ReadFull(c, got)
	b.ok(err)
	if string(got) != "hello" {
		t.Errorf("received %q", got)
	}
	io.WriteString(c, "welcome")
	if got := gather(b, s, "web", 7); got != "welcome" {
		t.Errorf("received %q", got)
	}
	b.ok(s.Disconnect("tcp://" + ln.Addr().String()))
	if _, err := c.Read(got); !errors.Is(err, io.EOF) {
		t.Errorf("after Disconnect: %v", err)
	}
}

// TestStreamToStream: two STREAMs know nothing of each other but bytes.
func TestStreamToStream(t *testing.T) {
	b := lay(t, "tcp")
	x, addr := b.bound(zmq.Stream)
	y := b.socket(zmq.Stream)
	b.ok(y.Connect(addr))
	idX, idY := b.recv(x)[0], b.recv(y)[0]
	data := filled(100_000, 3)
	b.ok(y.Send(b.ctx, []byte(idY), data))
	if got := gather(b, x, idX, len(data)); !bytes.Equal([]byte(got), data) {
		t.Error("the bytes differ")
	}
}

func TestStreamQuiet(t *testing.T) {
	b := lay(t, "tcp")
	s, addr := b.bound(zmq.Stream, zmq.StreamNotify.Of(false))
	c := b.dial(addr)
	io.WriteString(c, "first")
	m := b.recv(s)
	if m[1] != "first" {
		t.Fatalf("received %q", m)
	}
	c.Close()
	b.await("it is gone", func() bool { return s.Stats().Peers == 0 })
	b.silent(s)
}

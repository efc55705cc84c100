package gozmq

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

var ctx = context.Background()

// publisher counts its messages, as bitcoind does.
type publisher struct {
	*zmq.Socket
	n map[string]uint32
}

func publish(t *testing.T, at string) (*publisher, string) {
	t.Helper()
	s, err := zmq.New(zmq.Pub)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	addr, err := s.Bind(at)
	if err != nil {
		t.Fatal(err)
	}
	return &publisher{s, map[string]uint32{}}, addr
}

func (p *publisher) send(t *testing.T, topic, body string) {
	t.Helper()
	if err := p.WaitSubscribers(ctx, topic, 1); err != nil {
		t.Fatal(err)
	}
	if err := p.Send(ctx, []byte(topic), []byte(body), binary.LittleEndian.AppendUint32(nil, p.n[topic])); err != nil {
		t.Fatal(err)
	}
	p.n[topic]++
}

func subscribe(t *testing.T, addr string, topics ...string) *Conn {
	t.Helper()
	c, err := Subscribe(addr, topics, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestReceive(t *testing.T) {
	for _, form := range []func(string) string{
		func(a string) string { return a },
		func(a string) string { return a[strings.Index(a, "//")+2:] },
		func(a string) string { return strings.NewReplacer("ipc", "unix", "127.0.0.1", "*").Replace(a) },
		func(a string) string { return strings.Replace(a, "127.0.0.1", "localhost", 1) },
	} {
		for _, at := range []string{"tcp://127.0.0.1:*", "ipc://" + t.TempDir() + "/s"} {
			pub, addr := publish(t, at)
			c := subscribe(t, form(addr), "rawblock", "rawtx")
			if c.RemoteAddr() == nil || !strings.HasSuffix(addr, c.RemoteAddr().String()[strings.LastIndex(c.RemoteAddr().String(), ":")+1:]) {
				t.Errorf("%s is at %v", addr, c.RemoteAddr())
			}
			pub.send(t, "rawtx", "body")
			bufs := [][]byte{make([]byte, 10), make([]byte, 100), make([]byte, 4)}
			got, err := c.Receive(bufs)
			if err != nil || string(bytes.Join(got[:2], []byte("|"))) != "rawtx|body" || len(got) != 3 || &got[1][0] != &bufs[1][0] || len(bufs[0]) != 5 {
				t.Fatalf("%q, %v", got, err)
			}
			pub.send(t, "rawblock", "")
			if got, err = c.Receive(nil); err != nil || len(got) != 3 || string(got[0]) != "rawblock" || got[1] == nil {
				t.Fatalf("%q, %v", got, err)
			}
			pub.send(t, "rawtx", "too large")
			if _, err = c.Receive([][]byte{nil, make([]byte, 3)}); err == nil || err.Error() != "buffer of size 3 is too small for frame of size 9" {
				t.Fatal(err)
			}
			parts := make([][]byte, 17)
			parts[0] = []byte("rawtx")
			if err := pub.Send(ctx, parts...); err != nil {
				t.Fatal(err)
			}
			if _, err = c.Receive(nil); err == nil || err.Error() != "message has too many parts" {
				t.Fatal(err)
			}
			c.Close()
		}
	}
}

func TestSubscribeFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	for a, want := range map[string]string{
		addr: "dial tcp " + addr + ": connect: connection refused", "ipc:///nowhere/at/all": "no such file", "": "couldn't resolve address ",
		"nothing": "couldn't resolve address nothing", "http://x": "couldn't resolve address http://x", "tcp://x": "missing port",
		"nohost.invalid:1": "nohost.invalid",
	} {
		if _, err := Subscribe(a, nil, time.Second); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", a, err, want)
		}
	}
	pull, err := zmq.New(zmq.Pull)
	if err != nil {
		t.Fatal(err)
	}
	defer pull.Close()
	at, err := pull.Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Subscribe(at, nil, time.Second); err == nil || !strings.Contains(err.Error(), "PULL") {
		t.Errorf("a PULL: %v", err)
	}
}

func TestClose(t *testing.T) {
	_, addr := publish(t, "tcp://127.0.0.1:*")
	for range 100 {
		c := subscribe(t, addr, "")
		done := make(chan error)
		go func() { // the test waits for it
			_, err := c.Receive(nil)
			done <- err
		}()
		for range 2 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := <-done; err != io.EOF {
			t.Fatal(err)
		}
		if _, err := c.Receive(nil); err != io.EOF {
			t.Fatal(err)
		}
	}
}

// TestRestart: a lost connection is told once, after all that came, and is made again;
// what is missing is logged.
func TestRestart(t *testing.T) {
	var text buffer
	log.SetOutput(&text)
	defer log.SetOutput(os.Stderr)
	pub, addr := publish(t, "tcp://127.0.0.1:*")
	c := subscribe(t, addr, "a")
	pub.send(t, "a", "0")
	n := pub.n["a"]
	pub.Close()
	if got, err := c.Receive(nil); err != nil || string(got[1]) != "0" {
		t.Fatalf("%q, %v", got, err)
	}
	_, err := c.Receive(nil)
	var op *net.OpError
	if !errors.As(err, &op) || !op.Timeout() || err == io.EOF {
		t.Fatalf("%#v", err)
	}
	for _, missing := range []uint32{0, 5} {
		pub, _ = publish(t, addr)
		pub.n["a"] = n + missing
		pub.send(t, "a", "next")
		got, err := c.Receive(nil)
		if errors.As(err, &op) && op.Timeout() {
			got, err = c.Receive(nil)
		}
		if err != nil || string(got[1]) != "next" {
			t.Fatalf("%q, %v", got, err)
		}
		n = pub.n["a"]
		pub.Close()
	}
	pub, _ = publish(t, addr)
	pub.send(t, "a", "anew")
	for {
		if got, err := c.Receive(nil); err == nil {
			if string(got[1]) != "anew" {
				t.Errorf("%q", got)
			}
			break
		}
	}
	if s := text.String(); strings.Count(s, "\n") != 2 || !strings.Contains(s, `5 messages of "a" are missing before number 7`) || !strings.Contains(s, `"a" is counted from 0 again`) {
		t.Errorf("logged: %s", s)
	}
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

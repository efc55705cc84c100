package testutil

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

func TestMarkSeesWhatIsLeft(t *testing.T) {
	mark := Snapshot()
	if left := mark.Wait(0); left != "" {
		t.Fatalf("left before anything began:\n%s", left)
	}
	stop := make(chan struct{})
	go func() { <-stop }() // ends with stop, and Wait waits for it below
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	left := mark.Wait(0)
	if !strings.Contains(left, "TestMarkSeesWhatIsLeft") {
		t.Errorf("a goroutine was not seen:\n%s", left)
	}
	if Sockets() > 0 && !strings.Contains(left, "1 network sockets") {
		t.Errorf("a socket was not seen:\n%s", left)
	}
	close(stop)
	ln.Close()
	if left := mark.Wait(5 * time.Second); left != "" {
		t.Errorf("left:\n%s", left)
	}
}

func TestPeersShakeHands(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	got := make(chan string, 1)
	go func() { // ends after one message; got says so
		c, err := ln.Accept()
		if err != nil {
			got <- err.Error()
			return
		}
		defer c.Close()
		p, err := Shake(c, "PULL")
		if err != nil {
			got <- err.Error()
			return
		}
		m, err := p.Recv()
		if err != nil || len(m) != 2 {
			got <- "no message"
			return
		}
		got <- string(m[0]) + string(m[1][:3])
	}()
	p, err := Dial(ln.Addr().String(), "PUSH")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Send([]byte("a"), []byte(strings.Repeat("xyz", 200))); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "axyz" {
		t.Fatal(s)
	}
}

package interop

import (
	"context"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

func TestDbgX(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	a, b := we.socket(t, zmq.XPub), lib.socket(t, zmq.Sub)
	go func() {
		for e := range a.(*ourSock).Events(context.Background()) {
			t.Logf("%+v", e)
		}
	}()
	join(t, a, b, "tcp", true)
	t.Log(b.text("SUBSCRIBE", "x"))
	t.Log(a.recv(1000))
	time.Sleep(time.Second)
	t.Log(a.recv(1000))
}

func TestDbgS(t *testing.T) {
	lib, we := startLib(t), newOurs(t)
	a, b := lib.socket(t, zmq.Stream), we.socket(t, zmq.Stream)
	go func() {
		for e := range b.(*ourSock).Events(context.Background()) {
			t.Logf("%+v", e)
		}
	}()
	join(t, a, b, "tcp", true)
	t.Log(b.recv(1000))
	m, _ := a.recv(1000)
	t.Log(a.send(1000, m[0], ""))
	t.Log(b.recv(2000))
	time.Sleep(time.Second)
	t.Log(a.recv(0))
	t.Log(b.recv(1000))
}

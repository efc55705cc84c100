package zmq4_test

import (
	"net"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// Fault A3: a ROUTER drops for a peer that does not read, and serves the others. If
// it is mandatory, a Send that waits for room of that peer ends when the connection
// is reset, though nothing is received meanwhile.
func TestStuckPeer(t *testing.T) {
	ctx := newContext(t)
	router, good := open(t, ctx, zmq.ROUTER), open(t, ctx, zmq.DEALER)
	for _, s := range []*zmq.Socket{router, good} {
		must(t, s.SetSndhwm(10))
		must(t, s.SetRcvhwm(10))
		must(t, s.SetSndtimeo(patience))
		must(t, s.SetRcvtimeo(patience))
	}
	must(t, router.Bind("tcp://127.0.0.1:*"))
	addr, err := router.GetLastEndpoint()
	must(t, err)
	must(t, good.Connect(addr))
	bad, err := testutil.Dial(strings.TrimPrefix(addr, "tcp://"), "DEALER")
	must(t, err)
	defer bad.Close()
	body := []byte(strings.Repeat("x", 10_000))
	bad.SetWriteDeadline(time.Now().Add(patience))
	flood := func(n int) error {
		for range n {
			if err := bad.Send(body); err != nil {
				return err
			}
		}
		return nil
	}
	flooded := make(chan error, 1)
	go func() { flooded <- flood(1000) }() // waited for below
	id := ""
	for echoed, n := 0, 0; n < 1000 || echoed < 100; {
		if echoed < 100 {
			_, err := good.SendBytes([]byte("ping"), zmq.DONTWAIT)
			if err != nil && err != again {
				t.Fatal(err)
			}
		}
		m, err := router.RecvMessageBytes(0)
		must(t, err)
		_, err = router.SendMessage(m)
		must(t, err)
		if len(m[1]) == len(body) {
			id = string(m[0])
			n++
		}
		if _, err := good.RecvBytes(zmq.DONTWAIT); err == nil {
			echoed++
		}
	}
	must(t, <-flooded)

	must(t, router.SetRouterMandatory(1))
	must(t, router.SetSndtimeo(-1))
	bad.SetWriteDeadline(time.Now().Add(50 * time.Millisecond)) // until it is held up
	flood(1 << 20)
	over := make(chan error, 1)
	go func() { // waited for below
		for {
			if _, err := router.SendMessage(id, body); err != nil {
				over <- err
				return
			}
		}
	}()
	bad.Conn.(*net.TCPConn).SetLinger(0)
	bad.Close()
	same(t, "Send", <-over, error(zmq.EHOSTUNREACH))
}

package engine

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/pipe"
)

// Fault A3: a connection that has died ends at once, though its reader waits for a
// program that takes nothing, and whether or not the writer had something to write.
// What the peer had sent is still received.
func TestResetWhileFull(t *testing.T) {
	was := roomCheck
	roomCheck = 10 * time.Millisecond
	defer func() { roomCheck = was }()
	for _, c := range []struct {
		name  string
		raw   bool
		write bool
	}{
		{"something is written", false, true},
		{"nothing is written", false, false},
		{"raw, something is written", true, true},
		{"raw, nothing is written", true, false},
	} {
		if !c.write && !canReadNow {
			continue // nobody tells
		}
		t.Run(c.name, func(t *testing.T) {
			cfg := config()
			cfg.Wire.InBatchSize = 8192
			if c.raw {
				cfg.Framing = Raw
			}
			r := start(t, cfg, newSock(t, pipe.Marks{Recv: 1}))
			if !c.raw {
				r.shake()
			}
			const total = 100
			var all []byte
			for i := range total {
				all = append(all, v2(0, fmt.Sprint(i, "|", letters(500)))...)
			}
			r.write(all)
			r.arrived()
			if c.write { // which the peer does not read
				for range 200 {
					r.send(letters(100_000))
				}
			}
			r.conn.(*net.TCPConn).SetLinger(0)
			r.conn.Close()
			r.over()
			got := 0
			for _, m := range r.all() {
				got += len(m)
			}
			if !c.raw {
				got += 9 * total // headers
			}
			if got != len(all) {
				t.Errorf("%d bytes of %d were received", got, len(all))
			}
		})
	}
}

// arrived waits until our system has what the peer has written: with its reset it
// drops the rest.
func (r *run) arrived() {
	r.t.Helper()
	raw, err := r.conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		r.t.Fatal(err)
	}
	for {
		if s, ok := askTCP(raw); !ok || s.left == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

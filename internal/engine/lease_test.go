//go:build unix

package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// A caller that asked for the lease sleeps until a message wakes it. So the reader does not
// yield behind a part of one, small or large: nothing would read the rest.
func TestYieldAfterWholeMessages(t *testing.T) {
	for _, size := range []int{200, 1 << 20} {
		r := start(t, config(), newSock(t, pipe.Marks{}))
		peer := r.shake()
		r.write(v2(0, "first"))
		if got := r.recv(); got != "first" {
			t.Fatalf("%q", got)
		}
		// With the answer to a PING the reader is past the first message.
		r.write(testutil.Frame(testutil.Command, []byte("\x04PING\x00\x00")))
		if flags, body, err := peer.ReadFrame(); err != nil || flags&testutil.Command == 0 || !strings.HasPrefix(string(body), "\x04PONG") {
			t.Fatal(flags, body, err)
		}
		lease := r.handle.ReadLease()
		if lease == nil {
			t.Fatal("this connection has no lease")
		}
		if lease.Acquire(true) {
			t.Fatal("the lease was free before it was asked for")
		}
		body := strings.Repeat("x", size)
		wire := v2(0, body)
		for i := range 4 {
			r.write(wire[:100])
			wire = wire[100:]
			// That it has been read shows in nothing; a reader that yields
			// stays there for longer than this.
			time.Sleep(gracePeriod / 2)
			lease.mu.Lock()
			if lease.state != roleOwned {
				t.Errorf("it yields behind piece %d of %d bytes", i, size)
			}
			lease.mu.Unlock()
			if i == 3 || len(wire) < 200 {
				break
			}
		}
		r.write(wire)
		if got := r.recv(); got != body {
			t.Fatalf("%d bytes of %d", len(got), size)
		}
		for end := time.Now().Add(patience); !lease.Acquire(true); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("it never yields")
			}
			r.write(v2(0, "on"))
			r.recv()
		}
		lease.Release(true)
		r.conn.Close()
		r.over()
	}
}

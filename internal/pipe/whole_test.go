package pipe

import (
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/zmtp"
)

// busy is an Owner that is always sending, so that nothing is handed over when
// the engine asks.
type busy struct{ watch }

func (*busy) Flush(*End) {}

// Whatever the engine takes, and whenever, ends with a whole message: a batch
// may be the last of its connection.
func TestBatchesAreWhole(t *testing.T) {
	large := strings.Repeat("l", 10_000)
	shapes := [][]string{
		{"a", large, "z"}, {large, "z"}, {"a", large}, {large}, {"a", "b", "c"}, {"a"}, {""},
		{"a", large, large, "", "z"}, strings.Split(strings.Repeat("frame ", 20_000), " "),
	}
	for at := range shapes {
		var w busy
		var wb watch
		a, b := New(&w, &wb, Marks{}, true)
		var batch Batch
		b.TakeBatch(&batch, 1) // it sleeps
		sent, taken := 0, 0
		take := func(max int) {
			for {
				any, _ := b.TakeBatch(&batch, max)
				if !any {
					return
				}
				more, n := false, 0
				batch.Frames(func(flags byte, _ []byte) {
					if more = flags&zmtp.FlagMore != 0; !more {
						n++
					}
				})
				if more || n != batch.Msgs {
					t.Fatalf("shape %d: a batch of %d messages, %d of them whole; the last is not: %v", at, batch.Msgs, n, more)
				}
				taken += n
				batch.Free()
			}
		}
		for i := range 40 {
			if !a.Send(message("small")) || !a.Send(message(shapes[at]...)) {
				t.Fatal("no room")
			}
			sent += 2
			if i%3 == 0 {
				take(1 + i*1000)
			}
		}
		a.Flush()
		take(1 << 20)
		if taken != sent {
			t.Errorf("shape %d: %d of %d messages", at, taken, sent)
		}
	}
}

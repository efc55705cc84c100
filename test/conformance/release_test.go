package conformance

import (
	"fmt"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// TestRelease: memory that was given back is used again only for what comes
// later, never under a message that is still held.
func TestRelease(t *testing.T) {
	each(t, func(b *bed) {
		push, pull := b.pair(zmq.Push, zmq.Pull)
		const n = 3000
		b.spawn(func() {
			for i := range n {
				if err := push.Send(b.ctx, []byte(fmt.Sprint(i)), filled(i%300*(i%97), byte(i))); err != nil {
					b.Error(err)
					return
				}
			}
		})
		held := map[int]zmq.Message{}
		for i := range n {
			m, err := pull.Recv(b.ctx)
			b.ok(err)
			same(b, m, [][]byte{[]byte(fmt.Sprint(i)), filled(i%300*(i%97), byte(i))})
			switch i % 3 {
			case 0:
				held[i] = m
			case 1:
				m.Release()
				if m.Len() != 0 {
					b.Fatal("a released message still has frames")
				}
				m.Release() // again is harmless
			}
		}
		for i, m := range held {
			same(b, m, [][]byte{[]byte(fmt.Sprint(i)), filled(i%300*(i%97), byte(i))})
			m.Release()
		}
	})
}

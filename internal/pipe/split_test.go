package pipe

import (
	"fmt"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// What has come in is the one End's, what comes then is the other's, wherever the
// cut is, and there is room again for as much.
func TestSplit(t *testing.T) {
	for _, engine := range []bool{false, true} {
		for read := range 5 {
			p := newPair(t, Marks{Send: 5, Recv: 5}, engine)
			from, to := p.a, p.b
			if engine { // what an engine publishes
				from, to = p.b, p.a
			}
			put := func(s string) bool {
				if engine {
					if !from.Room() {
						return false
					}
					return from.Publish(run(message(s, big(msg.LargeFrame, "x"))))
				}
				return from.Send(message(s, big(msg.LargeFrame, "x")))
			}
			for i := range 5 {
				if !put(fmt.Sprint(i)) {
					t.Fatal("no room")
				}
			}
			want := func(e *End, list ...int) {
				t.Helper()
				var m msg.Message
				for _, i := range list {
					if !e.Recv(&m) || string(m.Frames[0]) != fmt.Sprint(i) || len(m.Frames[1]) != msg.LargeFrame {
						t.Fatalf("engine %v, %d read: received %.20q, want %d", engine, read, text(&m), i)
					}
				}
				if e.CanRecv() {
					t.Fatalf("engine %v, %d read: something is left", engine, read)
				}
			}
			list := []int{0, 1, 2, 3, 4}
			for i := range read {
				var m msg.Message
				if !to.Recv(&m) || string(m.Frames[0]) != fmt.Sprint(i) {
					t.Fatal("the beginning")
				}
			}
			past := to.Split()
			if n := past.Depth().RecvMsgs; n != 5-read {
				t.Errorf("engine %v, %d read: %d cut off", engine, read, n)
			}
			want(to)
			for i := range 5 {
				if !put(fmt.Sprint(10 + i)) {
					t.Fatalf("engine %v, %d read: no room for message %d", engine, read, i)
				}
			}
			if put("too much") {
				t.Errorf("engine %v, %d read: more than the mark", engine, read)
			}
			want(past, list[read:]...)
			if !past.Ended() || past.CanSend() || past.Send(message("x")) || to.Ended() {
				t.Error("it goes on")
			}
			want(to, 10, 11, 12, 13, 14)
		}
	}
}

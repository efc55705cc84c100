package msg

import (
	"runtime"
	"testing"
)

func TestForeign(t *testing.T) {
	freed := 0
	b := make([]byte, LargeFrame+1)
	c := Foreign(b, func() { freed++ })
	m := Message{Frames: [][]byte{[]byte("x"), b, b[1:]}, Held: []*Chunk{c}}
	if m.Holder(b) != c || m.Holder(b[1:]) != nil || m.Holder(b[:5]) != nil || m.Holder(nil) != nil {
		t.Error("the holder of a frame is another")
	}
	m.Share()
	if &m.Frames[1][0] != &b[0] || &m.Frames[2][0] == &b[1] {
		t.Error("what is held was copied, or what is not was not")
	}
	c.Retain(1)
	if c.Retract() {
		t.Error("taken back while it is kept")
	}
	c.Release()
	c.Release()
	if freed != 1 {
		t.Errorf("freed %d times", freed)
	}
	c = Foreign(b, func() { freed++ })
	if !c.Retract() || freed != 1 {
		t.Errorf("taken back, but freed %d times", freed)
	}
	if m.Reset(); m.Held != nil {
		t.Error("a message that was reset holds memory")
	}
}

// A foreign Chunk whose references are lost is freed by the collector.
func TestForeignLost(t *testing.T) {
	freed := make(chan struct{})
	Foreign(make([]byte, LargeFrame), func() { close(freed) })
	for {
		runtime.GC()
		select {
		case <-freed:
			return
		default:
			runtime.Gosched()
		}
	}
}

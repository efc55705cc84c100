package pipe

import (
	"bytes"
	"testing"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// foreign is a message whose last frame is memory that is not Go's, behind a small
// one, and how often that was freed.
func foreign() (m *msg.Message, c *msg.Chunk, freed *int) {
	freed = new(int)
	c = msg.Foreign(bytes.Repeat([]byte("f"), msg.LargeFrame), func() { *freed++ })
	m = message("head")
	m.Frames = append(m.Frames, c.B)
	m.Held = []*msg.Chunk{c}
	return m, c, freed
}

// Fault B18: a queue to an engine refers to foreign memory, and gives it back once:
// when it was written, or goes nowhere.
func TestForeignMemory(t *testing.T) {
	var b Batch
	for name, end := range map[string]func(p *pair){
		"written": func(p *pair) {
			p.b.TakeBatch(&b, 1<<20)
			if last := b.Bufs[len(b.Bufs)-1]; len(last) != msg.LargeFrame {
				t.Errorf("the last buffer has %d bytes", len(last))
			}
			b.Free()
		},
		"put back": func(p *pair) {
			p.b.TakeBatch(&b, 1<<20)
			p.b.Unread(&b, 0)
			p.b.TakeBatch(&b, 1<<20)
			if b.Msgs != 1 || b.Bytes < msg.LargeFrame {
				t.Errorf("%d messages, %d bytes came back", b.Msgs, b.Bytes)
			}
			b.Free()
		},
		"put back behind another": func(p *pair) {
			p.a.Send(message("next"))
			p.b.TakeBatch(&b, 1<<20)
			p.b.Unread(&b, 1)
			p.b.TakeBatch(&b, 1<<20)
			if b.Msgs != 1 || b.Bytes != len("next")+2 {
				t.Errorf("%d messages, %d bytes came back", b.Msgs, b.Bytes)
			}
			b.Free()
		},
		"put back into an abandoned queue": func(p *pair) {
			p.b.TakeBatch(&b, 1<<20)
			p.b.CloseIn()
			p.b.Unread(&b, 0)
		},
		"dropped":   func(p *pair) { p.a.DropOutput() },
		"abandoned": func(p *pair) { p.b.CloseIn() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, Marks{}, true)
			m, c, freed := foreign()
			if !p.a.Send(m) {
				t.Fatal("no room")
			}
			c.Release()
			if *freed != 0 {
				t.Fatal("freed while it is queued")
			}
			end(p)
			if *freed != 1 {
				t.Errorf("freed %d times", *freed)
			}
		})
	}
}

// What a socket receives is Go's memory, since a program may keep slices of it.
func TestForeignMemoryIsCopied(t *testing.T) {
	p := newPair(t, Marks{}, false)
	m, c, freed := foreign()
	m.Share()
	if !p.a.Send(m) {
		t.Fatal("no room")
	}
	c.Release()
	if *freed != 1 {
		t.Errorf("freed %d times", *freed)
	}
	clear(c.B)
	var got msg.Message
	if !p.b.Recv(&got) || len(got.Frames) != 2 || got.Frames[1][0] != 'f' {
		t.Error("what was received has changed")
	}
}

// A message to many refers to foreign memory once for each.
func TestForeignMemoryForMany(t *testing.T) {
	x, y := newPair(t, Marks{}, true), newPair(t, Marks{}, true)
	m, c, freed := foreign()
	m.Share()
	if &m.Frames[1][0] != &c.B[0] {
		t.Error("it was copied")
	}
	x.a.Send(m)
	y.a.Send(m)
	c.Release()
	for i, p := range []*pair{x, y} {
		if *freed != 0 {
			t.Fatal("freed early")
		}
		var b Batch
		p.b.TakeBatch(&b, 1<<20)
		b.Free()
		if want := i; *freed != want {
			t.Errorf("after %d: freed %d times", i+1, *freed)
		}
	}
}

// Memory that could not be sent is the caller's again, and is not freed.
func TestRetract(t *testing.T) {
	p := newPair(t, Marks{Send: 1}, true)
	p.a.Send(message("full"))
	m, c, freed := foreign()
	if p.a.Send(m) {
		t.Fatal("there was room")
	}
	if !c.Retract() || *freed != 0 {
		t.Errorf("freed %d times", *freed)
	}
	m, c, freed = foreign()
	p.a.SendForce(m)
	if c.Retract() {
		t.Error("taken back from a queue")
	}
	c.Release()
	p.a.DropOutput()
	if *freed != 1 {
		t.Errorf("freed %d times", *freed)
	}
}

package event

import (
	"context"

	"github.com/zeroth-mq/zmq/internal/link"
)

// A socket's events as messages:
//
//  1. Emit gives an event to the monitor's Listener, which keeps it, or drops
//     it and counts it when backlog of them wait.
//  2. The monitor's goroutine takes them and sends them on a socket of its own,
//     waiting for a reader.
//  3. end closes the Listener; the goroutine sends what still finds room, and
//     MONITOR_STOPPED, and ends. The caller of end waits for it.
//
// Where libzmq holds up the socket until its monitor is read, here nothing ever
// waits but that goroutine.

// A Sender is the socket that a monitor sends on, and closes.
type Sender interface {
	Send(ctx context.Context, frames [][]byte, noWait bool) error
	StartClose()
	Finished() <-chan struct{}
}

// a monitor sends the events of one Hub.
type monitor struct {
	out     Sender
	in      *Listener
	version int
	stop    context.Context // ends when nothing may wait any more
	cancel  context.CancelFunc
	done    chan struct{}
}

// Monitor sends events from now on as messages on out, in the form of the version. kinds
// is the sum of those that are wanted; of a version other than 1 and 2 none is sent. It
// takes the place of the monitor that was there, and returns when that has ended. A Hub
// that is closed takes none.
func (h *Hub) Monitor(out Sender, kinds uint64, version int) {
	if version != 1 && version != 2 {
		kinds = 0
	}
	m := &monitor{out: out, in: h.listen(link.Typed, kinds), version: version, done: make(chan struct{})}
	m.stop, m.cancel = context.WithCancel(context.Background())
	go m.run() // owned by h: setMonitor waits for it
	h.setMonitor(m)
}

// StopMonitor ends the monitor, if there is one, and returns when it has ended.
func (h *Hub) StopMonitor() { h.setMonitor(nil) }

func (h *Hub) setMonitor(m *monitor) {
	h.mu.Lock()
	old := m
	if m == nil || !h.closed {
		old, h.monitor = h.monitor, m
	}
	h.mu.Unlock()
	if old != nil {
		old.end()
	}
}

// Monitors reports whether there is a monitor that wants events of a kind.
func (h *Hub) Monitors(kind link.Kind) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.monitor != nil && h.monitor.in.kinds&uint64(kind) != 0
}

func (m *monitor) end() {
	m.in.Close()
	m.cancel()
	<-m.done
	m.out.StartClose()
	<-m.out.Finished()
}

func (m *monitor) run() {
	defer close(m.done)
	for {
		list, _, end := m.in.Take()
		if end {
			list = m.in.admit(list, link.Event{Kind: link.MonitorStopped})
		}
		for i := range list {
			if m.send(&list[i]) != nil {
				m.in.lose(len(list) - i)
				break
			}
		}
		if end {
			return
		}
		<-m.in.Wake()
	}
}

// send waits for room while it may.
func (m *monitor) send(ev *link.Event) error {
	said := frames(ev, m.version)
	if err := m.out.Send(m.stop, said, m.stop.Err() != nil); m.stop.Err() == nil || err == nil {
		return err
	}
	return m.out.Send(m.stop, said, true)
}

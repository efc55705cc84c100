package zmq4

import (
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// Monitor has the socket tell its events, those in the set, to a PAIR socket
// that the caller connects to addr, an inproc endpoint, and reads with
// RecvEvent. An empty addr ends it, and so does another Monitor. Errors: EINVAL,
// EPROTONOSUPPORT, EADDRINUSE.
func (soc *Socket) Monitor(addr string, events Event) error {
	return soc.with(func(s *core.Socket) error { return s.Monitor(addr, uint64(events), 1, opt.TypePair) })
}

// RecvEvent receives an event from a monitor: what happened, the endpoint it
// happened to, and a value of which the Event's comment says what it is.
// ErrorMoreExpected: the message was no event.
func (soc *Socket) RecvEvent(flags Flag) (event_type Event, addr string, value int, err error) {
	var first, second core.Part
	if err := soc.recv(&first, flags); err == ErrorSocketClosed {
		return EVENT_ALL, "", 0, err
	} else if err != nil {
		return 0, "", 0, err
	}
	if !first.More {
		return 0, "", 0, ErrorMoreExpected
	}
	if len(first.Data) >= 6 {
		event_type = Event(binary.NativeEndian.Uint16(first.Data))
		value = int(int32(binary.NativeEndian.Uint32(first.Data[2:])))
	}
	first.Release()
	if err := soc.recv(&second, flags); err != nil {
		return event_type, "", value, err
	}
	return event_type, takeString(second), value, nil
}

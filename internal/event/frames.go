package event

import (
	"encoding/binary"
	"strings"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// The messages of a monitor, in the byte order of this machine.
//
//	version 1: event (16 bits) and value (32 bits); endpoint
//	version 2: event (64 bits); number of values (64 bits); each value
//	           (64 bits); local endpoint; remote endpoint
//
// The endpoint of version 1 is the local one of a bound endpoint, the remote
// one where this side connects.

// frames is ev as a message of a monitor.
func frames(ev *link.Event, version int) [][]byte {
	order := binary.NativeEndian
	local, remote := endpointsOf(ev)
	values := valuesOf(ev)
	if version == 1 {
		if !ev.Incoming {
			local = remote
		}
		head := order.AppendUint16(nil, uint16(ev.Kind))
		return [][]byte{order.AppendUint32(head, uint32(values[0])), []byte(local)}
	}
	frames := [][]byte{
		order.AppendUint64(nil, uint64(ev.Kind)),
		order.AppendUint64(nil, uint64(len(values))),
	}
	for _, v := range values {
		frames = append(frames, order.AppendUint64(nil, v))
	}
	return append(frames, []byte(local), []byte(remote))
}

// endpointsOf are ev's two endpoints as libzmq gives them: the remote one as
// connect was told it, and what could not be bound without its scheme.
func endpointsOf(ev *link.Event) (local, remote string) {
	switch {
	case ev.Kind == link.BindFailed:
		_, rest, _ := strings.Cut(ev.Endpoint, "://")
		return rest, ""
	case ev.Incoming:
		return ev.Local, ev.Remote
	}
	return ev.Local, ev.Endpoint
}

// valuesOf is at least one value.
func valuesOf(ev *link.Event) []uint64 {
	switch ev.Kind {
	case link.Connected, link.Listening, link.Accepted, link.Closed, link.Disconnected:
		return []uint64{uint64(ev.FD)}
	case link.ConnectDelayed:
		return []uint64{uint64(errno.EINPROGRESS)}
	case link.ConnectRetried:
		return []uint64{uint64(ev.Delay.Milliseconds())}
	case link.BindFailed, link.AcceptFailed, link.CloseFailed, link.HandshakeFailed:
		return []uint64{uint64(errno.Of(transport.Wrap(ev.Err, errno.EPROTO), errno.EPROTO))}
	case link.HandshakeBroken, link.HandshakeRefused:
		return []uint64{uint64(ev.Code)}
	case link.PipeStats:
		return []uint64{uint64(ev.Sending), uint64(ev.Receive)}
	}
	return []uint64{0}
}

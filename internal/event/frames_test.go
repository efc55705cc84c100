package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
)

// The layouts are libzmq's: see frames.go.
func TestEventFrames(t *testing.T) {
	in := link.Event{
		Kind: link.Accepted, Incoming: true, FD: 7, Endpoint: "tcp://0.0.0.0:5555",
		Local: "tcp://10.0.0.1:5555", Remote: "tcp://10.0.0.2:40000",
	}
	out := link.Event{Kind: link.Connected, FD: -1, Endpoint: "tcp://host:5555", Local: "tcp://10.0.0.2:40000", Remote: "tcp://10.0.0.1:5555"}
	with := func(ev link.Event, change func(*link.Event)) link.Event {
		change(&ev)
		return ev
	}
	const min1 = 1<<64 - 1
	for _, c := range []struct {
		ev            link.Event
		local, remote string
		values        []uint64
	}{
		{in, "tcp://10.0.0.1:5555", "tcp://10.0.0.2:40000", []uint64{7}},
		{out, "tcp://10.0.0.2:40000", "tcp://host:5555", []uint64{min1}},
		{with(in, func(e *link.Event) { e.Kind, e.Err = link.HandshakeFailed, errno.EPIPE }),
			"tcp://10.0.0.1:5555", "tcp://10.0.0.2:40000", []uint64{32}},
		{with(out, func(e *link.Event) { e.Kind, e.Code = link.HandshakeBroken, 0x11000002 }),
			"tcp://10.0.0.2:40000", "tcp://host:5555", []uint64{0x11000002}},
		{with(out, func(e *link.Event) { e.Kind, e.Code = link.HandshakeRefused, 400 }),
			"tcp://10.0.0.2:40000", "tcp://host:5555", []uint64{400}},
		{with(out, func(e *link.Event) { e.Kind = link.HandshakeDone }),
			"tcp://10.0.0.2:40000", "tcp://host:5555", []uint64{0}},
		{link.Event{Kind: link.ConnectDelayed, Endpoint: "tcp://host:5555"}, "", "tcp://host:5555", []uint64{uint64(errno.EINPROGRESS)}},
		{link.Event{Kind: link.ConnectRetried, Endpoint: "tcp://host:5555", Delay: 1500 * time.Microsecond}, "", "tcp://host:5555", []uint64{1}},
		{link.Event{Kind: link.BindFailed, Incoming: true, Endpoint: "tcp://host:5555", Err: fmt.Errorf("no: %w", errno.EADDRINUSE)},
			"host:5555", "", []uint64{uint64(errno.EADDRINUSE)}},
		{link.Event{Kind: link.CloseFailed, Incoming: true, Local: "ipc:///x", Endpoint: "ipc:///x", Err: errno.ENOENT}, "ipc:///x", "", []uint64{2}},
		{link.Event{Kind: link.AcceptFailed, Incoming: true, Local: "ipc:///x", Endpoint: "ipc:///x", Err: errors.New("odd")},
			"ipc:///x", "", []uint64{uint64(errno.EPROTO)}},
		{link.Event{Kind: link.MonitorStopped}, "", "", []uint64{0}},
		{link.Event{Kind: link.PipeStats, Endpoint: "tcp://host:5555", Local: "tcp://10.0.0.2:1", Sending: 3, Receive: 5},
			"tcp://10.0.0.2:1", "tcp://host:5555", []uint64{3, 5}},
	} {
		order := binary.NativeEndian
		v1 := order.AppendUint32(order.AppendUint16(nil, uint16(c.ev.Kind)), uint32(c.values[0]))
		v2 := [][]byte{order.AppendUint64(nil, uint64(c.ev.Kind)), order.AppendUint64(nil, uint64(len(c.values)))}
		for _, v := range c.values {
			v2 = append(v2, order.AppendUint64(nil, v))
		}
		v2 = append(v2, []byte(c.local), []byte(c.remote))
		endpoint := c.remote
		if c.ev.Incoming {
			endpoint = c.local
		}
		for version, want := range map[int][][]byte{1: {v1, []byte(endpoint)}, 2: v2} {
			if got := frames(&c.ev, version); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
				t.Errorf("%#x, version %d: %q; want %q", int(c.ev.Kind), version, got, want)
			}
		}
	}
}

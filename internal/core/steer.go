package core

import (
	"context"
	"encoding/binary"
	"errors"
)

// errTerminate ends a proxy that was told to.
var errTerminate = errors.New("terminated by its control socket")

// serve does what the control socket says (zmq_proxy_steerable): PAUSE, RESUME,
// TERMINATE, STATISTICS, to the byte; everything else is ignored. A REP socket
// gets an empty reply. STATISTICS is answered with eight numbers of eight bytes
// in host order: messages and bytes received and sent at the front, then the same
// at the back.
func (p *Proxy) serve(ctx context.Context, control *Socket) error {
	for ctx.Err() == nil {
		r, err := control.Recv(ctx, false)
		if err != nil {
			return err
		}
		reply := [][]byte{{}}
		done := false
		switch string(r.First) {
		case "PAUSE":
			p.pause(true)
		case "RESUME":
			p.pause(false)
		case "TERMINATE":
			done = true
		case "STATISTICS":
			reply = p.statistics()
		}
		if control.row.Alternates || len(reply) > 1 {
			if err := control.Send(ctx, reply, false); err != nil {
				return err
			}
		}
		if done {
			return errTerminate
		}
	}
	return ctxErr(ctx)
}

// statistics counts what was moved whole: what a peer has received is in it.
func (p *Proxy) statistics() [][]byte {
	p.gate.Lock()
	defer p.gate.Unlock()
	f, b := p.lanes[0], new(lane) // no second lane: it has moved nothing
	if len(p.lanes) > 1 {
		b = p.lanes[1]
	}
	var out [][]byte
	for _, n := range []uint64{
		f.messages.Load(), f.bytes.Load(), b.messages.Load(), b.bytes.Load(),
		b.messages.Load(), b.bytes.Load(), f.messages.Load(), f.bytes.Load(),
	} {
		out = append(out, binary.NativeEndian.AppendUint64(nil, n))
	}
	return out
}

package proxy

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/poll"
)

// errTerminate ends a proxy that was told to.
var errTerminate = errors.New("terminated by its control socket")

// serve does what the control socket says (zmq_proxy_steerable): PAUSE, RESUME,
// TERMINATE, STATISTICS, to the byte; everything else is ignored. A REP socket
// gets an empty reply. STATISTICS is answered with eight numbers of eight bytes
// in host order: messages and bytes received and sent at the front, then the same
// at the back.
func (p *Proxy) serve(ctx context.Context, control *core.Socket) error {
	for ctx.Err() == nil {
		r, err := control.Recv(ctx, false)
		if err != nil {
			return err
		}
		reply := [][]byte{{}}
		done := false
		switch string(r.First) {
		case "PAUSE":
			p.Pause(true)
		case "RESUME":
			p.Pause(false)
		case "TERMINATE":
			done = true
		case "STATISTICS":
			reply = p.statistics()
		}
		if control.Row().Alternates || len(reply) > 1 {
			if err := control.Send(ctx, reply, false); err != nil {
				return err
			}
		}
		if done {
			return errTerminate
		}
	}
	return poll.CtxErr(ctx)
}

// statistics is the answer to STATISTICS.
func (p *Proxy) statistics() [][]byte {
	f, b := p.Moved()
	var out [][]byte
	for _, n := range []uint64{
		f.Messages, f.Bytes, b.Messages, b.Bytes,
		b.Messages, b.Bytes, f.Messages, f.Bytes,
	} {
		out = append(out, binary.NativeEndian.AppendUint64(nil, n))
	}
	return out
}

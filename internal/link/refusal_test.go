package link

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// saying gives connections whose peer says b.
func saying(b []byte) func(context.Context, int) (net.Conn, error) {
	return func(context.Context, int) (net.Conn, error) {
		c, p := newPeer()
		go p.conn.Write(b) // ends with the connection
		return c, nil
	}
}

// plainHello is what a client of PLAIN says first.
func plainHello() []byte {
	g := testutil.Greeting()
	copy(g[12:], "PLAIN")
	return append(g, zmtp.AppendCommand(nil, zmtp.CmdHello, []byte("\x01u\x01p"))...)
}

// Fault B2: a server that connects, and refuses a peer once, never tried again.
// What this side refuses, what its own authenticator gets wrong, a peer that
// says "later", and what is no ZeroMQ (fault A7) are no reason to give an
// endpoint up, also where a breach of the protocol is.
func TestRefusalsThatAreNotFinal(t *testing.T) {
	answers := func(r mech.Reply) func(*Settings) {
		return func(s *Settings) {
			s.Engine.Security.Mechanism, s.Engine.Security.Sec.Server = opt.MechPlain, true
			s.Engine.Auth = func(context.Context, mech.Request) mech.Reply { return r }
		}
	}
	for _, c := range []struct {
		name string
		set  func(*Settings)
		says []byte
		kind Kind
	}{
		{"we say 300", answers(mech.Reply{Status: 300}), plainHello(), HandshakeRefused},
		{"we say 400", answers(mech.Reply{Status: 400}), plainHello(), HandshakeRefused},
		{"we say 500", answers(mech.Reply{Status: 500}), plainHello(), HandshakeRefused},
		{"our handler talks nonsense", answers(mech.Reply{Err: mech.Failf(mech.ZAPInvalidStatus, "nonsense")}), plainHello(), HandshakeBroken},
		{"there is nobody to ask", answers(mech.Reply{Err: mech.ErrNoAuthenticator}), plainHello(), HandshakeFailed},
		{"the peer says 300", nil, append(testutil.Greeting(), zmtp.AppendError(nil, "300")...), HandshakeRefused},
		{"the peer speaks HTTP", nil, []byte("HTTP/1.1 503 Service Unavailable\r\n\r\n"), HandshakeBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			dialer(t, c.set, pipe.Marks{}, saying(c.says), func(d *Dialer, _ *session, tr *fake, ev *events) {
				time.Sleep(10 * time.Second)
				if tr.dials.Load() < 2 || len(ev.of(c.kind)) < 2 {
					t.Errorf("dialed %d times, %d events %#x", tr.dials.Load(), len(ev.of(c.kind)), c.kind)
				}
				ended(t, d.Done(), false)
				d.Stop()
			})
		})
	}
}

// Fault B13: a refused client tried ten times a second for ever. Refusals in a
// row double the interval, up to REFUSED_IVL_MAX or RECONNECT_IVL_MAX; anything
// else begins anew. Without REFUSED_IVL_MAX, as in the drop-ins, they do not.
func TestRefusalsBackOff(t *testing.T) {
	refusal := &engine.HandshakeError{Err: &mech.AuthError{Status: 400, Peer: true}, Peer: &msg.Peer{}}
	closed := &engine.HandshakeError{Err: errno.EPIPE, Peer: &msg.Peer{}}
	silent := &engine.HandshakeError{Err: errno.EPIPE} // as a proxy without its backend
	life := func(most, refused time.Duration) *opt.Life {
		return &opt.Life{ReconnectIvl: 100 * ms, ReconnectIvlMax: most, RefusedIvlMax: refused}
	}
	for _, c := range []struct {
		name string
		life *opt.Life
		errs []error
		want []time.Duration // at least, and less than 100 ms more
	}{
		{"refused", life(0, time.Second), []error{refusal, refusal, refusal, closed, refusal, refusal},
			[]time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, time.Second, time.Second}},
		{"in between there was a connection", life(0, time.Second), []error{refusal, refusal, errno.EPIPE, refusal},
			[]time.Duration{100 * ms, 200 * ms, 100 * ms, 100 * ms}},
		{"there is nobody", life(0, time.Second), []error{errno.ECONNREFUSED, errno.ECONNREFUSED, silent, silent},
			[]time.Duration{100 * ms, 100 * ms, 100 * ms, 100 * ms}},
		{"RECONNECT_IVL_MAX", life(250*ms, time.Second), []error{refusal, refusal, refusal},
			[]time.Duration{100 * ms, 200 * ms, 250 * ms}},
		{"as libzmq", life(0, 0), []error{refusal, refusal, refusal},
			[]time.Duration{100 * ms, 100 * ms, 100 * ms}},
	} {
		b := backoff{life: c.life}
		for i, err := range c.errs {
			b.reset() // each of them had a connection
			got, ok := b.next(err)
			if !ok || got < c.want[i] || got >= c.want[i]+100*ms {
				t.Errorf("%s: wait %d is %v, want %v", c.name, i, got, c.want[i])
			}
		}
	}
	no := append(testutil.Greeting(), zmtp.AppendError(nil, "400")...)
	dialer(t, func(s *Settings) {
		s.Life = opt.Life{ReconnectIvl: 100 * ms, RefusedIvlMax: 30 * time.Second, RetryProtocol: true}
	}, pipe.Marks{}, saying(no), func(d *Dialer, _ *session, tr *fake, _ *events) {
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := tr.dials.Load(); n < 100 || n > 140 {
			t.Errorf("dialed %d times in an hour", n)
		}
		d.Stop()
	})
}

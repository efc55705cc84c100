package link

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A Dialer keeps one connection to one address: it is the life of a connected
// endpoint.
//
//	         +----------- paused <---------+
//	         v              ^              | lost
//	Dial -> dialing -> shaking hands -> served
//	         |              |              |
//	         +--------------+--------------+--> ended
//
// It ends when it is stopped, or when a connection or an attempt has ended and
// no other is wanted: the options say so, or the session is idle. The session is
// told so (Ended) before the event that says what happened is out, so that a
// program that connects again because of that event finds the old endpoint gone.
//
// It has one goroutine at a time: run dials until there is a connection, then
// live shakes hands, is the reader until the connection dies, and hands over to
// run again. They are two because dialing takes a deep stack, which a connection
// would keep as long as it lives.
type Dialer struct {
	set    Settings
	tr     transport.Transport
	addr   string
	ses    Session
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	left   chan struct{} // closed when it is to connect no more
	leave  sync.Once

	// Of the goroutine that runs.
	back   backoff
	wait   time.Duration // until the next attempt
	more   bool          // there is to be one
	ticket *ticket       // of the attempt, and its connection

	begun     chan struct{} // see Await
	beginning sync.Once

	mu   sync.Mutex
	conn net.Conn // the live one
}

// Dial starts a Dialer. Its owner calls Stop, and waits for Done.
func Dial(tr transport.Transport, addr string, set Settings, ses Session) *Dialer {
	d := &Dialer{set: set, tr: tr, addr: addr, ses: ses, done: make(chan struct{}), left: make(chan struct{}), begun: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.set.Engine.Done = d.ctx.Done()
	d.back.life = &d.set.Life
	d.ticket = set.Order.begin()
	go d.run() // owned by the holder of d: see Done
	return d
}

// Done is closed when nothing of the Dialer runs any more.
func (d *Dialer) Done() <-chan struct{} { return d.done }

// Await waits until the first attempt has begun: its socket connects, or a name is
// looked up. On this machine that has an end at once, for which it waits, but not
// longer than grace. A caller that makes another Dialer only then has the two of them connect
// in that order, and one that ends this one ends an attempt.
func (d *Dialer) Await() {
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-d.begun:
	case <-t.C:
	}
}

func (d *Dialer) begins() { d.beginning.Do(func() { close(d.begun) }) }

// Stop ends the connection, if there is one, and dials no more.
func (d *Dialer) Stop() {
	d.cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn != nil {
		d.conn.Close()
	}
}

// Finish retires the session, and dials no more if nothing waits to be sent. A live connection ends
// when its writer has drained the pipe. left says that the socket has
// disconnected the endpoint: with RECONNECT_STOP it has one more attempt if
// that has begun.
func (d *Dialer) Finish(left bool) {
	d.ses.Retire()
	if left && d.set.Life.ReconnectStop&stopLeft != 0 {
		d.leave.Do(func() { close(d.left) })
	}
	if !d.ses.Live() && d.ses.Idle() {
		d.Stop()
	}
}

// hold keeps c for Stop to close; false means that Stop came first.
func (d *Dialer) hold(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn = c
	return c == nil || d.ctx.Err() == nil
}

// run dials until there is a connection, or no further attempt is wanted.
func (d *Dialer) run() {
	for {
		conn, err := d.dial()
		if err == nil {
			d.back.reset()
			go d.live(conn) // owned as run is, which ends
			return
		}
		d.ticket.end(false)
		if !d.pause(err) {
			break
		}
		d.ticket = d.set.Order.begin()
	}
	d.end()
}

// live runs one connection to its end.
func (d *Dialer) live(conn net.Conn) {
	err := serve(conn, &d.set, d.ses, d.ticket, d.lost)
	d.hold(nil)
	if d.pause(err) {
		d.ticket = d.set.Order.begin()
		go d.run() // owned as live is, which ends
		return
	}
	d.end()
}

func (d *Dialer) end() {
	d.ses.Ended()
	d.cancel()
	close(d.done)
}

// lost is for a connection that ended with err.
func (d *Dialer) lost(err error) {
	d.ses.Lost(err)
	d.decide(err)
}

// decide finds out whether there is to be another attempt, and when, after one
// that ended with err.
func (d *Dialer) decide(err error) {
	d.more = false
	if d.ctx.Err() == nil && !d.ses.Idle() && !d.final(err) {
		d.wait, d.more = d.back.next(err)
	}
	if !d.more {
		d.ses.Ended()
	}
}

// pause waits until it is time for the next attempt, after one that ended with
// err. False: there is to be none.
func (d *Dialer) pause(err error) bool {
	if !d.more {
		return false
	}
	d.set.emit(Event{Kind: ConnectRetried, Remote: d.set.Engine.Endpoint, Delay: d.wait, Err: err})
	t := time.NewTimer(d.wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-d.left:
	case <-d.ctx.Done():
	}
	return false
}

// dial makes one connection.
func (d *Dialer) dial() (net.Conn, error) {
	to := d.set.Engine.Endpoint
	d.set.emit(Event{Kind: ConnectDelayed, Scope: Typed, Remote: to})
	fd := atomic.Int64{}
	fd.Store(-1)
	ctx := transport.WithSocket(d.ctx, func(n int, waits, near bool) {
		if !near {
			d.begins()
		}
		if n < 0 {
			return // a name is looked up
		}
		// With several addresses there may be several; one is told of.
		if fd.CompareAndSwap(-1, int64(n)) && waits {
			d.set.emit(Event{Kind: ConnectDelayed, Scope: Framed})
		}
	})
	conn, err := d.tr.Dial(ctx, d.addr, &d.set.Net)
	d.begins()
	if err == nil && !d.hold(conn) {
		conn.Close()
		d.hold(nil)
		err = d.ctx.Err()
	}
	if err != nil {
		d.decide(err)
		ev := Event{Kind: Closed, Remote: to, FD: int(fd.Load()), Err: err}
		if ev.FD < 0 {
			ev.Scope = Typed // there was nothing to close
		}
		d.set.emit(ev)
		return nil, err
	}
	return conn, nil
}

// The bits of RECONNECT_STOP.
const (
	stopRefused   = 1
	stopHandshake = 2
	stopLeft      = 4
)

// final reports that no further attempt is wanted after err.
func (d *Dialer) final(err error) bool {
	select {
	case <-d.left:
		return true
	default:
	}
	life := &d.set.Life
	if life.ReconnectStop&stopRefused != 0 && errors.Is(err, errno.ECONNREFUSED) {
		return true
	}
	if life.ReconnectStop&stopHandshake != 0 && isHandshake(err) {
		return true
	}
	return !life.RetryProtocol && mech.Final(err)
}

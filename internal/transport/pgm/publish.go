package pgm

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

const (
	// afterglow is how long Finish waits for a request to repair something.
	afterglow = 500 * time.Millisecond
	// longest is how long it serves those who do, if LINGER allows.
	longest = 30 * time.Second
)

// A publisher joins a sender to its socket. Its caller's goroutine writes data;
// serve is a goroutine of its own, which hears the receivers and keeps the
// time. mu is held while either works, sending included: packets go out in the
// order that the sender made them.
type publisher struct {
	began time.Time
	sock  *socket
	group netip.Addr
	to    net.Addr
	stop  chan struct{} // closed by Close
	done  chan struct{} // closed when serve has ended
	once  sync.Once

	mu    sync.Mutex
	s     *sender
	armed time.Duration // when serve looks at the time
}

// Publish opens a publisher and says hello.
func (t Transport) Publish(addr string, o *opt.Net) (transport.Publisher, error) {
	a, set, at, err := t.prepare(addr, o)
	if err != nil {
		return nil, err
	}
	sock, err := open(&set, at, at.ip, a.port)
	if err != nil {
		return nil, err
	}
	if err := sock.speak(at, set.hops); err != nil {
		sock.Close()
		return nil, err
	}
	p := &publisher{
		began: time.Now(), sock: sock, group: a.send,
		to:   sock.to(scoped(a.send, at), a.port),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	r := route{newSession(a.port), a.port}
	p.s = newSender(set, r, at.ip.WithZone(""), a.send, 0, 0)
	p.mu.Lock()
	err = p.transmitLocked()
	p.mu.Unlock()
	if err != nil {
		sock.Close()
		return nil, &transport.Error{Errno: errno.Of(err, errno.EHOSTUNREACH), Cause: err,
			Text: "cannot send to group " + a.send.String() + " from " + at.ip.String()}
	}
	neighbours.add(r.session, p)
	go p.serve() // owned by p: Close waits for it
	return p, nil
}

// prepare is what both kinds of endpoint begin with.
func (t Transport) prepare(addr string, o *opt.Net) (a address, set settings, at place, err error) {
	if a, err = parseAddress(addr); err != nil {
		return
	}
	if set, err = settle(o, t.Raw, a.send.Is6()); err != nil {
		return
	}
	at, err = a.local()
	return
}

// scoped gives a link-local group the zone that sending to it needs.
func scoped(group netip.Addr, at place) netip.Addr {
	if group.Is6() && (group.IsLinkLocalMulticast() || group.IsInterfaceLocalMulticast()) {
		return group.WithZone(at.iface.Name)
	}
	return group
}

// newSession makes a random session id, whose port is not the endpoint's.
func newSession(port uint16) (t tsi) {
	for {
		rand.Read(t[:])
		if t.port() != port && t.port() != 0 {
			return t
		}
	}
}

func (p *publisher) now() time.Duration { return time.Since(p.began) }

func (p *publisher) Local() string { return p.sock.conn.LocalAddr().String() }
func (p *publisher) Group() string { return p.to.String() }

// Frame implements transport.Publisher.
func (p *publisher) Frame(head, body []byte, begins bool) error {
	if err := p.write(head, begins); err != nil {
		return err
	}
	return p.write(body, false)
}

func (p *publisher) write(b []byte, begins bool) error {
	for len(b) > 0 {
		p.mu.Lock()
		now := p.now()
		n := p.s.write(now, b, begins)
		b = b[n:]
		begins = begins && n == 0
		if err := p.afterLocked(now, len(b) == 0); err != nil {
			return err
		}
	}
	return nil
}

// Flush implements transport.Publisher.
func (p *publisher) Flush() error {
	for {
		p.mu.Lock()
		now := p.now()
		flushed := p.s.flush(now)
		if flushed {
			p.transmitLocked()
		}
		if err := p.afterLocked(now, flushed); err != nil || flushed {
			return err
		}
	}
}

// afterLocked unlocks. If not everything was accepted it sends what is there,
// or waits until more is.
func (p *publisher) afterLocked(now time.Duration, all bool) error {
	if all {
		p.mu.Unlock()
		return nil
	}
	if len(p.s.out) > 0 {
		p.transmitLocked()
		p.mu.Unlock()
		select {
		case <-p.stop:
			return net.ErrClosed
		default:
			return nil
		}
	}
	wait := p.s.writable() - now
	p.mu.Unlock()
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-p.stop:
		return net.ErrClosed
	}
}

// transmitLocked sends what the sender has made, and sees to it that serve
// wakes up in time.
func (p *publisher) transmitLocked() error {
	for _, b := range p.s.out {
		p.sock.add(b, p.to)
	}
	err := p.sock.send()
	p.s.sent()
	if next := p.s.next(); next < p.armed {
		p.arm(next)
	}
	return err
}

func (p *publisher) arm(at time.Duration) {
	p.armed = at
	p.sock.until(p.began.Add(at))
}

// serve hears receivers, and does what is due, until Close.
func (p *publisher) serve() {
	defer close(p.done)
	for {
		p.mu.Lock()
		p.arm(p.s.next())
		p.mu.Unlock()
		err := p.sock.receive(p.hear)
		p.mu.Lock()
		now := p.now()
		p.s.tick(now)
		p.transmitLocked()
		p.mu.Unlock()
		if err != nil && !patient(err, p.stop) {
			return
		}
	}
}

// patient waits a little after an error that is not the end of a socket or of
// the time to read. False: it is the socket's end.
func patient(err error, stop <-chan struct{}) bool {
	if errors.Is(err, net.ErrClosed) {
		return false
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return true
	}
	t := time.NewTimer(10 * time.Millisecond)
	defer t.Stop()
	select {
	case <-stop:
		return false
	case <-t.C:
		return true
	}
}

// hear takes a packet, which may be for another publisher of this process: two
// on the same address and port cannot choose which of them gets it.
func (p *publisher) hear(_ netip.Addr, b []byte) {
	k, err := parse(b)
	if err != nil {
		return
	}
	if p.handle(&k) {
		if q := neighbours.find(k.session); q != nil && q != p {
			q.handle(&k)
		}
	}
}

func (p *publisher) handle(k *packet) (other bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	other = p.s.handle(now, k)
	p.transmitLocked()
	return other
}

// Finish implements transport.Publisher.
func (p *publisher) Finish() {
	p.mu.Lock()
	began := p.now()
	p.s.finish()
	p.transmitLocked()
	p.mu.Unlock()
	for {
		p.mu.Lock()
		now := p.now()
		over := p.s.quiet(now, afterglow) || now > began+longest
		p.mu.Unlock()
		if over {
			return
		}
		t := time.NewTimer(afterglow / 10)
		select {
		case <-p.stop:
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// Close implements transport.Publisher.
func (p *publisher) Close() error {
	p.once.Do(func() {
		close(p.stop)
		neighbours.remove(p.s.session)
		p.sock.Close()
	})
	<-p.done
	return nil
}

// neighbours are the publishers of this process, by session.
var neighbours = registry{m: make(map[tsi]*publisher)}

type registry struct {
	mu sync.Mutex
	m  map[tsi]*publisher
}

func (r *registry) add(t tsi, p *publisher) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m[t] = p
}

func (r *registry) remove(t tsi) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.m, t)
}

func (r *registry) find(t tsi) *publisher {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.m[t]
}

package pgm

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// A subscription joins a receiver to its sockets: one for each group, which a
// goroutine each reads, and one to send from. mu is held while one of them
// works.
type subscription struct {
	began  time.Time
	set    settings
	port   uint16
	groups []netip.Addr
	heard  []*socket
	speak  *socket
	stop   chan struct{}
	once   sync.Once
	woken  atomic.Bool // Wake was called, and not seen yet

	mu sync.Mutex
	r  *receiver
}

// Subscribe joins the groups.
func (t Transport) Subscribe(addr string, o *opt.Net) (transport.Subscription, error) {
	a, set, at, err := t.prepare(addr, o)
	if err != nil {
		return nil, err
	}
	s := &subscription{began: time.Now(), set: set, port: a.port, stop: make(chan struct{})}
	if err := s.open(&a, at); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *subscription) open(a *address, at place) (err error) {
	// A request for an SPM is for the nearest.
	if s.speak, err = open(&s.set, at, at.ip, 0); err != nil {
		return err
	}
	if err := s.speak.speak(at, 1); err != nil {
		return err
	}
	for _, g := range a.groups {
		sock, err := open(&s.set, at, g, a.port)
		if err != nil {
			return err
		}
		s.groups, s.heard = append(s.groups, scoped(g, at)), append(s.heard, sock)
		if err := sock.join(at, g); err != nil {
			return err
		}
	}
	return nil
}

func (s *subscription) now() time.Duration { return time.Since(s.began) }

func (s *subscription) Local() string { return s.speak.conn.LocalAddr().String() }

// Group implements transport.Subscription.
func (s *subscription) Group() string {
	var list []string
	for i, g := range s.groups {
		list = append(list, s.heard[i].to(g, s.port).String())
	}
	return strings.Join(list, ",")
}

// Receive implements transport.Subscription.
func (s *subscription) Receive(sink transport.Sink) {
	s.r = newReceiver(s.set, s.port, sink)
	var wg sync.WaitGroup
	for i, sock := range s.heard {
		wg.Go(func() { s.listen(sock, s.groups[i].WithZone("")) }) // owned by Receive
	}
	wg.Wait()
	s.r.close()
	sink.Flush()
}

// listen reads one group's socket until Close. All listeners wake up when
// something is due; the first does it.
func (s *subscription) listen(sock *socket, group netip.Addr) {
	for {
		s.mu.Lock()
		next := s.r.next()
		s.mu.Unlock()
		if next == never {
			sock.until(time.Time{})
		} else {
			sock.until(s.began.Add(next))
		}
		if s.woken.Load() {
			sock.until(past) // that which Wake set may be gone
		}
		err := s.work(sock, group)
		if err != nil && !patient(err, s.stop) {
			return
		}
	}
}

// work handles a run of packets, and what is due.
func (s *subscription) work(sock *socket, group netip.Addr) error {
	locked := false
	var now time.Duration
	lock := func() {
		if !locked {
			locked = true
			s.mu.Lock()
			now = s.now()
			s.woken.Store(false)
			s.r.begin()
		}
	}
	err := sock.receive(func(from netip.Addr, b []byte) {
		lock()
		s.r.handle(now, from, group, b)
	})
	lock()
	defer s.mu.Unlock()
	s.r.tick(now)
	s.r.end()
	for _, o := range s.r.out {
		s.speak.add(o.b, s.speak.to(o.to, s.port))
	}
	s.speak.send()
	return err
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// Wake implements transport.Subscription.
func (s *subscription) Wake() {
	s.woken.Store(true)
	for _, sock := range s.heard {
		sock.until(past)
	}
}

// Close implements transport.Subscription.
func (s *subscription) Close() (err error) {
	s.once.Do(func() {
		close(s.stop)
		for _, sock := range append(s.heard, s.speak) {
			if sock != nil {
				err = errors.Join(err, sock.Close())
			}
		}
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

//go:build linux

package chaos

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// pebble is a socket of zmq4, used as programs for pebbe/zmq4 have to: by one
// goroutine, which polls it together with a socket over which others wake it.
type pebble struct {
	s    *zmq4.Socket
	wake *zmq4.Socket // what woken is connected to
	name string
	deaf bool

	closed bool // by the goroutine that opened it

	mu       sync.Mutex // of woken
	woken    *zmq4.Socket
	jobs     chan func()
	out      chan parcel
	received chan [][]byte
	gone     chan struct{}
	over     chan struct{}
}

// A parcel is a message to be sent, and where to say what became of it.
type parcel struct {
	frames [][]byte
	done   chan error
}

var pebbles atomic.Int64

func newPebble() *pebble { return &pebble{} }

func (p *pebble) open(kind int, options [][2]string, deaf bool) error {
	p.deaf, p.closed = deaf, false
	var err error
	if p.s, err = zmq4.NewSocket(zmq4.Type(kind)); err != nil {
		return err
	}
	for _, o := range options {
		if err := p.set(o[0], o[1]); err != nil {
			return err
		}
	}
	p.name = "inproc://wake" + strconv.FormatInt(pebbles.Add(1), 10)
	if p.wake, err = zmq4.NewSocket(zmq4.PAIR); err != nil {
		return err
	}
	if p.woken, err = zmq4.NewSocket(zmq4.PAIR); err != nil {
		return err
	}
	if err = p.wake.Bind(p.name); err != nil {
		return err
	}
	if err = p.woken.Connect(p.name); err != nil {
		return err
	}
	p.jobs, p.out, p.received = make(chan func(), 1), make(chan parcel, 1), make(chan [][]byte, 64)
	p.gone, p.over = make(chan struct{}), make(chan struct{})
	go p.loop() // owned by p: close waits
	return nil
}

// loop does everything with the socket.
func (p *pebble) loop() {
	defer close(p.over)
	poller := zmq4.NewPoller()
	mine := poller.Add(p.s, zmq4.POLLIN)
	poller.Add(p.wake, zmq4.POLLIN)
	var pending *parcel
	for {
		var want zmq4.State
		room := !p.deaf && len(p.received) < cap(p.received)
		if room {
			want |= zmq4.POLLIN
		}
		if pending != nil {
			want |= zmq4.POLLOUT
		}
		poller.Update(mine, want)
		if _, err := poller.Poll(-1); err != nil {
			return
		}
		select {
		case <-p.gone:
			return
		case job := <-p.jobs:
			job()
		default:
		}
		for { // all that woke it
			if _, err := p.wake.RecvBytes(zmq4.DONTWAIT); err != nil {
				break
			}
		}
		if pending == nil {
			select {
			case one := <-p.out:
				pending = &one
			default:
			}
		}
		pending = p.try(pending)
		if room {
			if m, err := p.s.RecvMessageBytes(zmq4.DONTWAIT); err == nil {
				p.received <- m
			}
		}
	}
}

// try sends a parcel and returns it if there was no room.
func (p *pebble) try(one *parcel) *parcel {
	if one == nil {
		return nil
	}
	parts := make([]any, len(one.frames))
	for i, f := range one.frames {
		parts[i] = f
	}
	_, err := p.s.SendMessageDontwait(parts...)
	switch zmq4.AsErrno(err) {
	case zmq4.Errno(syscall.EAGAIN), zmq4.EFSM:
		time.Sleep(time.Millisecond) // a ROUTER can always send, to others
		return one
	}
	one.done <- err
	return nil
}

func (p *pebble) rouse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.woken.SendBytes(nil, zmq4.DONTWAIT)
}

// on has the loop do something with the socket.
func (p *pebble) on(job func() error) error {
	done := make(chan error, 1)
	p.jobs <- func() { done <- job() }
	p.rouse()
	return <-done
}

func (p *pebble) bind(endpoint string) (at string, err error) {
	err = p.on(func() error {
		if err := p.s.Bind(endpoint); err != nil {
			return err
		}
		at, err = p.s.GetLastEndpoint()
		return err
	})
	return at, err
}

func (p *pebble) connect(endpoint string) error {
	return p.on(func() error { return p.s.Connect(endpoint) })
}

func (p *pebble) send(frames [][]byte) error {
	one := parcel{frames, make(chan error, 1)}
	select {
	case p.out <- one:
	case <-p.gone:
		return errGone
	}
	p.rouse()
	select {
	case err := <-one.done:
		return err
	case <-p.gone:
		return errGone
	}
}

var errGone = errors.New("the socket is closed")

func (p *pebble) recv() (uint64, [][]byte, error) {
	select {
	case m := <-p.received:
		if len(p.received) == cap(p.received)-1 {
			p.rouse()
		}
		return 0, m, nil
	case <-p.gone:
		return 0, nil, errGone
	}
}

func (p *pebble) limit(n uint64) error { return limitDescriptors(n) }

func (p *pebble) close() {
	if p.gone == nil || p.closed {
		return
	}
	p.closed = true
	close(p.gone)
	p.rouse()
	<-p.over
	p.mu.Lock()
	p.woken.Close()
	p.mu.Unlock()
	p.wake.Close()
	p.s.Close()
}

// authenticate starts the handler that PLAIN and CURVE ask, once.
var authenticate = sync.OnceValue(func() error {
	if err := zmq4.AuthStart(); err != nil {
		return err
	}
	zmq4.AuthPlainAdd("*", user, password)
	zmq4.AuthCurveAdd("*", zmq4.CURVE_ALLOW_ANY)
	return nil
})

// set sets an option by its name.
func (p *pebble) set(name, value string) error {
	s := p.s
	n, _ := strconv.Atoi(value)
	d := time.Duration(n) * time.Millisecond
	switch name {
	case "ROUTING_ID":
		return s.SetIdentity(value)
	case "SUBSCRIBE":
		return s.SetSubscribe(value)
	case "SNDHWM":
		return s.SetSndhwm(n)
	case "RCVHWM":
		return s.SetRcvhwm(n)
	case "SNDBUF":
		return s.SetSndbuf(n)
	case "RCVBUF":
		return s.SetRcvbuf(n)
	case "SNDTIMEO":
		return s.SetSndtimeo(d)
	case "LINGER":
		return s.SetLinger(d)
	case "RECONNECT_IVL":
		return s.SetReconnectIvl(d)
	case "HEARTBEAT_IVL":
		return s.SetHeartbeatIvl(d)
	case "HEARTBEAT_TIMEOUT":
		return s.SetHeartbeatTimeout(d)
	case "HANDSHAKE_IVL":
		return s.SetHandshakeIvl(d)
	case "MAXMSGSIZE":
		return s.SetMaxmsgsize(int64(n))
	case "BACKLOG":
		return s.SetBacklog(n)
	case "ROUTER_MANDATORY":
		return s.SetRouterMandatory(n)
	case "ROUTER_HANDOVER":
		return s.SetRouterHandover(n != 0)
	case "XPUB_NODROP":
		return s.SetXpubNodrop(n != 0)
	case "PLAIN_SERVER":
		if err := authenticate(); err != nil {
			return err
		}
		return s.SetPlainServer(n)
	case "PLAIN_USERNAME":
		return s.SetPlainUsername(value)
	case "PLAIN_PASSWORD":
		return s.SetPlainPassword(value)
	case "CURVE_SERVER":
		if err := authenticate(); err != nil {
			return err
		}
		return s.SetCurveServer(n)
	case "CURVE_SECRETKEY":
		return s.SetCurveSecretkey(value)
	case "CURVE_PUBLICKEY":
		return s.SetCurvePublickey(value)
	case "CURVE_SERVERKEY":
		return s.SetCurveServerkey(value)
	}
	return errors.New("zmq4: no option " + name)
}

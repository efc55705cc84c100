//go:build linux

package chaos

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// patience is how long anything may take to come about that nothing hinders,
// on a machine that is busy with much else. Longer is stuck.
const patience = 30 * time.Second

// An exchange is two peers that talk in a pattern, while something is done to
// them.
type exchange struct {
	*run
	pattern
	sides          [2]string   // the faces of a and b
	spaces         [2]string   // their network namespaces
	opts           [2][]string // beside the pattern's
	bindAt, joinAt string      // endpoints; with a relay they differ
	there, back    *flow

	mu    sync.RWMutex // peers are replaced under it
	peers [2]*peer

	echoing  chan parcelFor // what b sends back, by a goroutine of its own: see echo
	echoed   chan struct{}  // closed when that has ended
	ends     int
	answered chan int // the numbers of replies, for the pattern that asks
	over     atomic.Bool
	before   [2]use
	replaced [2]bool
}

// newExchange prepares one over tcp; bind says where, "" for any port.
func (r *run) newExchange(p pattern, sideA, sideB, mechanism string) (*exchange, error) {
	if a, b, ok := strings.Cut(r.workshop.sides, "-"); ok {
		sideA, sideB = a, b
	}
	x := &exchange{run: r, pattern: p, sides: [2]string{sideA, sideB}, bindAt: "tcp://127.0.0.1:*", answered: make(chan int, 100)}
	x.there = newFlow(1, rand.New(rand.NewPCG(r.rng.Uint64(), 1)))
	x.back = newFlow(2, rand.New(rand.NewPCG(r.rng.Uint64(), 2)))
	if p.answer == echoes || p.answer == replies {
		x.back.id = x.there.id // what comes back is what went there: see heard
	}
	server, client, err := secure(mechanism)
	if err != nil {
		return nil, err
	}
	x.echoing, x.echoed = make(chan parcelFor, maxEchoes), make(chan struct{})
	go x.echo() // owned by x: see discard
	x.opts[x.binder()], x.opts[1-x.binder()] = server, client
	if p.named {
		x.opts[0], x.opts[1] = append(x.opts[0], "ROUTING_ID=one"), append(x.opts[1], "ROUTER_HANDOVER=1")
	}
	return x, nil
}

// binder is which side binds.
func (x *exchange) binder() int {
	if x.aBinds {
		return 0
	}
	return 1
}

// options are those of a side.
func (x *exchange) options(i int) []string {
	own := x.aOpts
	if i == 1 {
		own = x.bOpts
	}
	return slices.Concat([]string{
		"LINGER=0", "RECONNECT_IVL=5", "SNDHWM=" + itoa(mark), "RCVHWM=" + itoa(mark),
		"SNDBUF=" + itoa(buffer), "RCVBUF=" + itoa(buffer)}, own, x.opts[i])
}

// start starts the peer of a side, opens its socket, and binds if that is its
// part: where it was bound before, if it was.
func (x *exchange) start(i int) error {
	p, err := x.run.start(x.sides[i], x.spaces[i], func(p *peer, conn uint64, frames [][]byte) { x.heard(i, p, conn, frames) })
	if err != nil {
		return err
	}
	if err := x.open(i, p); err != nil {
		p.kill()
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.peers[i]; old != nil {
		x.replaced[i] = true
		p.refused.Add(old.refused.Load())
	}
	x.peers[i] = p
	return nil
}

// open gives a side's process a new socket.
func (x *exchange) open(i int, p *peer) error {
	kind := x.a
	if i == 1 {
		kind = x.b
	}
	if err := p.open(int(kind), x.options(i)...); err != nil {
		return err
	}
	if i != x.binder() {
		if _, err := p.do(cmdConnect, x.joinAt); err != nil {
			return err
		}
	} else {
		at, err := x.rebind(p)
		if err != nil {
			return err
		}
		x.bindAt = at
	}
	if kind == zmq.XSub {
		return p.send(append([]byte{1}, topic...), []byte(nil))
	}
	return nil
}

// rebind binds; the system may take a moment to give an address free.
func (x *exchange) rebind(p *peer) (at string, err error) {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		at, err = p.do(cmdBind, x.bindAt)
		if err == nil || time.Now().After(end) {
			return string(bytes.TrimRight([]byte(at), "\x00")), err
		}
	}
}

// join starts both sides, the one that binds first. via, if not nil, is told
// the endpoint and says where to connect.
func (x *exchange) join(via func(bound string) (string, error)) error {
	if err := x.start(x.binder()); err != nil {
		return err
	}
	x.joinAt = x.bindAt
	if via != nil {
		var err error
		if x.joinAt, err = via(x.bindAt); err != nil {
			return err
		}
	}
	if err := x.start(1 - x.binder()); err != nil {
		return err
	}
	if !x.settle() {
		return fmt.Errorf("they do not talk, although nothing hinders them")
	}
	for i := range x.peers {
		u, err := x.peer(i).use()
		if err != nil {
			return err
		}
		x.before[i] = u
	}
	return nil
}

func (x *exchange) peer(i int) *peer {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.peers[i]
}

// heard is what side i has received.
func (x *exchange) heard(i int, p *peer, conn uint64, frames [][]byte) {
	if i == 1 {
		if len(frames) <= x.strip {
			return // a ROUTER's notice, a probe
		}
		n := x.there.enter(conn, frames[x.strip:])
		switch x.answer {
		case echoes, replies:
			x.back.expect(x.there, n)
			x.echoing <- parcelFor{p, frames}
		}
		return
	}
	if x.answer == silent || len(frames) <= x.backStrip {
		return // an XPUB's subscriptions
	}
	n := x.back.enter(conn, frames[x.backStrip:])
	if x.answer == replies {
		select {
		case x.answered <- n:
		default:
		}
	}
}

// A parcelFor is a message that a peer is to send.
type parcelFor struct {
	*peer
	frames [][]byte
}

// maxEchoes is far more than wait to be sent back: see flood.
const maxEchoes = 1 << 16

// echo sends back what b received. The goroutine that hears b must not: a
// process with one thread that can not say what it received does not send
// either.
func (x *exchange) echo() {
	defer close(x.echoed)
	for e := range x.echoing {
		e.send(e.frames...)
	}
}

// discard ends what is left.
func (x *exchange) discard() {
	for _, p := range x.peers {
		if p != nil {
			p.kill()
		}
	}
	close(x.echoing)
	<-x.echoed
}

// put has side i send a message. While its process is not there it waits.
func (x *exchange) put(i int, body [][]byte) error {
	if i == 0 {
		body = append(slices.Clip(x.prefix), body...)
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		err := x.peer(i).send(body...)
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

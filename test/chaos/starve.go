//go:build linux

package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// starving are processes that may open no more descriptors, on the side that
// accepts and on the side that connects.
func starving() []scenario {
	var all []scenario
	for _, side := range []string{"go", "zmq4", "c"} {
		all = append(all,
			scenario{"descriptors/accepting/" + side, 1, func(r *run) error { return r.starveListener(side) }},
			scenario{"descriptors/connecting/" + side, 1, func(r *run) error { return r.starveDialer(side) }})
	}
	return all
}

// spare is how many more descriptors a starved process may open.
const spare = 8

// starve bounds a process's descriptors a little above those it has.
func (p *peer) starve() error {
	_, err := p.do(cmdLimit, itoa(p.highest()+1+spare))
	return err
}

// starveListener: strangers take all descriptors of a listener. The client that
// is there goes on; when they have gone a new one gets in.
func (r *run) starveListener(side string) error {
	p, err := r.openQuiet(side, zmq.Router, ownEcho+"=")
	if err != nil {
		return err
	}
	defer p.kill()
	at, err := p.do(cmdBind, "tcp://127.0.0.1:*")
	if err != nil {
		return err
	}
	at = strings.TrimRight(at, "\x00")
	first, err := r.newClient(servers[""], at, nil)
	if err != nil {
		return err
	}
	defer first.Close()
	if err := first.ping(r); err != nil {
		return err
	}
	before, err := p.use()
	if err != nil {
		return err
	}
	if err := p.starve(); err != nil {
		return err
	}
	var conns []net.Conn
	for range 4 * spare {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(at, "tcp://"), time.Second)
		if err != nil {
			break
		}
		conns = append(conns, c)
		r.harm++
	}
	for end := time.Now().Add(r.took); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if err := first.ping(r); err != nil {
			r.stuck++
			r.fail("a client that was there before: %v", err)
			break
		}
		r.tried++
	}
	for _, c := range conns {
		c.Close()
	}
	second, err := r.newClient(servers[""], at, nil)
	if err != nil {
		return err
	}
	if err := second.ping(r); err != nil {
		r.stuck++
		r.fail("a client that comes when there are descriptors again: %v", err)
	}
	r.tried++
	second.Close()
	r.compare(p, before, memoryBound)
	if err := p.end(); err != nil {
		r.fail("%v", err)
	}
	return nil
}

// starveDialer: a process that connects has no descriptor for it, and gets one
// later.
func (r *run) starveDialer(side string) error {
	p, err := r.openQuiet(side, zmq.Push)
	if err != nil {
		return err
	}
	defer p.kill()
	pull, err := zmq.New(zmq.Pull)
	if err != nil {
		return err
	}
	defer pull.Close()
	at, err := pull.Bind("tcp://127.0.0.1:*")
	if err != nil {
		return err
	}
	c := &client{Socket: pull, p: p}
	if _, err := p.do(cmdLimit, itoa(p.highest()+1)); err != nil {
		return err
	}
	if _, err := p.do(cmdConnect, at); err != nil {
		return err
	}
	r.harm = 1
	time.Sleep(r.took / 2)
	if err := p.starve(); err != nil {
		return err
	}
	r.tried = 100
	for i := range r.tried {
		p.send(fmt.Append(nil, i))
	}
	for i := range r.tried {
		m, err := c.within(stuckAfter)
		switch {
		case errors.Is(err, zmq.ErrAgain):
			r.stuck++
			r.fail("nothing arrives when there are descriptors again, after %d", i)
			return nil
		case err != nil:
			return err
		case string(m.Bytes()) != fmt.Sprint(i):
			r.order++
			r.fail("message %q in place of %d", m, i)
		}
	}
	if err := p.end(); err != nil {
		r.fail("%v", err)
	}
	return nil
}

// within receives, for so long at most.
func (c *client) within(d time.Duration) (zmq.Message, error) {
	if err := c.Set(zmq.RecvTimeout.Of(d)); err != nil {
		return zmq.Message{}, err
	}
	return c.Recv(context.Background())
}

// openQuiet starts a peer with a socket that nothing is heard of.
func (r *run) openQuiet(side string, kind zmq.Type, options ...string) (*peer, error) {
	p, err := r.start(side, "", nil)
	if err != nil {
		return nil, err
	}
	if err := p.open(int(kind), append([]string{"LINGER=0", "RECONNECT_IVL=10"}, options...)...); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

//go:build linux

package chaos

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// A server is what is attacked, and who uses it meanwhile.
type server struct {
	kind, client zmq.Type
	options      []string
	mechanism    string
	attacker     string // the socket type that attackers say they are
}

var servers = map[string]server{
	"":          {zmq.Router, zmq.Dealer, []string{ownEcho + "="}, "NULL", "DEALER"},
	"rep":       {zmq.Rep, zmq.Req, []string{ownEcho + "="}, "NULL", "DEALER"},
	"pull":      {zmq.Pull, zmq.Push, nil, "NULL", "PUSH"},
	"xpub":      {zmq.XPub, zmq.Sub, nil, "NULL", "SUB"},
	"xpub-deaf": {zmq.XPub, zmq.Sub, []string{ownDeaf + "="}, "NULL", "SUB"},
	"plain":     {zmq.Router, zmq.Dealer, []string{ownEcho + "="}, "PLAIN", "DEALER"},
	"curve":     {zmq.Router, zmq.Dealer, []string{ownEcho + "="}, "CURVE", "DEALER"},
}

// attackers is how many attack at once.
const attackers = 4

// hostile are strangers, each kind beside a legitimate client.
func hostile() []scenario {
	peace := attack{"nobody", "", func(a *assault) { a.hold() }}
	var all []scenario
	for i, a := range append([]attack{peace}, attacks...) {
		for _, side := range []string{"go", []string{"c", "zmq4"}[i%2]} {
			name := "hostile/" + strings.ReplaceAll(strings.ReplaceAll(a.name, ",", ""), " ", "-") + "/" + side
			all = append(all, scenario{name, 1, func(r *run) error { return r.attacked(a, side) }})
		}
	}
	return all
}

// attackRole is the process of the attackers: "SEED NANOSECONDS ADDRESS NAME".
func attackRole(arg string) int {
	f := strings.SplitN(arg, " ", 4)
	seed, _ := strconv.ParseUint(f[0], 10, 64)
	span, _ := strconv.ParseInt(f[1], 10, 64)
	i := slices.IndexFunc(attacks, func(a attack) bool { return a.name == f[3] })
	if i < 0 {
		return 0 // nobody
	}
	a, end := attacks[i], time.Now().Add(time.Duration(span))
	var wg sync.WaitGroup
	for n := range attackers {
		wg.Go(func() { // owned by this
			rng := rand.New(rand.NewPCG(seed, uint64(n)))
			for time.Now().Before(end) {
				c, err := net.DialTimeout("tcp", f[2], time.Second)
				if err != nil {
					time.Sleep(10 * time.Millisecond)
					continue
				}
				c.SetDeadline(end.Add(time.Second))
				a.strike(c, rng, servers[a.server].attacker, end)
			}
		})
	}
	wg.Wait()
	return 0
}

// stuckAfter is how long a legitimate client may wait for one answer: far longer
// than any of what is going on explains.
const stuckAfter = 20 * time.Second

// peakBound is how much more memory the process may use at once than before.
// Each attacker may fill the queues to it and from it, and what it has sent of a
// message (MAXMSGSIZE) is kept; the rest is what the collector leaves, which is
// as much again. siegeTopics of each attacker take some 5 MiB. See boundless for
// what has no bound in the drop-ins.
const peakBound = 2*attackers*(2*siegeMark+2)*1<<20 + 32<<20

// siegeMark is the high-water mark of a server.
const siegeMark = 15

// siegeTopics is how many topics a peer of a server may subscribe to: few, as its
// queues are, so that what is not bounded shows.
const siegeTopics = 20_000

// attacked runs one attack against a server of a face.
func (r *run) attacked(a attack, side string) error {
	s := servers[a.server]
	secureServer, secureClient, err := secure(s.mechanism)
	if err != nil {
		return err
	}
	echoes := make(chan [][]byte, 1000)
	p, err := r.start(side, "", func(_ *peer, _ uint64, frames [][]byte) {
		if s.kind == zmq.Pull && len(frames[0]) == 8 {
			select {
			case echoes <- frames:
			default:
			}
		}
	})
	if err != nil {
		return err
	}
	defer p.kill()
	options := slices.Concat([]string{"LINGER=0", "SNDHWM=" + itoa(siegeMark), "RCVHWM=" + itoa(siegeMark), "MAXMSGSIZE=2000000", "HANDSHAKE_IVL=1000"}, s.options, secureServer)
	if side == "go" && s.kind == zmq.XPub {
		options = append(options, "MAX_SUBSCRIPTIONS="+itoa(siegeTopics))
	}
	if err := p.open(int(s.kind), options...); err != nil {
		return err
	}
	at, err := p.do(cmdBind, "tcp://127.0.0.1:*")
	if err != nil {
		return err
	}
	at = strings.TrimRight(at, "\x00")
	c, err := r.newClient(s, at, secureClient)
	if err != nil {
		return err
	}
	defer c.Close()
	c.p, c.echoes = p, echoes
	if err := c.ping(r); err != nil {
		return fmt.Errorf("before anybody attacks: %w", err)
	}
	before, err := p.use()
	if err != nil {
		return err
	}
	return r.besiege(a, s, p, c, at, before)
}

// besiege lets the attackers loose while the client goes on.
func (r *run) besiege(a attack, s server, p *peer, c *client, at string, before use) error {
	span := max(r.took, 500*time.Millisecond)
	role := fmt.Sprintf("attack %d %d %s %s", r.rng.Uint64(), span.Nanoseconds(), strings.TrimPrefix(at, "tcp://"), a.name)
	cmd, err := child(role)
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	p.forgetPeak()
	if err := cmd.Start(); err != nil {
		return err
	}
	var waits []time.Duration
	for end := time.Now().Add(span); time.Now().Before(end) && r.stuck == 0; time.Sleep(time.Millisecond) {
		began := time.Now()
		if err := c.ping(r); err != nil {
			r.fail("a legitimate client: %v", err)
			r.stuck++
		}
		waits = append(waits, time.Since(began))
		r.tried++
	}
	done := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	cmd.Wait()
	done.Stop()
	if r.stuck == 0 {
		if err := c.ping(r); err != nil {
			r.fail("after the attack: %v", err)
			r.stuck++
		}
	}
	slices.Sort(waits)
	r.p50, r.p99 = waits[len(waits)/2], waits[len(waits)*99/100]
	r.harm = attackers
	peak, bound := p.peak()-before.memory, memoryBound
	if p.side == "c" { // it gives memory back by and by
		bound = max(peak, peakBound*leeway)
	}
	r.note = "peak " + size(peak)
	if peak > peakBound*leeway && (p.side == "go" || !boundless(a, s)) {
		r.fail("%d bytes more were in use at once", peak)
	}
	if r.stuck == 0 {
		r.compare(p, before, bound)
		if err := p.end(); err != nil {
			r.fail("%v", err)
		}
	}
	return nil
}

// boundless reports whether an attack takes what the drop-ins do not bound, as
// libzmq does not: topics, and the frames of a message that never ends. See
// docs/security.md.
func boundless(a attack, s server) bool {
	return s.kind == zmq.XPub || a.name == "empty frames without end"
}

// A client is the legitimate one: a socket of the Go API.
type client struct {
	*zmq.Socket
	p      *peer
	echoes <-chan [][]byte
	n      uint64
}

func (r *run) newClient(s server, at string, options []string) (*client, error) {
	list := []zmq.Option{zmq.Linger.Of(0)}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		one, err := zmq.ParseOption(name, value)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	k, err := zmq.New(s.client, list...)
	if err != nil {
		return nil, err
	}
	if s.client == zmq.Sub {
		k.Subscribe("tick")
	}
	return &client{Socket: k}, k.Connect(at)
}

// junk is published beside each tick, for those who subscribe to everything.
var junk = make([]byte, 1000)

// ping sends one message to the server, or has the server publish one, and waits
// for it to come back.
func (c *client) ping(r *run) error {
	ctx, cancel := context.WithTimeout(context.Background(), stuckAfter)
	defer cancel()
	c.n++
	mine := binary.BigEndian.AppendUint64(nil, c.n)
	switch c.Type() {
	case zmq.Sub:
		return c.tick(ctx, r, mine)
	case zmq.Push:
		if err := c.Send(ctx, mine); err != nil {
			return err
		}
		for {
			select {
			case frames := <-c.echoes:
				if string(frames[0]) == string(mine) {
					return nil
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	if err := c.Send(ctx, mine); err != nil {
		return err
	}
	m, err := c.Recv(ctx)
	if err == nil && string(m.Bytes()) != string(mine) {
		r.corrupt++
		r.fail("asked %x, was told %.40q", mine, m)
	}
	return err
}

// tick publishes until one arrives: at first the subscription may not be there.
func (c *client) tick(ctx context.Context, r *run, mine []byte) error {
	for {
		for range siegeMark - 5 {
			c.p.send([]byte("junk"), junk)
		}
		c.p.send([]byte("tick"), mine)
		one, cancel := context.WithTimeout(ctx, time.Second)
		m, err := c.Recv(one)
		cancel()
		switch {
		case err == nil && m.Len() == 2 && string(m.Last()) == string(mine):
			return nil
		case err == nil && m.Len() != 2:
			r.corrupt++
			r.fail("%d frames of a tick", m.Len())
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

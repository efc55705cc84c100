//go:build linux

package chaos

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"time"
)

// soaks are the same two processes that open, use and close sockets of all
// types, over tcp and ipc, again and again: nothing may be left of any.
func soaks() []scenario {
	var all []scenario
	for _, s := range [][2]string{{"go", "go"}, {"zmq4", "c"}, {"c", "libzmq"}} {
		all = append(all, scenario{"soak/all-types/" + s[0] + "-" + s[1], 10, func(r *run) error { return r.soak(s) }})
	}
	return all
}

// soakBound is how much a process may grow in all rounds after the first, in
// bytes: what the collector and malloc leave.
const soakBound = 24 << 20

func (r *run) soak(sides [2]string) error {
	var peers [2]*peer
	var before [2]use
	var now atomic.Pointer[exchange] // whose messages are heard
	for i, side := range sides {
		p, err := r.start(side, "", func(p *peer, conn uint64, frames [][]byte) {
			if x := now.Load(); x != nil {
				x.heard(i, p, conn, frames)
			}
		})
		if err != nil {
			return err
		}
		defer p.kill()
		peers[i] = p
	}
	measure := func() (u [2]use, err error) {
		for i, p := range peers {
			if _, err = p.do(cmdNew, ""); err != nil {
				return u, err
			}
			if u[i], err = p.use(); err != nil {
				return u, err
			}
		}
		return u, nil
	}
	rounds := 0
	for end := time.Now().Add(r.took); rounds < 2 || time.Now().Before(end); rounds++ {
		for n, p := range patterns {
			if err := r.use(p, sides, peers, &now, n%2 == rounds%2); err != nil {
				return fmt.Errorf("round %d, %s: %w", rounds, p.name, err)
			}
			if len(r.bad) > 0 {
				return nil
			}
		}
		if rounds == 0 {
			var err error
			if before, err = measure(); err != nil {
				return err
			}
		}
	}
	r.harm = rounds * len(patterns)
	r.note = fmt.Sprintf("%d rounds", rounds)
	if _, err := measure(); err != nil {
		return err
	}
	for i, p := range peers {
		if p.side != "libzmq" {
			r.compare(p, before[i], soakBound)
		}
		if err := p.end(); err != nil {
			r.fail("%v", err)
		}
	}
	return nil
}

// use lets two processes talk once in a pattern.
func (r *run) use(p pattern, sides [2]string, peers [2]*peer, now *atomic.Pointer[exchange], ipc bool) error {
	x, err := r.newExchange(p, sides[0], sides[1], mechanisms[r.rng.IntN(len(mechanisms))])
	if err != nil {
		return err
	}
	defer x.finishUse()
	if ipc {
		x.bindAt = "ipc://" + filepath.Join(r.dir, fmt.Sprintf("soak%d", rand.Uint32()))
	}
	x.peers = peers
	for _, p := range peers {
		if _, err := p.do(cmdNew, ""); err != nil { // what the last one was sent is heard before
			return err
		}
	}
	now.Store(x)
	for _, i := range []int{x.binder(), 1 - x.binder()} {
		if err := x.open(i, peers[i]); err != nil {
			return err
		}
		x.joinAt = x.bindAt
	}
	if !x.settle() {
		return nil
	}
	x.calm()
	there := x.there.tally(0)
	r.tried, r.lost = r.tried+there.sent, r.lost+there.lost
	for _, f := range []*flow{x.there, x.back} {
		r.twice, r.corrupt, r.order = r.twice+f.twice, r.corrupt+f.corrupt, r.order+f.disorder
		if f.what != "" {
			r.fail("%s: %s", p.name, f.what)
		}
	}
	return nil
}

// finishUse ends what belongs to the exchange and not to its processes.
func (x *exchange) finishUse() {
	for _, p := range x.peers {
		p.do(cmdNew, "")
	}
	close(x.echoing)
	<-x.echoed
}

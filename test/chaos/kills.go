//go:build linux

package chaos

import (
	"fmt"
	"syscall"
	"time"
)

// Kills and stops are done to patterns that show every way in which a peer can
// be missed.
var hurt = []string{"push-pull", "push-pull-bound", "pair-pair", "dealer-router", "dealer-rep", "req-rep", "pub-sub", "xpub-xsub"}

// victims are the faces that are hurt, each with who is at the other side.
var hurtSides = [][2]string{{"go", "go"}, {"zmq4", "libzmq"}, {"libzmq", "c"}, {"c", "go"}, {"libzmq", "go"}, {"go", "zmq4"}}

func patternOf(name string) pattern {
	for _, p := range patterns {
		if p.name == name {
			return p
		}
	}
	panic("no pattern " + name)
}

// kills are processes that are killed under load, and come back.
func kills() []scenario {
	var all []scenario
	for i, name := range hurt {
		for side, what := range []string{"sender", "receiver"} {
			s := hurtSides[(2*i+side)%len(hurtSides)]
			p := patternOf(name)
			all = append(all, scenario{fmt.Sprintf("kill-%s/%s/%s-%s", what, name, s[0], s[1]), 2, func(r *run) error { return r.kill(p, s, side) }})
		}
	}
	return all
}

func (r *run) kill(p pattern, sides [2]string, victim int) error {
	x, err := r.newExchange(p, sides[0], sides[1], "NULL")
	if err != nil {
		return err
	}
	defer x.discard()
	if err := x.join(nil); err != nil {
		return err
	}
	x.under(func() (n int) {
		for end := time.Now().Add(r.took); n == 0 || time.Now().Before(end); n++ {
			time.Sleep(time.Duration(20+r.rng.IntN(200)) * time.Millisecond)
			x.peer(victim).kill()
			if err := x.start(victim); err != nil {
				r.fail("%v", err)
				return n + 1
			}
		}
		return n
	})
	// The other side's queue goes with the process if it had accepted it.
	x.finish(window{wireWindow + processWindow + queueWindow, "process, in flight"})
	return nil
}

// stops are processes that are stopped for a while, as a debugger, a laptop's
// lid or a virtual machine's host does, with heartbeats that notice it and
// without.
func stops() []scenario {
	var all []scenario
	for i, name := range hurt {
		for side, what := range []string{"sender", "receiver"} {
			for j, beats := range []bool{false, true} {
				s := hurtSides[(2*i+side+j)%len(hurtSides)]
				p, kind := patternOf(name), "stop-"
				if beats {
					kind = "stop-long-"
				}
				all = append(all, scenario{fmt.Sprintf("%s%s/%s/%s-%s", kind, what, name, s[0], s[1]), 1, func(r *run) error { return r.stop(p, s, side, beats) }})
			}
		}
	}
	return all
}

// What a stop is noticed by, with heartbeats.
const (
	beat    = 100 * time.Millisecond
	beatEnd = 300 * time.Millisecond
)

func beating(interval, timeout time.Duration) []string {
	return []string{"HEARTBEAT_IVL=" + itoa(int(interval.Milliseconds())), "HEARTBEAT_TIMEOUT=" + itoa(int(timeout.Milliseconds()))}
}

// stop stops one side. Without heartbeats nothing is cut, and nothing may be
// lost; with them each stop is as a cut.
func (r *run) stop(p pattern, sides [2]string, victim int, beats bool) error {
	x, err := r.newExchange(p, sides[0], sides[1], "NULL")
	if err != nil {
		return err
	}
	defer x.discard()
	w, pause := window{0, ""}, 200*time.Millisecond
	if beats {
		for i := range x.opts {
			x.opts[i] = append(x.opts[i], beating(beat, beatEnd)...)
		}
		w, pause = window{wireWindow + queueWindow, "in flight, queue"}, beat+2*beatEnd
	}
	if err := x.join(nil); err != nil {
		return err
	}
	x.under(func() (n int) {
		for end := time.Now().Add(r.took); n == 0 || time.Now().Before(end); n++ {
			time.Sleep(time.Duration(20+r.rng.IntN(100)) * time.Millisecond)
			x.peer(victim).signal(syscall.SIGSTOP)
			time.Sleep(pause)
			x.peer(victim).signal(syscall.SIGCONT)
		}
		return n
	})
	x.finish(w)
	return nil
}

package link

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/transport/tcp"
)

// Those that begin first are through first, but nobody waits for one that takes too
// long, that has gone, or that came later.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o Order
		var list []*ticket
		for range 5 {
			list = append(list, o.begin())
		}
		var through []int
		wait := func(i int, done chan struct{}) {
			go func() { // ends when it is through
				list[i].wait(done)
				through = append(through, i)
			}()
			synctest.Wait()
		}
		check := func(want ...int) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(through, want) {
				t.Fatalf("through: %v, want %v", through, want)
			}
		}
		done := make(chan struct{})
		wait(4, done) // has a socket that closes
		wait(2, nil)
		check()
		list[0].end(false) // has gone
		list[0].end(false)
		check()
		close(done)
		check(4)
		wait(1, nil)
		check(4, 1)
		list[1].end(true)
		check(4, 1, 2)
		list[2].end(true)
		began := time.Now()
		late := o.begin()
		late.wait(nil) // 3 and 4 say nothing
		if d := time.Since(began); d != grace {
			t.Errorf("it waited for %v", d)
		}
		late.end(true)
		list[3].end(true)
		list[4].end(true)
		if len(o.list) != 0 {
			t.Errorf("%d are left", len(o.list))
		}
		var none *Order
		nobody := none.begin()
		nobody.wait(nil)
		nobody.end(true)
	})
}

// Strangers who connect and say nothing, or leave when others have waited for them,
// made everybody wait for 100 ms: 50 of them a second were enough. They cost no more
// than that all together now, and a hundredth of the time; those that were only slow
// cost nothing.
func TestOrderAmongStrangers(t *testing.T) {
	for name, stranger := range map[string]func(*ticket){
		"silent": func(*ticket) {},
		"leaves": func(x *ticket) { time.AfterFunc(grace-time.Millisecond, func() { x.end(false) }) },
		"slow":   func(x *ticket) { time.AfterFunc(grace+time.Millisecond, func() { x.end(true) }) },
	} {
		synctest.Test(t, func(t *testing.T) {
			var o Order
			began, waited := time.Now(), time.Duration(0)
			for range 500 {
				stranger(o.begin())
				asked, c := time.Now(), o.begin()
				c.wait(nil)
				waited += time.Since(asked)
				c.end(true)
				time.Sleep(20 * time.Millisecond)
			}
			switch most := grace + time.Since(began)/share; {
			case name == "slow" && waited < 400*grace:
				t.Errorf("%s: waited for %v in vain", name, waited)
			case name != "slow" && waited > most:
				t.Errorf("%s: waited for %v, want %v at most", name, waited, most)
			}
		})
	}
}

// an arrival is a session that tells who came.
type arrival struct {
	*session
	came chan<- string
}

func (a *arrival) Ready(p *msg.Peer) (*pipe.End, *engine.Handle, error) {
	a.came <- string(p.RoutingID)
	return a.session.Ready(p)
}

// Fault C5: peers that connect one after the other were attached in random order,
// since their handshakes run at the same time; those that a socket connects to as
// well.
func TestReadyInOrder(t *testing.T) {
	defer func(d time.Duration) { grace = d }(grace)
	grace = time.Minute // however busy the machine is
	const n = 5
	as := func(ev *events, id string) Settings {
		set := settings(ev)
		set.Engine.Announce = true
		set.Engine.Wire.RoutingID = []byte(id)
		set.Order = new(Order)
		return set
	}
	for range 5 {
		came, met := make(chan string, n), make(chan string, n)
		var all, one []func()
		var together Order
		for i := range n {
			ln, err := tcp.Transport{}.Listen("127.0.0.1:*", &opt.Net{})
			if err != nil {
				t.Fatal(err)
			}
			id := fmt.Sprint(i)
			l := Listen(ln, as(&events{}, id), func() Session { return &arrival{newSession(pipe.Marks{}), came} })
			all = append(all, func() { l.Stop(); <-l.Done() })
			addr := ln.Addr().String()
			if i == 0 { // n peers connect to this one
				for k := range n {
					d := Dial(tcp.Transport{}, addr, as(&events{}, fmt.Sprint(k)), newSession(pipe.Marks{}))
					d.Await()
					one = append(one, func() { d.Stop(); <-d.Done() })
				}
				for k := range n {
					if got := <-came; got != fmt.Sprint(k) {
						t.Errorf("%s came as number %d", got, k)
					}
				}
				for _, end := range one {
					end()
				}
			}
			// And one socket connects to all.
			set := as(&events{}, "x")
			set.Order = &together
			d := Dial(tcp.Transport{}, addr, set, &arrival{newSession(pipe.Marks{}), met})
			d.Await()
			all = append(all, func() { d.Stop(); <-d.Done() })
		}
		for k := range n {
			if got := <-met; got != fmt.Sprint(k) {
				t.Errorf("%s was met as number %d", got, k)
			}
		}
		for _, end := range all {
			end()
		}
	}
}

// Fault C9: an endpoint that was left at once, before its goroutine ran, told of no
// end of the attempt that connecting to it begins. There is one, exactly.
func TestLeftAtOnce(t *testing.T) {
	ln, err := tcp.Transport{}.Listen("127.0.0.1:*", &opt.Net{})
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close() // nobody is there
	for i := range 40 {
		ev := &events{}
		set := settings(ev)
		set.Life.ReconnectIvl, set.Life.ReconnectIvlMax = time.Minute, 0
		set.Life.ReconnectStop = []int{0, stopLeft}[i%2]
		ses := newSession(pipe.Marks{})
		d := Dial(tcp.Transport{}, addr, set, ses)
		d.Await()
		ses.close()
		d.Finish(true)
		<-d.Done()
		closed := ev.of(Closed)
		if len(closed) != 1 || closed[0].Scope != Everyone || closed[0].FD < 0 {
			t.Fatalf("events %+v", closed)
		}
	}
}

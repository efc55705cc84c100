//go:build linux

package chaos

import (
	"math"
	"sync"
	"time"
)

// askTime is how long a REQ waits for a reply before it is given up with its
// socket, as a REQ has to be when a reply is lost.
const askTime = 2 * time.Second

// under lets the peers talk while harm does something to them, and then checks
// that they go on as if nothing had happened. harm returns how often it did
// something, when all is as it should be again.
func (x *exchange) under(harm func() int) {
	x.over.Store(false)
	var senders sync.WaitGroup
	if x.answer == replies {
		senders.Go(func() { x.asker(0) }) // owned by under
	} else {
		senders.Go(func() { x.flood(0, x.there) }) // owned by under
	}
	if x.answer == dialogs {
		senders.Go(func() { x.flood(1, x.back) }) // owned by under
	}
	x.harm += harm()
	x.over.Store(true)
	x.await(&senders)
	if !x.settle() {
		return
	}
	x.calm()
}

// await waits for the senders, and ends the peers if one is stuck.
func (x *exchange) await(senders *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() { // ends with the senders
		senders.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		x.stuck++
		x.fail("a sender is stuck")
		x.peer(0).kill()
		x.peer(1).kill()
		<-ended
	}
}

// flood sends until it is over.
func (x *exchange) flood(i int, f *flow) {
	for !x.over.Load() {
		if x.put(i, f.next()) != nil {
			return
		}
		for len(x.echoing) > 1000 && !x.over.Load() {
			time.Sleep(time.Millisecond)
		}
		if x.any {
			time.Sleep(200 * time.Microsecond) // else most is sent while nobody is there
		}
	}
}

// asker asks until it is over, or n times, and returns how often it was
// answered.
func (x *exchange) asker(n int) (answered int) {
	for i := 0; n == 0 && !x.over.Load() || i < n; i++ {
		body := x.there.next()
		if x.ask(body) {
			answered++
		}
	}
	return answered
}

// ask asks one question; if there is no reply the socket is given up.
func (x *exchange) ask(body [][]byte) bool {
	want := number(body)
	if x.put(0, body) == nil {
		select {
		case n := <-x.answered:
			if n != want {
				x.back.wrong(n, want)
			}
			return true
		case <-time.After(askTime):
		}
	}
	p := x.peer(0)
	if x.open(0, p) != nil { // it is being replaced
		for end := time.Now().Add(patience); x.peer(0) == p && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
	}
	for len(x.answered) > 0 {
		<-x.answered // too late
	}
	return false
}

// settle waits until something that is sent now arrives; if nothing does the
// exchange is stuck.
func (x *exchange) settle() bool {
	x.ends++
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if x.answer == replies {
			if x.ask(x.there.end(x.ends)) {
				return true
			}
			continue
		}
		x.put(0, x.there.end(x.ends))
		there, back := x.there.hasEnded(x.ends), true
		switch x.answer {
		case dialogs:
			x.put(1, x.back.end(x.ends))
			back = x.back.hasEnded(x.ends)
		case echoes:
			back = x.back.hasEnded(x.ends)
		}
		if there && back {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	x.stuck++
	x.fail("nothing goes through within %v, although nothing hinders it any more", patience)
	return false
}

// calmCount is how many messages are sent after the harm: none may be lost.
const calmCount = 200

func (x *exchange) calm() {
	x.quiet()
	there, back := x.there.count(), x.back.count()
	switch x.answer {
	case replies:
		if n := x.asker(calmCount / 4); n < calmCount/4 {
			x.fail("%d of %d questions were not answered, although nothing hinders it any more", calmCount/4-n, calmCount/4)
		}
		return
	case dialogs:
		for range calmCount {
			x.put(1, x.back.next())
		}
	}
	for i := range calmCount {
		if x.drops && i == mark/2 {
			break
		}
		x.put(0, x.there.next())
	}
	if !x.settle() {
		return
	}
	x.quiet()
	if n := x.there.tally(there).lost; n > 0 {
		x.fail("%d of %d messages were lost, although nothing hinders it any more", n, calmCount)
	}
	if n := x.back.tally(back).lost; n > 0 {
		x.fail("%d answers were lost, although nothing hinders it any more", n)
	}
}

// quiet waits until nothing more arrives: what an old connection had delivered
// may come after the first of the next one.
func (x *exchange) quiet() {
	for last := -1; ; time.Sleep(100 * time.Millisecond) {
		now := x.there.tally(0).got + x.back.tally(0).got
		if now == last {
			return
		}
		last = now
	}
}

// A window is what one harm may lose: bytes, and what the table says.
type window struct {
	bytes int
	says  string
}

// wireWindow is what a connection holds in flight: the buffers of the system on
// both sides, twice because of the relay, what the relay holds, and what one
// write had begun or one read had taken.
const wireWindow = 4*2*buffer + 2*relayBuffer + 128<<10

// queueWindow is what waits in a socket for one peer: it goes with the peer
// where the sending side had accepted the connection, and with the process.
const queueWindow = mark * maxSize

// processWindow is what a process holds beside its connection: both queues, 1
// MiB in the writer's hand, two reads, and what is between it and the harness.
const processWindow = 2*queueWindow + 1<<20 + 128<<10 + 64*maxSize + 4*64<<10 + 2*maxSize

// finish counts, compares with what may be lost, and ends the peers. Faults of
// the model are always faults.
func (x *exchange) finish(w window) {
	conns := x.row.harm + 2
	there, back := x.there.tally(0), x.back.tally(0)
	x.tried, x.lost = there.sent, there.lost
	refused := int(x.peer(0).refused.Load() + x.peer(1).refused.Load())
	for _, f := range []*flow{x.there, x.back} {
		f.checkRows(conns)
		x.twice, x.corrupt, x.order = x.twice+f.twice, x.corrupt+f.corrupt, x.order+f.disorder
		if f.what != "" {
			x.fail("%s", f.what)
		}
	}
	if there.got == 0 {
		x.fail("nothing arrived")
	}
	x.window = w.says
	switch {
	case x.any:
		x.window = "any: PUB drops"
	case x.answer == replies:
		x.window = "a question each"
		if x.lost = there.sent - back.got; x.lost > x.row.harm {
			x.fail("%d questions were not answered, %d times something was done", x.lost, x.row.harm)
		}
	case there.lostBytes > x.row.harm*w.bytes:
		x.fail("%d messages of %d bytes were lost: %d times %d may be", there.lost, there.lostBytes, x.row.harm, w.bytes)
	case back.lostBytes > x.backWindow(w, refused):
		x.fail("%d answers of %d bytes were lost: %d times %d may be, %d were refused", back.lost, back.lostBytes, x.row.harm, w.bytes, refused)
	}
	x.measure()
	x.part()
}

// backWindow is how many bytes of answers may be lost: if anything was cut, also
// those to peers that have gone, and what waits for them.
func (x *exchange) backWindow(w window, refused int) int {
	switch {
	case x.drops:
		return math.MaxInt
	case w.bytes == 0:
		return 0
	case x.answer == echoes:
		return x.row.harm*(w.bytes+processWindow) + refused*maxSize
	}
	return x.row.harm * (w.bytes + queueWindow) // one of both has accepted
}

// memoryBound is how much a process may have grown: its queues are small, the
// rest is what the collector leaves, several times as much under -race.
const memoryBound = 64 << 20

// measure compares what the processes hold with what they held before. The
// descriptors and goroutines of connections that are gone may take a moment to
// go.
func (x *exchange) measure() {
	for i, p := range x.peers {
		if x.replaced[i] || p.side == "libzmq" || x.stuck > 0 {
			continue
		}
		x.compare(p, x.before[i], memoryBound)
	}
}

// compare notes how much a process holds more than before, and fails if it is
// more than it may. What was thrown away may take a moment to go.
func (r *run) compare(p *peer, before use, memory int) {
	var u use
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		var err error
		if u, err = p.use(); err != nil {
			r.fail("%v", err)
			return
		}
		if u.descriptors <= before.descriptors && u.goroutines <= before.goroutines && u.memory-before.memory <= memory*leeway || time.Now().After(end) {
			break
		}
	}
	r.memory = max(r.memory, u.memory-before.memory)
	r.descriptors = max(r.descriptors, u.descriptors-before.descriptors)
	if u.goroutines >= 0 {
		r.goroutines = max(r.goroutines, u.goroutines-before.goroutines)
	}
	if n := u.memory - before.memory; n > memory*leeway {
		r.fail("%s has grown by %d bytes", p.side, n)
	}
	if n := u.descriptors - before.descriptors; n > 0 {
		r.fail("%s has %d descriptors more than before: %s", p.side, n, p.files())
	}
	if n := u.goroutines - before.goroutines; n > 0 {
		r.fail("%s has %d goroutines more than before", p.side, n)
	}
}

// part ends both processes; that one has died is a fault.
func (x *exchange) part() {
	for _, p := range x.peers {
		if p == nil {
			continue
		}
		if x.stuck > 0 {
			p.kill()
			continue
		}
		if err := p.end(); err != nil {
			x.fail("%v", err)
		}
	}
}

package pgm

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
)

var (
	testSession = tsi{1, 2, 3, 4, 5, 6, 0x76, 0x9a}
	testRoute   = route{testSession, simPort}
	testAddr    = netip.MustParseAddr("10.0.0.1")
)

// tester is a sender and what it sent.
type tester struct {
	t   *testing.T
	s   *sender
	now time.Duration
}

func newTester(t *testing.T, change ...func(*opt.Net)) *tester {
	x := &tester{t: t, s: newSender(simSettings(t, change...), testRoute, testAddr, simGroup, 0, 0)}
	if got := x.took(); got != "SPM SPM SPM" {
		t.Fatalf("began with %s", got)
	}
	return x
}

// packets takes what was sent.
func (x *tester) packets() []packet {
	x.t.Helper()
	var list []packet
	for _, b := range x.s.out {
		p, err := parse(bytes.Clone(b))
		if err != nil {
			x.t.Fatalf("sent what is no packet: %v", err)
		}
		list = append(list, p)
	}
	x.s.sent()
	return list
}

var names = map[byte]string{spm: "SPM", odata: "ODATA", rdata: "RDATA", nak: "NAK", ncf: "NCF", spmr: "SPMR"}

func (x *tester) took() string {
	x.t.Helper()
	var text []byte
	for _, p := range x.packets() {
		if len(text) > 0 {
			text = append(text, ' ')
		}
		text = append(text, names[p.kind]...)
		switch p.kind {
		case odata, rdata:
			text = fmt.Appendf(text, ":%d", p.sqn)
		case ncf, nak:
			for i := range p.asked() {
				text = fmt.Appendf(text, ":%d", p.at(i))
			}
		}
	}
	return string(text)
}

// send sends n packets of one byte of data.
func (x *tester) send(n int) {
	x.t.Helper()
	for range n {
		x.s.write(x.now, []byte{1}, true)
		if !x.s.flush(x.now) {
			x.t.Fatal("the rate does not allow it")
		}
		x.s.sent()
	}
}

func (x *tester) ask(change func(*packet), sqns ...uint32) (other bool) {
	p, err := parse(testRoute.appendRequest(nil, nak, testAddr, simGroup, sqns))
	if err != nil {
		x.t.Fatal(err)
	}
	if change != nil {
		change(&p)
	}
	return x.s.handle(x.now, &p)
}

// Heartbeats after the last data, and ambient SPMs for ever.
func TestSPMSchedule(t *testing.T) {
	x := newTester(t)
	x.send(1)
	var at []time.Duration
	for x.s.next() < 100*time.Second {
		x.now = x.s.next()
		x.s.tick(x.now)
		for range x.packets() {
			at = append(at, x.now)
		}
	}
	want := []time.Duration{100 * ms, 200 * ms, 300 * ms, 400 * ms, 500 * ms, 1800 * ms, 8800 * ms, 24800 * ms,
		30 * time.Second, 60 * time.Second, 90 * time.Second}
	if fmt.Sprint(at) != fmt.Sprint(want) {
		t.Errorf("SPMs at %v, want %v", at, want)
	}
	x.send(1) // which begins anew
	if got := x.s.next() - x.now; got != 100*ms {
		t.Errorf("the next heartbeat is in %v", got)
	}
	x.s.finish()
	for _, p := range x.packets() {
		if !p.fin || p.lead != 1 || p.trail != 0 || p.nla != testAddr {
			t.Errorf("ends with %+v", p)
		}
	}
}

func TestNAKs(t *testing.T) {
	x := newTester(t)
	x.send(10)
	x.ask(nil, 3)
	if got := x.took(); got != "NCF:3 RDATA:3" {
		t.Errorf("answered with %s", got)
	}
	if x.ask(nil, 3, 4); x.took() != "NCF:4 RDATA:4" {
		t.Error("a packet that was just asked for was sent again")
	}
	x.now += again
	if x.ask(nil, 3); x.took() != "NCF:3 RDATA:3" {
		t.Error("a packet that is asked for later was not sent again")
	}
	// Beyond the window: what there is, is told.
	if x.ask(nil, 9, 10, 0xffffffff); x.took() != "SPM NCF:9 RDATA:9" {
		t.Error("the window is not told, or something beyond was confirmed")
	}
	if x.ask(nil, 11); x.took() != "" {
		t.Error("SPMs come too fast")
	}
	x.now += answers
	if x.ask(nil, 11); x.took() != "SPM" {
		t.Error("no SPM")
	}
	for name, f := range map[string]func(*packet){
		"of another publisher's address": func(p *packet) { p.nla = ip("10.0.0.2") },
		"for another group":              func(p *packet) { p.group = ip("239.192.1.2") },
		"of another endpoint":            func(p *packet) { p.sport++ },
		"that goes downstream":           func(p *packet) { p.kind = ncf },
	} {
		if x.ask(f, 5) || x.took() != "" {
			t.Errorf("a NAK %s was answered", name)
		}
	}
	if !x.ask(func(p *packet) { p.session[0]++ }, 5) || x.took() != "" {
		t.Error("a NAK for another session was not passed on")
	}
}

func TestSPMRs(t *testing.T) {
	x := newTester(t)
	p, _ := parse(testRoute.appendSPMR(nil))
	sent := 0
	for x.now < time.Second {
		x.s.handle(x.now, &p)
		sent += len(x.packets())
		x.now += ms
	}
	if sent != int(time.Second/answers) {
		t.Errorf("%d SPMs in a second", sent)
	}
}

// RDATA is the ODATA, but for type, trail and checksum.
func TestRepairIsTheSame(t *testing.T) {
	x := newTester(t)
	body := bytes.Repeat([]byte("0123456789"), 200)
	x.s.write(0, body, true)
	x.s.flush(0)
	data := x.packets()
	x.ask(nil, 0, 1)
	again := x.packets()
	if len(data) != 2 || len(again) != 3 {
		t.Fatalf("%d and %d packets", len(data), len(again))
	}
	for i, p := range again[1:] {
		if p.kind != rdata || p.sqn != data[i].sqn || !bytes.Equal(p.data, data[i].data) {
			t.Errorf("packet %d came back as another", i)
		}
	}
}

// The window has the size that the options give it, round 2^32 too.
func TestSendWindow(t *testing.T) {
	x := newTester(t, func(o *opt.Net) { o.Multicast.Rate, o.Multicast.RecoveryIvl = 100_000, 100*ms })
	window := x.s.set.sendWindow()
	if want := 100 * 12500 / 1500; window != want {
		t.Fatalf("a window of %d packets, want %d", window, want)
	}
	x.s.trail, x.s.lead = 1<<32-100, 1<<32-101
	for i := range 5 * window {
		x.now += ms
		x.send(1)
		if held := x.s.held(); held != min(i+1, window) {
			t.Fatalf("%d packets are kept of %d", held, i+1)
		}
		x.now += again
		x.ask(nil, x.s.trail, x.s.lead)
		for _, p := range x.packets() {
			if p.kind == rdata && p.trail != x.s.trail {
				t.Errorf("trail %d", p.trail)
			}
		}
		if x.ask(nil, x.s.trail-1); x.s.held() == window && len(x.s.repairs) > 0 {
			t.Fatal("repairs what it has no more")
		}
		x.s.sent()
	}
}

// Nothing goes faster than the rate; and a late timer costs nothing of it.
func TestRate(t *testing.T) {
	for _, rate := range []int{12, 100, 10_000, 1_000_000} {
		x := newTester(t, func(o *opt.Net) { o.Multicast.Rate = rate })
		sent, body := 0, bytes.Repeat([]byte("x"), 100_000)
		end := 10 * time.Second
		for x.now < end {
			for {
				n := x.s.write(x.now, body, false)
				for _, b := range x.s.out {
					sent += len(b) - dataHeader + x.s.set.overhead
				}
				if len(x.s.out) == 0 && n == 0 {
					break
				}
				x.s.sent()
			}
			x.now = x.s.writable()
			if x.now += 2 * ms; rate < 1000 {
				x.now += 100 * ms
			}
		}
		most := float64(rate) * 125 * 10
		if got := float64(sent); got > most*1.01+3000 || got < most*0.97-3000 {
			t.Errorf("rate %d: %.0f bytes in 10 s, want %.0f", rate, got, most)
		}
	}
}

// Repairs have a rate as well, and each is sent once.
func TestRepairRate(t *testing.T) {
	x := newTester(t, func(o *opt.Net) { o.Multicast.Rate = 1000 })
	for range 80 {
		x.s.write(x.now, make([]byte, 1426), true)
		for !x.s.flush(x.now) {
			x.now = x.s.writable()
		}
		x.s.sent()
	}
	x.now += time.Second
	for range 3 {
		for from := uint32(0); from < 80; from += 20 {
			var list []uint32
			for i := range uint32(20) {
				list = append(list, from+i)
			}
			x.ask(nil, list...)
		}
	}
	began, sent := x.now, 0
	count := func() {
		for _, p := range x.packets() {
			if p.kind == rdata {
				sent++
			}
		}
	}
	for count(); len(x.s.repairs) > 0; count() {
		x.now = max(x.now, x.s.next())
		x.s.tick(x.now)
	}
	if sent != 80 || x.now-began < 800*ms || x.now-began > time.Second {
		t.Errorf("%d repairs in %v", sent, x.now-began)
	}
}

// A publisher that ends waits for those who still miss something.
func TestQuiet(t *testing.T) {
	x := newTester(t)
	if !x.s.quiet(0, afterglow) {
		t.Error("waits, and has sent nothing")
	}
	x.send(2)
	for range 10 {
		if x.now += afterglow - ms; x.s.quiet(x.now, afterglow) {
			t.Fatal("does not wait")
		}
		x.ask(nil, 1)
		x.s.sent()
	}
	if x.now += afterglow; !x.s.quiet(x.now, afterglow) {
		t.Error("waits for ever")
	}
}

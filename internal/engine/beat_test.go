package engine

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

// a far is the peer at the other end of a net.Pipe, in a bubble of fake time.
type far struct {
	*run
	frames chan string // what the engine sends, from its READY on
}

// bubble runs f with an engine that has shaken hands.
func bubble(t *testing.T, w opt.Wire, m pipe.Marks, f func(*far)) {
	bubbleOn(t, func(c net.Conn) net.Conn { return c }, w, m, f)
}

// bubbleOn is bubble with an engine that sees what on makes of its connection.
func bubbleOn(t *testing.T, on func(net.Conn) net.Conn, w opt.Wire, m pipe.Marks, f func(*far)) {
	synctest.Test(t, func(t *testing.T) {
		near, conn := net.Pipe()
		near = on(near)
		cfg := config()
		w.MaxMsgSize = -1
		cfg.Wire = w
		p := &far{run: &run{sock: newSock(t, m), done: make(chan error, 1), conn: conn}, frames: make(chan string, 1000)}
		go func() { p.done <- Run(near, cfg, p.ready) }() // waited for below
		read := make(chan struct{})
		go func() { // ends with conn, waited for below
			defer close(read)
			b, buf := []byte(nil), make([]byte, 4096)
			greeting := true
			for {
				n, err := conn.Read(buf)
				if err != nil {
					return
				}
				if b = append(b, buf[:n]...); greeting && len(b) >= 64 {
					b, greeting = b[64:], false
				}
				for !greeting {
					_, size, h := zmtp.ParseHeader(b)
					if h == 0 || len(b) < h+int(size) {
						break
					}
					p.frames <- string(b[h : h+int(size)])
					b = b[h+int(size):]
				}
			}
		}()
		p.write(hello("DEALER"))
		<-p.frames // READY
		synctest.Wait()
		f(p)
		conn.Close()
		synctest.Wait()
		select {
		case <-p.done:
		default:
			t.Error("the engine has not ended")
		}
		<-read
	})
}

// wantAfter checks that the engine ends for why after exactly so long.
func (p *far) wantAfter(d time.Duration, why error) {
	p.t.Helper()
	began := time.Now()
	err := <-p.done
	if at := time.Since(began).Round(time.Millisecond); !errors.Is(err, why) || at != d {
		p.t.Errorf("ended after %v with %v; want %v and %v", at, err, d, why)
	}
	p.done <- err
}

func (p *far) alive() {
	p.t.Helper()
	synctest.Wait()
	select {
	case err := <-p.done:
		p.t.Errorf("ended: %v", err)
		p.done <- err
	default:
	}
}

func TestPingsEveryInterval(t *testing.T) {
	w := opt.Wire{HeartbeatIvl: time.Second, HeartbeatTimeout: 5 * time.Second, HeartbeatTTL: 2500 * time.Millisecond}
	bubble(t, w, pipe.Marks{}, func(p *far) {
		began := time.Now()
		for i := range 3 {
			f := <-p.frames
			if at := time.Since(began).Round(time.Millisecond); f != "\x04PING\x00\x19" || at != time.Duration(i+1)*time.Second {
				t.Errorf("%q after %v", f, at)
			}
			p.write(zmtp.AppendPong(nil, nil))
		}
		// The fourth is not answered, and later ones make that no better.
		p.wantAfter(6*time.Second, ErrHeartbeat)
		if n := len(p.frames); n != 5 {
			t.Errorf("%d PINGs in between", n)
		}
	})
}

// a slowReturn is a connection whose Write returns long after the peer has read.
type slowReturn struct{ net.Conn }

func (c slowReturn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	time.Sleep(10 * time.Millisecond)
	return n, err
}

// Fault A1: a PONG that is read before the write of its PING has returned is an
// answer. Once its time was compared with that of the return, and idle healthy
// peers were disconnected.
func TestAnsweredBeforeTheWriteReturns(t *testing.T) {
	w := opt.Wire{HeartbeatIvl: time.Second, HeartbeatTimeout: time.Second / 2}
	bubbleOn(t, func(c net.Conn) net.Conn { return slowReturn{c} }, w, pipe.Marks{}, func(p *far) {
		for range 10 {
			select {
			case <-p.frames:
				p.write(zmtp.AppendPong(nil, nil))
			case err := <-p.done:
				p.done <- err
				t.Fatalf("ended: %v", err)
			}
		}
		<-p.frames // this one is not answered
		p.wantAfter(time.Second/2+10*time.Millisecond, ErrHeartbeat)
	})
}

// A timeout of -1 is the interval, 0 is none.
func TestHeartbeatTimeouts(t *testing.T) {
	bubble(t, opt.Wire{HeartbeatIvl: time.Second, HeartbeatTimeout: -1}, pipe.Marks{}, func(p *far) {
		p.wantAfter(2*time.Second, ErrHeartbeat)
	})
	bubble(t, opt.Wire{HeartbeatIvl: time.Second}, pipe.Marks{}, func(p *far) {
		time.Sleep(time.Hour / 60)
		p.alive()
	})
	bubble(t, opt.Wire{}, pipe.Marks{}, func(p *far) {
		time.Sleep(time.Hour)
		p.alive()
		if len(p.frames) > 0 {
			t.Error("PING without an interval")
		}
	})
}

// Anything at all shows that the peer lives.
func TestAnyBytesCount(t *testing.T) {
	for _, b := range [][]byte{v2(0, "message"), zmtp.AppendPing(nil, 0, nil), zmtp.AppendCommand(nil, "WHAT"), {0}} {
		bubble(t, opt.Wire{HeartbeatIvl: time.Second, HeartbeatTimeout: 1500 * time.Millisecond}, pipe.Marks{}, func(p *far) {
			for range 10 {
				time.Sleep(1100 * time.Millisecond)
				p.write(b)
				p.alive()
			}
			if b[0] == 0 && len(b) == 1 {
				return // half a message stays
			}
			<-p.done
			p.done <- nil
		})
	}
}

// A large frame that trickles in counts, too.
func TestTricklingFrameCounts(t *testing.T) {
	bubble(t, opt.Wire{HeartbeatIvl: time.Second}, pipe.Marks{}, func(p *far) {
		body := letters(100_000)
		p.write(v2(0, body)[:9])
		for at := 0; at < len(body); at += 10_000 {
			time.Sleep(900 * time.Millisecond)
			p.write([]byte(body[at : at+10_000]))
		}
		if p.recv() != body {
			t.Error("not what was sent")
		}
		p.alive()
	})
}

// The peer's TTL holds after each PING of its, until something else comes.
func TestPeersTTL(t *testing.T) {
	bubble(t, opt.Wire{}, pipe.Marks{}, func(p *far) {
		for range 3 {
			p.write(zmtp.AppendPing(nil, 5, nil))
			time.Sleep(400 * time.Millisecond)
			p.alive()
		}
		p.write(v2(0, "x")) // no PING: the TTL is over
		time.Sleep(time.Minute)
		p.alive()
		p.write(zmtp.AppendPing(nil, 5, nil))
		p.wantAfter(500*time.Millisecond, ErrHeartbeat)
	})
	bubble(t, opt.Wire{}, pipe.Marks{}, func(p *far) {
		p.write(zmtp.AppendPing(nil, 0, nil))
		time.Sleep(time.Hour)
		p.alive()
	})
	// Ours does not do away with it.
	bubble(t, opt.Wire{HeartbeatIvl: time.Minute, HeartbeatTimeout: time.Minute}, pipe.Marks{}, func(p *far) {
		p.write(zmtp.AppendPing(nil, 655, nil))
		p.wantAfter(65500*time.Millisecond, ErrHeartbeat)
	})
}

func TestTTLOnTheWire(t *testing.T) {
	for d, want := range map[time.Duration]uint16{
		0: 0, 99 * time.Millisecond: 0, 100 * time.Millisecond: 1, time.Second: 10, 65500 * time.Millisecond: 655,
		65600 * time.Millisecond: 655, 6553599 * time.Millisecond: 655,
	} {
		if got := tenths(d); got != want {
			t.Errorf("%v: %d; want %d", d, got, want)
		}
	}
}

// While the socket does not take what came, silence proves nothing.
func TestWaitingForTheSocketIsNotSilence(t *testing.T) {
	w := opt.Wire{HeartbeatIvl: time.Second, HeartbeatTimeout: time.Second}
	bubble(t, w, pipe.Marks{Recv: 1}, func(p *far) {
		p.write(zmtp.AppendPing(nil, 3, nil))
		var all []byte
		for range 10 {
			all = append(all, v2(0, "x")...)
		}
		wrote := make(chan struct{})
		go func() { // ends when all is read or conn is closed; waited for below
			defer close(wrote)
			for range 3 {
				if _, err := p.conn.Write(all); err != nil {
					return
				}
			}
		}()
		time.Sleep(time.Minute)
		p.alive()
		for range 30 {
			if p.recv() != "x" {
				t.Error("not what was sent")
			}
		}
		<-wrote
		synctest.Wait()
		<-p.done // now it is silence
		p.done <- nil
	})
}

// Fault A2, its kind: a peer hears that a reader is there which waits for its
// program, and so does not read, and answer, the peer's PINGs.
func TestSaysThatItIsThere(t *testing.T) {
	bubble(t, opt.Wire{}, pipe.Marks{Recv: 1}, func(p *far) {
		wrote := make(chan struct{})
		go func() { // ends when all is read or conn is closed; waited for below
			defer close(wrote)
			for range 3 {
				if _, err := p.conn.Write(bytes.Repeat(v2(0, "x"), 10)); err != nil {
					return
				}
			}
		}()
		for range 10 {
			if f := <-p.frames; f != "\x04PING\x00\x00" {
				t.Errorf("%q", f)
			}
		}
		for range 30 {
			p.recv()
		}
		<-wrote
		time.Sleep(time.Minute)
		if n := len(p.frames); n > 0 {
			t.Errorf("%d more frames", n)
		}
	})
}

// Peers before ZMTP 3 know no PING.
func TestNoPingBefore3(t *testing.T) {
	for _, d := range dialects()[:5] {
		synctest.Test(t, func(t *testing.T) {
			cfg := config()
			cfg.Wire.HeartbeatIvl = time.Second
			c := newScript(d.steps...)
			c.hold = true
			s := newSock(t, pipe.Marks{})
			done := make(chan error)
			go func() { done <- Run(c, cfg, s.ready) }() // waited for below
			time.Sleep(time.Minute)
			synctest.Wait()
			n := len(c.out)
			time.Sleep(time.Minute)
			synctest.Wait()
			if s.peer == nil || len(c.out) != n {
				t.Errorf("%s: not ready, or something was sent", d.name)
			}
			c.Close()
			<-done
		})
	}
}

// HANDSHAKE_IVL covers greeting and mechanism, whatever trickles in.
func TestHandshakeTimeout(t *testing.T) {
	all := hello("DEALER")
	for _, n := range []int{0, 1, 10, 11, 63, 64, 70, len(all) - 1} {
		synctest.Test(t, func(t *testing.T) {
			near, conn := net.Pipe()
			cfg := config()
			cfg.HandshakeIvl = 30 * time.Second
			s := newSock(t, pipe.Marks{})
			done := make(chan error, 1)
			began := time.Now()
			go func() { done <- Run(near, cfg, s.ready) }() // waited for below
			read := make(chan struct{})
			go func() { // ends with conn, waited for below
				defer close(read)
				for b := make([]byte, 100); ; {
					if _, err := conn.Read(b); err != nil {
						return
					}
				}
			}()
			for _, b := range all[:n] {
				time.Sleep(time.Millisecond)
				conn.Write([]byte{b})
			}
			err := <-done
			if _, ok := err.(*HandshakeError); !ok || !errors.Is(err, ErrHandshakeTimeout) || time.Since(began) != cfg.HandshakeIvl {
				t.Errorf("after %d bytes: %v after %v", n, err, time.Since(began))
			}
			conn.Close()
			<-read
		})
	}
	// A peer that does not read our side.
	synctest.Test(t, func(t *testing.T) {
		near, conn := net.Pipe()
		cfg := config()
		cfg.HandshakeIvl = time.Second
		if err := Run(near, cfg, newSock(t, pipe.Marks{}).ready); !errors.Is(err, ErrHandshakeTimeout) {
			t.Errorf("a peer that reads nothing: %v", err)
		}
		conn.Close()
	})
	// In time: no limit holds for what follows.
	synctest.Test(t, func(t *testing.T) {
		near, conn := net.Pipe()
		cfg := config()
		cfg.HandshakeIvl = time.Second
		s := newSock(t, pipe.Marks{})
		done := make(chan error, 1)
		go func() { done <- Run(near, cfg, s.ready) }() // waited for below
		go func() {                                     // ends with the handshake
			for b := make([]byte, 100); s.far.Peer() == nil; {
				if _, err := conn.Read(b); err != nil {
					return
				}
			}
		}()
		conn.Write(testutil.Greeting())
		conn.Write(testutil.Ready("DEALER"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(done) > 0 {
			t.Errorf("ended: %v", <-done)
		}
		conn.Close()
		<-done
	})
}

package link

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/zmtp"
)

const ms = time.Millisecond

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		ivl, most time.Duration
		want      []time.Duration
	}{
		{100 * ms, 1000 * ms, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1000 * ms, 1000 * ms}},
		{100 * ms, 100 * ms, []time.Duration{100 * ms, 100 * ms}},
		{100 * ms, 30 * ms, []time.Duration{30 * ms, 30 * ms, 30 * ms}},
		{1 * ms, 1<<31*ms - ms, []time.Duration{1 * ms, 2 * ms, 4 * ms}},
	} {
		b := backoff{life: &opt.Life{ReconnectIvl: c.ivl, ReconnectIvlMax: c.most}}
		for round := range 2 {
			for i, want := range c.want {
				if got, ok := b.next(errno.ECONNREFUSED); !ok || got != want {
					t.Errorf("%v to %v, round %d: wait %d is %v, %v; want %v", c.ivl, c.most, round, i, got, ok, want)
				}
			}
			b.reset()
		}
		for range 100 {
			if got, _ := b.next(errno.ECONNREFUSED); got <= 0 || got > c.most {
				t.Fatalf("a wait of %v", got)
			}
		}
	}
	b := backoff{life: &opt.Life{ReconnectIvl: 100 * ms}}
	seen := map[time.Duration]bool{}
	for range 200 {
		got, ok := b.next(errno.ECONNREFUSED)
		if !ok || got < 100*ms || got >= 200*ms {
			t.Fatalf("a wait of %v, %v", got, ok)
		}
		seen[got] = true
	}
	if len(seen) < 100 {
		t.Error("not by chance")
	}
	for _, ivl := range []time.Duration{0, -1} {
		b := backoff{life: &opt.Life{ReconnectIvl: ivl, ReconnectIvlMax: 100 * ms}}
		if _, ok := b.next(errno.ECONNREFUSED); ok {
			t.Errorf("reconnects with %v", ivl)
		}
	}
}

// dialer starts one in a bubble; f has to stop it.
func dialer(t *testing.T, set func(*Settings), m pipe.Marks, dial func(context.Context, int) (net.Conn, error), f func(*Dialer, *session, *fake, *events)) {
	synctest.Test(t, func(t *testing.T) {
		ev := &events{}
		s := settings(ev)
		if set != nil {
			set(&s)
		}
		tr, ses := &fake{dial: dial}, newSession(m)
		d := Dial(tr, "there", s, ses)
		synctest.Wait()
		f(d, ses, tr, ev)
		ended(t, d.Done(), true)
	})
}

func refused(context.Context, int) (net.Conn, error) { return nil, errno.ECONNREFUSED }

func TestDialerRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var at []time.Duration
		ev := &events{}
		tr := &fake{dial: func(context.Context, int) (net.Conn, error) {
			at = append(at, time.Since(began))
			return nil, errno.ECONNREFUSED
		}}
		d := Dial(tr, "there", settings(ev), newSession(pipe.Marks{}))
		time.Sleep(3 * time.Second)
		d.Stop() // while it waits
		ended(t, d.Done(), true)
		want := []time.Duration{0, 100 * ms, 300 * ms, 700 * ms, 1500 * ms, 2500 * ms}
		if len(at) != len(want) {
			t.Fatalf("dialed at %v", at)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("dialed at %v; want %v", at, want)
				break
			}
		}
		ev.want(t, int(ConnectDelayed), 6, int(Closed), 6, int(ConnectRetried), 6, int(Connected), 0)
		for i, e := range ev.of(ConnectRetried) {
			if e.Delay <= 0 || !errors.Is(e.Err, errno.ECONNREFUSED) || e.Endpoint != "fake://here" || e.Time.IsZero() {
				t.Errorf("event %d: %+v", i, e)
			}
		}
		d.Stop() // again
	})
}

func TestDialerStopsInEveryState(t *testing.T) {
	t.Run("dialing", func(t *testing.T) {
		dialer(t, nil, pipe.Marks{}, func(ctx context.Context, _ int) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, func(d *Dialer, ses *session, tr *fake, ev *events) { d.Stop() })
	})
	t.Run("connected as it stops", func(t *testing.T) {
		var p *peer
		dialer(t, nil, pipe.Marks{}, func(ctx context.Context, _ int) (c net.Conn, _ error) {
			<-ctx.Done() // and yet there is a connection
			c, p = newPeer()
			return c, nil
		}, func(d *Dialer, ses *session, tr *fake, ev *events) {
			d.Stop()
			ended(t, d.Done(), true)
			ended(t, p.done, true)
		})
	})
	for _, state := range []string{"handshaking", "live", "live and full"} {
		t.Run(state, func(t *testing.T) {
			var p *peer
			dialer(t, nil, pipe.Marks{Recv: 1}, func(context.Context, int) (c net.Conn, _ error) {
				c, p = newPeer()
				return c, nil
			}, func(d *Dialer, ses *session, tr *fake, ev *events) {
				if state != "handshaking" {
					p.shake()
					synctest.Wait()
				}
				if ses.Live() != (state != "handshaking") {
					t.Fatal("not in that state")
				}
				if state == "live and full" {
					for range 2 {
						p.conn.Write(testutil.Frame(0, []byte("x")))
						synctest.Wait()
					}
					if ses.far.Room() {
						t.Fatal("not full")
					}
				}
				d.Stop()
				ended(t, d.Done(), true)
				<-p.done
				if n := ses.losts.Load(); n != 1 || tr.dials.Load() != 1 {
					t.Errorf("lost %d times, dialed %d times", n, tr.dials.Load())
				}
				ev.want(t, int(Connected), 1, int(Disconnected), 1)
			})
		})
	}
}

// It connects again after a loss, from the first interval, and the pipe goes on.
func TestDialerConnectsAgain(t *testing.T) {
	var p *peer
	dialer(t, nil, pipe.Marks{Recv: 1}, func(_ context.Context, n int) (c net.Conn, err error) {
		if n == 2 || n == 3 {
			return nil, errno.ECONNREFUSED
		}
		c, p = newPeer()
		return c, nil
	}, func(d *Dialer, ses *session, tr *fake, ev *events) {
		p.shake()
		synctest.Wait()
		ses.send("one")
		synctest.Wait()
		if !strings.HasSuffix(p.read(), "\x00\x03one") {
			t.Errorf("the peer read %q", p.read())
		}
		p.conn.Close()
		synctest.Wait()
		ses.send("two")
		time.Sleep(700 * ms) // 100 + 200 + 400
		synctest.Wait()
		p.shake()
		synctest.Wait()
		if !strings.HasSuffix(p.read(), "\x00\x03two") || !ses.Live() {
			t.Errorf("the peer read %q", p.read())
		}
		p.conn.Close()
		synctest.Wait()
		retried := ev.of(ConnectRetried)
		if last := retried[len(retried)-1]; len(retried) != 4 || last.Delay != 100*ms {
			t.Errorf("retried %d times, last after %v", len(retried), last.Delay)
		}
		ev.want(t, int(Connected), 2, int(HandshakeDone), 2, int(Disconnected), 2, int(ConnectDelayed), 4)
		for _, e := range ev.of(Disconnected) {
			if e.Peer == nil || e.Err == nil {
				t.Errorf("event %+v", e)
			}
		}
		d.Stop()
	})
}

// No further attempt where the options say so.
func TestDialerGivesUp(t *testing.T) {
	greet := func(b ...byte) func(context.Context, int) (net.Conn, error) {
		return func(context.Context, int) (net.Conn, error) {
			c, p := newPeer()
			go func() { // ends with the connection
				p.conn.Write(b)
				if len(b) == 1 {
					p.conn.Close()
				}
			}()
			return c, nil
		}
	}
	bad := append(testutil.Greeting(), zmtp.AppendError(nil, "go away")...)
	no := append(testutil.Greeting(), zmtp.AppendError(nil, "400")...)
	for _, c := range []struct {
		name  string
		set   func(*Settings)
		dial  func(context.Context, int) (net.Conn, error)
		again bool
		kind  Kind
	}{
		{"no interval", func(s *Settings) { s.Life.ReconnectIvl = -1 }, refused, false, Closed},
		{"refused", func(s *Settings) { s.Life.ReconnectStop = stopRefused }, refused, false, Closed},
		{"refused, other bit", func(s *Settings) { s.Life.ReconnectStop = stopHandshake }, refused, true, Closed},
		{"handshake", func(s *Settings) { s.Life.ReconnectStop = stopHandshake }, greet(0xff), false, HandshakeFailed},
		{"handshake, other bit", func(s *Settings) { s.Life.ReconnectStop = stopRefused }, greet(0xff), true, HandshakeFailed},
		{"handshake", nil, greet(0xff), true, HandshakeFailed},
		{"protocol", nil, greet(bad...), false, HandshakeBroken},
		{"protocol, again", func(s *Settings) { s.Life.RetryProtocol = true }, greet(bad...), true, HandshakeBroken},
		{"authentication", nil, greet(no...), false, HandshakeRefused},
		{"authentication, again", func(s *Settings) { s.Life.RetryProtocol = true }, greet(no...), true, HandshakeRefused},
		{"traffic", nil, greet(append(append(testutil.Greeting(), testutil.Ready("DEALER")...), 4, 0)...), false, HandshakeDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			dialer(t, c.set, pipe.Marks{}, c.dial, func(d *Dialer, ses *session, tr *fake, ev *events) {
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if again := tr.dials.Load() > 1; again != c.again {
					t.Errorf("dialed %d times", tr.dials.Load())
				}
				ended(t, d.Done(), !c.again)
				if ses.ended.Load() == c.again {
					t.Errorf("the session was told that it ended: %v", !c.again)
				}
				if len(ev.of(c.kind)) == 0 {
					t.Errorf("no event %#x", c.kind)
				}
				d.Stop()
			})
		})
	}
}

func TestDialerFinish(t *testing.T) {
	t.Run("nothing to send", func(t *testing.T) {
		dialer(t, nil, pipe.Marks{Recv: 1}, refused, func(d *Dialer, ses *session, tr *fake, ev *events) {
			ses.close()
			d.Finish(false)
		})
	})
	t.Run("nothing to send, handshaking", func(t *testing.T) {
		var p *peer
		dialer(t, nil, pipe.Marks{Recv: 1}, func(context.Context, int) (c net.Conn, _ error) {
			c, p = newPeer()
			return c, nil
		}, func(d *Dialer, ses *session, tr *fake, ev *events) {
			ses.close()
			d.Finish(false)
			<-p.done
		})
	})
	t.Run("not connected", func(t *testing.T) {
		// What is queued goes to the peer that is there at last; then no more.
		var p *peer
		dialer(t, nil, pipe.Marks{Recv: 1}, func(_ context.Context, n int) (c net.Conn, err error) {
			if n < 4 {
				return nil, errno.ECONNREFUSED
			}
			c, p = newPeer()
			return c, nil
		}, func(d *Dialer, ses *session, tr *fake, ev *events) {
			ses.send("queued")
			ses.close()
			d.Finish(false)
			ended(t, d.Done(), false)
			time.Sleep(time.Second)
			synctest.Wait()
			p.shake()
			<-p.done
			if !strings.HasSuffix(p.read(), "\x00\x06queued") {
				t.Errorf("the peer read %q", p.read())
			}
			time.Sleep(time.Minute)
			if n := tr.dials.Load(); n != 4 {
				t.Errorf("dialed %d times", n)
			}
		})
	})
	t.Run("live", func(t *testing.T) {
		var p *peer
		dialer(t, nil, pipe.Marks{Recv: 1}, func(context.Context, int) (c net.Conn, _ error) {
			c, p = newPeer()
			return c, nil
		}, func(d *Dialer, ses *session, tr *fake, ev *events) {
			p.shake()
			synctest.Wait()
			big := strings.Repeat("x", 200_000)
			ses.send(big)
			ses.send("last")
			ses.close()
			d.Finish(false)
			<-p.done
			if !strings.HasSuffix(p.read(), big+"\x00\x04last") {
				t.Errorf("the peer read %d bytes", len(p.read()))
			}
			ended(t, d.Done(), true)
			if c := ses.lost.Load().(cause); !errors.Is(c.error, engine.ErrClosing) || tr.dials.Load() != 1 {
				t.Errorf("lost for %v, dialed %d times", c.error, tr.dials.Load())
			}
		})
	})
	t.Run("lost while closing", func(t *testing.T) {
		// The queue is not empty: it goes to the next connection.
		var p *peer
		dialer(t, nil, pipe.Marks{Recv: 1}, func(context.Context, int) (c net.Conn, _ error) {
			c, p = newPeer()
			return c, nil
		}, func(d *Dialer, ses *session, tr *fake, ev *events) {
			ses.send("queued")
			ses.close()
			d.Finish(false)
			p.conn.Close()
			time.Sleep(100 * ms)
			synctest.Wait()
			p.shake()
			<-p.done
			if !strings.HasSuffix(p.read(), "\x00\x06queued") || tr.dials.Load() != 2 {
				t.Errorf("the peer read %q in %d dials", p.read(), tr.dials.Load())
			}
		})
	})
	t.Run("left", func(t *testing.T) {
		for _, bits := range []int{0, stopRefused | stopHandshake, stopLeft} {
			set := func(s *Settings) { s.Life.ReconnectStop = bits }
			var p *peer
			dialer(t, set, pipe.Marks{Recv: 1}, func(_ context.Context, n int) (net.Conn, error) {
				if n == 1 {
					var near net.Conn
					near, p = newPeer()
					return near, nil
				}
				return nil, errno.ENETDOWN
			}, func(d *Dialer, ses *session, tr *fake, ev *events) {
				p.shake()
				synctest.Wait()
				p.conn.Close()
				for tr.dials.Load() < 3 {
					time.Sleep(50 * ms)
				}
				ses.send("queued")
				ses.close()
				n := tr.dials.Load()
				d.Finish(true)
				time.Sleep(time.Minute)
				synctest.Wait()
				over := bits&stopLeft != 0
				ended(t, d.Done(), over)
				if over != (tr.dials.Load() == n) {
					t.Errorf("RECONNECT_STOP %d: dialed %d times more", bits, tr.dials.Load()-n)
				}
				d.Stop()
			})
		}
	})
	t.Run("stop", func(t *testing.T) {
		dialer(t, nil, pipe.Marks{Recv: 1}, refused, func(d *Dialer, ses *session, tr *fake, ev *events) {
			ses.send("queued")
			ses.close()
			d.Finish(false)
			time.Sleep(time.Minute)
			ended(t, d.Done(), false)
			d.Stop() // LINGER is over
		})
	})
}

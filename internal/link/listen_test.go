package link

import (
	"errors"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// acceptor is a transport.Listener that accepts what it is given.
type acceptor struct {
	next   chan any // net.Conn or error
	closed chan struct{}
	once   sync.Once

	mu sync.Mutex
	at []time.Time
}

func newAcceptor() *acceptor {
	return &acceptor{next: make(chan any, 100), closed: make(chan struct{})}
}

func (a *acceptor) Accept() (net.Conn, error) {
	a.mu.Lock()
	a.at = append(a.at, time.Now())
	a.mu.Unlock()
	select {
	case <-a.closed:
		return nil, net.ErrClosed
	default:
	}
	select {
	case x := <-a.next:
		if err, ok := x.(error); ok {
			return nil, err
		}
		return x.(net.Conn), nil
	case <-a.closed:
		return nil, net.ErrClosed
	}
}

func (a *acceptor) Close() error {
	a.once.Do(func() { close(a.closed) })
	return nil
}

func (a *acceptor) Addr() net.Addr   { return &net.TCPAddr{} }
func (a *acceptor) Endpoint() string { return "fake://bound" }

// a bound is a Listener at work in a bubble, and the sessions that it made.
type bound struct {
	*Listener
	a  *acceptor
	ev *events

	mu       sync.Mutex
	sessions []*session
	marks    pipe.Marks
	refuse   error
}

func listener(t *testing.T, f func(*bound)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bound{a: newAcceptor(), ev: &events{}, marks: pipe.Marks{Recv: 1}}
		set := settings(b.ev)
		set.Engine.Incoming = true
		b.Listener = Listen(b.a, set, func() Session {
			b.mu.Lock()
			defer b.mu.Unlock()
			s := newSession(b.marks)
			s.refuse = b.refuse
			b.sessions = append(b.sessions, s)
			return s
		})
		synctest.Wait()
		f(b)
		ended(t, b.Done(), true)
	})
}

// connect makes a connection and has it accepted.
func (b *bound) connect(shake bool) (*peer, *session) {
	near, p := newPeer()
	b.a.next <- near
	synctest.Wait()
	if shake {
		p.shake()
		synctest.Wait()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return p, b.sessions[len(b.sessions)-1]
}

func TestListenerCloseInEveryState(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		listener(t, func(b *bound) {
			ended(t, b.Done(), false)
			b.Finish(false)
			b.Finish(false)
			ended(t, b.Done(), true)
			b.Stop()
			b.ev.want(t, int(Closed), 1)
		})
	})
	t.Run("handshaking", func(t *testing.T) {
		listener(t, func(b *bound) {
			p, ses := b.connect(false)
			b.Finish(false)
			<-p.done
			ended(t, b.Done(), true)
			if ses.ready.Load() != 0 || ses.losts.Load() != 1 {
				t.Error("ready, or not lost")
			}
			b.ev.want(t, int(Accepted), 1, int(HandshakeFailed), 1, int(Disconnected), 1)
		})
	})
	t.Run("live", func(t *testing.T) {
		listener(t, func(b *bound) {
			p, ses := b.connect(true)
			b.Finish(false)
			ended(t, b.Done(), false)
			ses.send("still goes")
			ses.close()
			<-p.done
			if !strings.HasSuffix(p.read(), "\x00\x0astill goes") {
				t.Errorf("the peer read %q", p.read())
			}
			ended(t, b.Done(), true)
			b.ev.want(t, int(HandshakeDone), 1, int(Disconnected), 1)
		})
	})
	t.Run("stop", func(t *testing.T) {
		listener(t, func(b *bound) {
			p1, _ := b.connect(true)
			p2, ses := b.connect(true)
			p3, _ := b.connect(false)
			for range 2 { // this one waits for its socket
				p2.conn.Write(testutil.Frame(0, []byte("x")))
				synctest.Wait()
			}
			if ses.far.Room() {
				t.Fatal("not full")
			}
			b.Stop()
			<-p1.done
			<-p2.done
			<-p3.done
			ended(t, b.Done(), true)
			b.Stop()
			b.ev.want(t, int(Disconnected), 3)
		})
	})
	t.Run("accepted as it closes", func(t *testing.T) {
		listener(t, func(b *bound) {
			near, p := newPeer()
			b.Listener.mu.Lock() // Close comes before the connection is entered
			b.a.next <- near
			b.closed = true
			b.Listener.mu.Unlock()
			<-p.done
			b.Listener.mu.Lock()
			b.closed = false
			b.Listener.mu.Unlock()
			b.Finish(false)
		})
	})
	t.Run("waiting after an error", func(t *testing.T) {
		listener(t, func(b *bound) {
			for range 20 {
				b.a.next <- errno.EMFILE
			}
			time.Sleep(3 * time.Second)
			b.Finish(false)
		})
	})
	t.Run("from many sides", func(t *testing.T) {
		listener(t, func(b *bound) {
			b.connect(true)
			b.connect(false)
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					if i%2 == 0 {
						b.Finish(false)
					} else {
						b.Stop()
					}
				})
			}
			wg.Wait()
			b.Stop()
		})
	})
}

// Out of descriptors: it waits longer and longer, and goes on.
func TestAcceptErrors(t *testing.T) {
	listener(t, func(b *bound) {
		const n = 12
		for range n {
			b.a.next <- &net.OpError{Op: "accept", Err: syscall.EMFILE}
		}
		time.Sleep(time.Minute)
		b.a.mu.Lock()
		want := 5 * time.Millisecond
		for i := 1; i < len(b.a.at); i++ {
			if d := b.a.at[i].Sub(b.a.at[i-1]); d != want {
				t.Errorf("wait %d is %v; want %v", i, d, want)
			}
			want = min(2*want, time.Second)
		}
		b.a.mu.Unlock()
		b.ev.want(t, int(AcceptFailed), n, int(Accepted), 0)
		p, ses := b.connect(true)
		if !ses.Live() {
			t.Error("not live")
		}
		// The waits start anew.
		b.a.next <- errno.EMFILE
		synctest.Wait()
		began := time.Now()
		b.connect(false)
		time.Sleep(5 * time.Millisecond)
		synctest.Wait()
		if len(b.ev.of(Accepted)) != 2 || time.Since(began) != 5*time.Millisecond {
			t.Error("not accepted after the first wait")
		}
		b.Stop()
		<-p.done
	})
}

// A peer that a filter turned away is no reason to wait.
func TestRejected(t *testing.T) {
	listener(t, func(b *bound) {
		began := time.Now()
		for range 50 {
			b.a.next <- &transport.Rejected{Addr: &net.TCPAddr{}, Reason: "filter"}
		}
		p, ses := b.connect(true)
		if !ses.Live() || time.Since(began) != 0 {
			t.Errorf("accepted after %v", time.Since(began))
		}
		b.ev.want(t, int(AcceptFailed), 50, int(Accepted), 1)
		for _, e := range b.ev.of(AcceptFailed) {
			if !errors.Is(e.Err, errno.EACCES) || e.Local != "fake://bound" {
				t.Errorf("event %+v", e)
			}
		}
		b.Stop()
		<-p.done
	})
}

// A connection that the socket refuses ends; others live on.
func TestRefusedSession(t *testing.T) {
	listener(t, func(b *bound) {
		p1, ses1 := b.connect(true)
		b.refuse = errno.EADDRINUSE
		p2, ses2 := b.connect(true)
		<-p2.done
		if !ses1.Live() || ses2.Live() || ses2.losts.Load() != 1 {
			t.Error("the wrong one")
		}
		b.ev.want(t, int(HandshakeDone), 1, int(HandshakeFailed), 1)
		b.Stop()
		<-p1.done
	})
}

// A connection that ends is forgotten.
func TestListenerForgets(t *testing.T) {
	listener(t, func(b *bound) {
		for range 20 {
			p, ses := b.connect(true)
			p.conn.Close()
			<-p.done
			synctest.Wait()
			if ses.losts.Load() != 1 {
				t.Fatal("not lost")
			}
		}
		b.Listener.mu.Lock()
		n := len(b.conns)
		b.Listener.mu.Unlock()
		if n != 0 {
			t.Errorf("%d connections are held", n)
		}
		b.Stop()
	})
}

// Beyond MAX_HANDSHAKES each newcomer costs one that is shaking hands, and
// never one that has done so.
func TestCrowd(t *testing.T) {
	listener(t, func(b *bound) {
		b.set.Life.MaxHandshakes = 3
		done, _ := b.connect(true)
		var silent []*peer
		for range 10 {
			p, _ := b.connect(false)
			silent = append(silent, p)
		}
		count := func() (n int) {
			for _, p := range silent {
				select {
				case <-p.done:
					n++
				default:
				}
			}
			return n
		}
		if n := count(); n != 7 {
			t.Errorf("%d were closed", n)
		}
		failed := b.ev.of(AcceptFailed)
		if len(failed) != 7 || !strings.Contains(failed[0].Err.Error(), "MAX_HANDSHAKES") || failed[0].Remote == "" {
			t.Errorf("events %+v", failed)
		}
		select {
		case <-done.done:
			t.Error("a connection that had shaken hands was closed")
		default:
		}
		b.Finish(false)
		synctest.Wait()
		if n := count(); n != 10 {
			t.Errorf("%d were closed", n)
		}
		b.Stop()
	})
}

// While an endpoint has MAX_CONNECTIONS that have shaken hands, a further one is
// closed when it is accepted, and those that were shaking hands when it got its
// last are refused; each is told. One that ends makes room.
func TestMaxConnections(t *testing.T) {
	listener(t, func(b *bound) {
		b.set.Life.MaxConnections = 2
		first, _ := b.connect(true)
		late, ses := b.connect(false)
		b.connect(true)
		further, _ := b.connect(false)
		<-further.done
		late.shake()
		<-late.done
		synctest.Wait()
		failed, lost := b.ev.of(AcceptFailed), b.ev.of(HandshakeFailed)
		if len(failed) != 1 || len(lost) != 1 {
			t.Fatalf("events %+v, %+v", failed, lost)
		}
		for _, ev := range []Event{failed[0], lost[0]} {
			if !errors.Is(ev.Err, errno.ErrLimit) || !strings.Contains(ev.Err.Error(), "MAX_CONNECTIONS is 2") || ev.Remote == "" {
				t.Errorf("event %+v", ev)
			}
		}
		if ses.ready.Load() != 0 {
			t.Error("the socket has one too many")
		}
		first.conn.Close()
		synctest.Wait()
		next, ses := b.connect(true)
		if ses.ready.Load() != 1 {
			t.Error("there is no room for the next")
		}
		select {
		case <-next.done:
			t.Error("it was closed")
		default:
		}
		b.Stop()
	})
}

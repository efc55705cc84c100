package link

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func isHandshake(err error) bool {
	_, ok := errors.AsType[*engine.HandshakeError](err)
	return ok
}

// A Listener accepts connections: one goroutine for the listener, and one for
// each connection, which shakes hands and then is its reader.
type Listener struct {
	set  Settings
	ln   transport.Listener
	new  func() Session
	stop chan struct{} // closed by Close
	cut  chan struct{} // closed by Stop
	done chan struct{}

	cutOnce sync.Once

	mu     sync.Mutex
	closed bool
	conns  map[net.Conn]Session
	wg     sync.WaitGroup // the connections' goroutines, and the acceptor
}

// Listen starts a Listener on ln. new makes the Session of one connection. Its
// owner calls Close, then Stop if it won't wait, and waits for Done.
func Listen(ln transport.Listener, set Settings, new func() Session) *Listener {
	l := &Listener{
		set: set, ln: ln, new: new,
		stop:  make(chan struct{}),
		cut:   make(chan struct{}),
		done:  make(chan struct{}),
		conns: make(map[net.Conn]Session),
	}
	l.set.Engine.Done = l.cut
	l.wg.Add(1)
	go l.accept() // owned by l, counted in wg
	return l
}

// Done is closed, after Close, when nothing of the Listener runs any more.
func (l *Listener) Done() <-chan struct{} { return l.done }

// Close stops accepting and frees the address before it returns. Connections
// live on until their writers have drained their pipes; those that have not
// finished their handshake end.
func (l *Listener) Close() {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	for c, ses := range l.conns {
		if !ses.Live() {
			c.Close()
		}
	}
	l.mu.Unlock()
	close(l.stop)
	l.ln.Close()
	l.set.emit(Event{Kind: Closed, Local: l.ln.Endpoint()})
	// Ends when the last connection does; whoever waits for Done owns it.
	go func() {
		l.wg.Wait()
		close(l.done)
	}()
}

// Stop ends all connections.
func (l *Listener) Stop() {
	l.Close()
	l.cutOnce.Do(func() { close(l.cut) })
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.Close()
	}
}

func (l *Listener) accept() {
	defer l.wg.Done()
	wait := time.Duration(0)
	for {
		conn, err := l.ln.Accept()
		if err == nil {
			wait = 0
			l.set.emit(Event{Kind: Accepted, Local: conn.LocalAddr().String(), Remote: conn.RemoteAddr().String()})
			l.serve(conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		l.set.emit(Event{Kind: AcceptFailed, Local: l.ln.Endpoint(), Err: err})
		if _, rejected := errors.AsType[*transport.Rejected](err); rejected {
			continue
		}
		// Out of descriptors or memory: other programs must give some back.
		wait = min(max(2*wait, 5*time.Millisecond), time.Second)
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-l.stop:
			t.Stop()
			return
		}
	}
}

// serve runs one connection in a goroutine of its own.
func (l *Listener) serve(conn net.Conn) {
	ses := l.new()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		conn.Close()
		return
	}
	l.conns[conn] = ses
	l.wg.Add(1)
	l.mu.Unlock()
	// Owned by l, counted in wg.
	go func() {
		defer l.wg.Done()
		serve(conn, &l.set, ses)
		l.mu.Lock()
		delete(l.conns, conn)
		l.mu.Unlock()
	}()
}

package link

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/zeroth-mq/zmq/internal/engine"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/pipe"
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
	fd   int // of ln
	new  func() Session
	stop chan struct{} // closed by Finish
	cut  chan struct{} // closed by Stop
	done chan struct{}

	cutOnce sync.Once

	mu      sync.Mutex
	closed  bool
	conns   map[net.Conn]Session
	pending map[*newcomer]net.Conn // of conns, those that are shaking hands
	in      int                    // and those that have shaken hands
	wg      sync.WaitGroup         // the connections' goroutines, and the acceptor
}

// Listen starts a Listener on ln. new makes the Session of one connection. Its
// owner calls Finish, then Stop if it won't wait, and waits for Done.
func Listen(ln transport.Listener, set Settings, new func() Session) *Listener {
	l := &Listener{
		set: set, ln: ln, fd: transport.FD(ln), new: new,
		stop:    make(chan struct{}),
		cut:     make(chan struct{}),
		done:    make(chan struct{}),
		conns:   make(map[net.Conn]Session),
		pending: make(map[*newcomer]net.Conn),
	}
	l.set.Engine.Done = l.cut
	l.wg.Add(1)
	go l.accept() // owned by l, counted in wg
	return l
}

// Done is closed, after Finish, when nothing of the Listener runs any more.
func (l *Listener) Done() <-chan struct{} { return l.done }

// Finish stops accepting and frees the address before it returns. Connections
// live on until their writers have drained their pipes; those that have not
// finished their handshake end.
func (l *Listener) Finish(bool) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	all := make([]Session, 0, len(l.conns))
	for c, ses := range l.conns {
		if !ses.Live() {
			c.Close()
		}
		all = append(all, ses)
	}
	l.mu.Unlock()
	close(l.stop)
	ev := Event{Kind: Closed, Local: l.ln.Endpoint(), FD: l.fd}
	if err := l.ln.Close(); err != nil {
		ev.Kind, ev.Err = CloseFailed, err
	}
	l.set.emit(ev)
	for _, ses := range all {
		ses.Retire()
	}
	// Ends when the last connection does; the caller that waits for Done owns it.
	go func() {
		l.wg.Wait()
		close(l.done)
	}()
}

// Stop ends all connections.
func (l *Listener) Stop() {
	l.Finish(false)
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
	ses := &newcomer{Session: l.new(), l: l}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		conn.Close()
		return
	}
	if err := l.roomLocked(); err != nil {
		l.mu.Unlock()
		l.turnAway(conn, err)
		return
	}
	crowded := l.admitLocked()
	l.conns[conn] = ses
	l.pending[ses] = conn
	l.wg.Add(1)
	l.mu.Unlock()
	if crowded != nil {
		l.turnAway(crowded, errno.Limited("MAX_HANDSHAKES", int64(l.set.Life.MaxHandshakes),
			"too many connections are shaking hands", errno.ECONNABORTED))
	}
	ticket := l.set.Order.begin()
	// Owned by l, counted in wg.
	go func() {
		defer l.wg.Done()
		serve(conn, &l.set, ses, ticket, ses.Lost)
		l.mu.Lock()
		delete(l.conns, conn)
		delete(l.pending, ses)
		if ses.in {
			l.in--
		}
		l.mu.Unlock()
	}()
}

// turnAway closes a connection for a limit, and tells.
func (l *Listener) turnAway(conn net.Conn, err error) {
	l.set.emit(Event{Kind: AcceptFailed, Local: l.ln.Endpoint(), Remote: l.set.uri(conn.RemoteAddr()), Err: err})
	conn.Close()
}

// roomLocked is nil while one more connection may finish its handshake.
func (l *Listener) roomLocked() error {
	most := l.set.Life.MaxConnections
	if most <= 0 || l.in < most {
		return nil
	}
	return errno.Limited("MAX_CONNECTIONS", int64(most), "the endpoint has as many connections as it may", errno.ECONNABORTED)
}

// admitLocked makes room for one more that shakes hands. If there is none, the
// connection that has to go for it is any of the others: were it the newest,
// a few that say nothing would keep all others out, and were it the oldest,
// a slow authenticator would never be done with any.
func (l *Listener) admitLocked() (crowded net.Conn) {
	most := l.set.Life.MaxHandshakes
	if most <= 0 || len(l.pending) < most {
		return nil
	}
	for n, conn := range l.pending {
		delete(l.pending, n)
		return conn
	}
	return nil
}

// a newcomer is a Session that its listener counts until it is Ready.
type newcomer struct {
	Session
	l  *Listener
	in bool // counted in l.in
}

func (n *newcomer) Ready(p *msg.Peer) (*pipe.End, *engine.Handle, error) {
	n.l.mu.Lock()
	delete(n.l.pending, n)
	err := n.l.roomLocked() // several may have shaken hands for the last place
	if err == nil {
		n.in = true
		n.l.in++
	}
	n.l.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	return n.Session.Ready(p)
}

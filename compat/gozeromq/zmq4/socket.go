package zmq4

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq"
)

// A Socket sends and receives whole messages, to and from any number of peers.
// Its methods may be called by any number of goroutines at once.
type Socket interface {
	// Close closes the socket, and what waits in its calls returns
	// context.Canceled. What was sent is still written, for a second at most, and
	// not at all if the socket's context has ended. Closing again is nil.
	Close() error
	// Send sends a message; its frames are the caller's again when it returns.
	// It waits for a peer with room, for as long as WithTimeout allows: then it
	// returns context.DeadlineExceeded. PUB and XPUB do not wait; they drop the
	// message for a subscriber without room. A ROUTER drops what is for a peer
	// that is not there. After Close, or the end of the context: its error.
	Send(msg Msg) error
	// SendMulti is Send.
	SendMulti(msg Msg) error
	// Recv receives a message and waits for it, without limit. Errors: that of
	// the context, which is context.Canceled after Close, and io.EOF, see
	// WithAutomaticReconnect.
	Recv() (Msg, error)
	// Listen makes the socket reachable at an endpoint, "tcp://*:5555" say. It
	// may be called for any number of endpoints.
	Listen(ep string) error
	// Dial connects the socket to an endpoint and waits until that is done. See
	// WithDialerMaxRetries. It may be called for any number of endpoints.
	Dial(ep string) error
	// Type is the socket's type.
	Type() SocketType
	// Addr is the address of the last Listen, a *net.TCPAddr or a *net.UnixAddr,
	// say, and nil if there was none.
	Addr() net.Addr
	// GetOption returns what SetOption has set. Error: ErrBadProperty.
	GetOption(name string) (interface{}, error)
	// SetOption sets an option. ErrBadProperty: the value is not one of the
	// option's, or the option not one of PUB or SUB. It can be read back all the
	// same. Other types keep other options and do nothing with them.
	SetOption(name string, value interface{}) error
}

// Topics is implemented by the sockets of PUB, SUB and XPUB.
type Topics interface {
	// Topics is what a SUB is subscribed to, or what the subscribers of a PUB or
	// XPUB are, each topic once, sorted.
	Topics() []string
}

const linger = time.Second

// Sockets of this package find one another over inproc, and no others.
var space = zmq.NewContext()

// A socket is a Socket over one of package zmq. Other types embed it, and a REQ
// has one for each peer.
type socket struct {
	config
	typ    SocketType
	ctx    context.Context
	cancel context.CancelFunc
	base   *zmq.Socket
	broken error // why base is of no use
	end    func()
	flush  atomic.Bool
	losses losses

	setup sync.Mutex // held while security is set and the endpoint is bound or connected

	mu       sync.Mutex
	props    map[string]any
	addr     net.Addr
	files    []socketFile
	dials    map[string]*dialled // by endpoint of base
	accepted int
	watching bool
	watcher  sync.WaitGroup
}

// none is the type of a base that is not there, which is as good as closed.
const none zmq.Type = -1

// newSocket makes a socket; base is the type that package zmq knows it by.
func newSocket(ctx context.Context, typ SocketType, base zmq.Type, opts []Option) *socket {
	if ctx == nil {
		ctx = context.Background()
	}
	s := &socket{config: defaults(), typ: typ, props: map[string]any{}, dials: map[string]*dialled{}}
	for _, o := range opts {
		if o != nil {
			o(s)
		}
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.losses.begin(s.ctx)
	if base == none {
		s.base = new(zmq.Socket)
	} else if s.base, s.broken = space.New(base, s.settings(typ)...); s.broken != nil {
		s.broken = fmt.Errorf("zmq4: %w", s.broken)
		s.base = new(zmq.Socket)
	}
	s.end = sync.OnceFunc(s.finish)
	return s
}

// open is newSocket for a socket that the program gets: the end of its context
// closes it.
func open(ctx context.Context, typ SocketType, base zmq.Type, opts []Option) *socket {
	s := newSocket(ctx, typ, base, opts)
	context.AfterFunc(s.ctx, s.end) // finish waits for all that the socket has started
	return s
}

func (s *socket) Close() error {
	if s.ctx.Err() == nil {
		s.flush.Store(true)
	}
	s.cancel()
	s.end()
	return nil
}

// finish ends whatever the socket has started. What is queued is written if
// Close was called before the end of the context, and dropped otherwise.
func (s *socket) finish() {
	until := s.ctx
	if s.flush.Load() {
		until = context.Background()
	}
	s.report(s.base.Shutdown(until))
	s.watcher.Wait()
	s.unlink()
	s.leave()
}

func (s *socket) report(err error) {
	var lost *zmq.UndeliveredError
	if errors.As(err, &lost) {
		s.log.Printf("%s socket closed with %d messages not sent", s.typ, lost.Messages)
	}
}

func (s *socket) Type() SocketType { return s.typ }

func (s *socket) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

func (s *socket) GetOption(name string) (interface{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.props[name]
	if !ok {
		return nil, ErrBadProperty
	}
	return v, nil
}

func (s *socket) SetOption(name string, value interface{}) error {
	s.mu.Lock()
	s.props[name] = value
	s.mu.Unlock()
	if name != OptionHWM {
		return nil
	}
	n, ok := value.(int)
	if !ok || n < 0 || s.base.Set(marks(n)...) != nil {
		return ErrBadProperty
	}
	return nil
}

func marks(n int) []zmq.Option { return []zmq.Option{zmq.SendHWM.Of(n), zmq.RecvHWM.Of(n)} }

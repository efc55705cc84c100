package zmq

import (
	"context"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// A Socket sends and receives whole messages, to and from any number of peers,
// over any number of endpoints. All its methods may be called at any time by
// any goroutine, Close included. After Close a Socket cannot be used again; a nil or
// zero one, which New has not made, behaves as a closed one.
//
// Errors are *Error; see the variables of this package for what they wrap.
type Socket struct {
	s *core.Socket
}

// New makes a socket. Options that are not given have their defaults, see the
// package comment. The error is ErrInvalid for an unknown type, or an option
// that is out of range or not one of this type.
func New(t Type, options ...Option) (*Socket, error) {
	return newSocket(shared().c, t, options)
}

func newSocket(c *core.Context, t Type, options []Option) (*Socket, error) {
	cs, err := core.NewSocket(c, int(t))
	if err != nil {
		return nil, &Error{Op: "new", Type: t, Err: err}
	}
	s := &Socket{cs}
	for o := range opt.GoDefaults(int(t)) {
		if err := cs.Set(o.Row, o.Value); err != nil {
			cs.StartClose()
			return nil, s.wrap("new", "", err)
		}
	}
	if err := s.Set(options...); err != nil {
		cs.StartClose()
		return nil, err
	}
	return s, nil
}

// Type is the socket's type; -1: New has not made it.
func (s *Socket) Type() Type {
	if !s.made() {
		return -1
	}
	return Type(s.s.Row().Type)
}

// Bind makes the socket reachable at an endpoint, "tcp://*:5555" say, and
// returns the endpoint that was bound: with the port that the system chose for
// "tcp://127.0.0.1:*", and the path that was made for "ipc://*". Any number of
// endpoints may be bound.
//
// Errors: ErrInvalid, ErrNoTransport, ErrWrongTransport, ErrAddressInUse, and
// the system's: syscall.EADDRNOTAVAIL, ENODEV, ENOENT, EACCES, ENAMETOOLONG.
func (s *Socket) Bind(endpoint string) (string, error) {
	bound, err := s.inner().Bind(endpoint)
	return bound, s.wrap("bind", endpoint, err)
}

// Connect makes the socket seek a peer at an endpoint and returns at once. The
// peer need not be there yet; a connection that fails or is lost is made again
// until Disconnect or Close. Messages that are sent meanwhile wait for it, up
// to SendHWM, unless Immediate is set. Names are resolved at every attempt.
//
// Errors: ErrInvalid, ErrNoTransport, ErrWrongTransport.
func (s *Socket) Connect(endpoint string) error {
	return s.wrap("connect", endpoint, s.inner().Connect(endpoint))
}

// Unbind takes back a Bind; endpoint is what Bind returned. The address is free
// when it returns. Connections that were accepted there end, after what is
// queued for them, within Linger. Error: ErrNoEndpoint.
func (s *Socket) Unbind(endpoint string) error {
	return s.wrap("unbind", endpoint, s.inner().Unbind(endpoint))
}

// Disconnect takes back a Connect. What is queued for the peer is still sent,
// within Linger; what it has sent and was not received is dropped. Error:
// ErrNoEndpoint.
func (s *Socket) Disconnect(endpoint string) error {
	return s.wrap("disconnect", endpoint, s.inner().Disconnect(endpoint))
}

// Endpoints lists what is bound and connected now.
func (s *Socket) Endpoints() (bound, connected []string) { return s.inner().Endpoints() }

// Subscribe asks for messages whose first frame begins with one of the topics;
// an empty topic asks for all. A topic that is asked for twice has to be taken
// back twice. On an XPub with XPubManual it acts for the peer whose
// subscription was received last. Error: ErrInvalid for other types.
func (s *Socket) Subscribe(topics ...string) error {
	for _, t := range topics {
		if err := s.inner().Subscribe([]byte(t)); err != nil {
			return s.wrap("subscribe", "", err)
		}
	}
	return nil
}

// Unsubscribe takes topics back. One that was not subscribed is no error.
func (s *Socket) Unsubscribe(topics ...string) error {
	for _, t := range topics {
		if err := s.inner().Unsubscribe([]byte(t)); err != nil {
			return s.wrap("unsubscribe", "", err)
		}
	}
	return nil
}

// WaitConnected waits until at least n peers are connected and have shaken
// hands. Errors: ctx's, with what keeps peers out as its Cause; ErrClosed,
// ErrTerminated; ErrInvalid for an n below 0.
func (s *Socket) WaitConnected(ctx context.Context, n int) error {
	if err := canWait(ctx, n); err != nil {
		return s.wrap("wait", "", err)
	}
	return s.wrap("wait", "", s.inner().WaitConnected(ctx, n))
}

// WaitSubscribers waits until at least n peers of a Pub or XPub would be sent a
// message that begins with topic. It ends the trouble of subscribers that miss
// the first messages. Errors: those of WaitConnected; ErrUnsupported for other
// types.
func (s *Socket) WaitSubscribers(ctx context.Context, topic string, n int) error {
	if err := canWait(ctx, n); err != nil {
		return s.wrap("wait", "", err)
	}
	return s.wrap("wait", "", s.inner().WaitSubscribers(ctx, []byte(topic), n))
}

func canWait(ctx context.Context, n int) error {
	switch {
	case ctx == nil:
		return errNoCtx
	case n < 0:
		return fmt.Errorf("cannot wait for %d peers: the least is 0: %w", n, ErrInvalid)
	}
	return nil
}

// Close closes the socket and waits until what was sent has been handed to the
// operating system, for as long as Linger allows. Calls that are waiting return
// ErrClosed. Addresses are free and all goroutines have ended when it returns.
// The error is an *UndeliveredError if messages had to be dropped. Closing again
// waits as well and returns the same.
func (s *Socket) Close() error { return s.Shutdown(context.Background()) }

// Shutdown is Close that ends, dropping what is left, when ctx does, if Linger
// does not end it before.
func (s *Socket) Shutdown(ctx context.Context) error {
	if ctx == nil {
		return s.wrap("close", "", errNoCtx)
	}
	in := s.inner()
	in.StartClose()
	select {
	case <-in.Finished():
	case <-ctx.Done():
		in.Abort()
		<-in.Finished()
	}
	return undelivered(in.Undelivered())
}

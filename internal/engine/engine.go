// Package engine is the life of one connection: greeting and handshake, then a
// reader and a writer that carry whole batches between the connection and a
// pipe, until either side ends.
//
//  1. Run greets, shakes hands and asks Ready for the pipe.
//  2. Run's own goroutine is the reader: it reads large chunks, walks the frame
//     headers, takes the commands out and publishes what is left as batches.
//  3. The writer goroutine, owned by Run, takes all that is queued and writes it
//     in one call. It lives as long as there is something to write: to wake it is
//     to start it. Run waits for it.
//  4. When the connection fails, what was taken and cannot have arrived whole is
//     put back into the pipe.
//
// To read and to write the connection are roles, which calls of the socket can lease:
// see role.go. How its bytes become messages is its Codec's: see codec.go.
//
// Locking: the roles share only the commands to be sent (engine.mu), the heartbeat
// (atomics, and beat.mu), and the connection.
package engine

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A Config is what one connection needs to know. It is read only, and may serve
// many connections.
type Config struct {
	SocketType   string
	TypeNumber   byte     // announced to ZMTP 1.0 and 2.0 peers
	Peers        []string // acceptable socket types
	Announce     bool     // send the routing id
	Subscribes   bool     // outgoing messages are subscriptions
	Publishes    bool     // a peer that cannot subscribe gets everything
	Framing      string   // how messages look on the connection; "": ZMTP
	Hello        []byte   // the first message on each connection; empty: none
	Wire         opt.Wire
	Security     mech.Settings
	HandshakeIvl time.Duration // 0: no limit

	// Auth decides for the mechanism; nil: there is no authenticator. It is called
	// on the connection's goroutine, and must return soon after ctx is done:
	// that is when HANDSHAKE_IVL is over, and when the peer or the socket has
	// closed the connection.
	Auth func(ctx context.Context, r mech.Request) mech.Reply

	// Came and Gone are messages, of one frame each, that the socket itself is
	// given when traffic begins and when it has ended.
	Came, Gone [][]byte

	// Done is closed when the owner of the connection has closed it, so that
	// an engine sees that which waits for its socket; nil: never.
	Done <-chan struct{}

	Endpoint string // as bound or connected
	Incoming bool
	Address  func(net.Conn) string // Peer-Address
}

// A Ready gives the pipe of a connection once its peer is known: the engine's
// End, and the Handle that it was made with. An error closes the connection.
type Ready func(*msg.Peer) (*pipe.End, *Handle, error)

// A Handle is woken by a pipe on the engine's behalf. It outlives connections: a
// connected endpoint keeps its pipe.
type Handle struct {
	out    chan struct{} // wakes a reader that waits for room
	inline *InlineWrite
	engine atomic.Pointer[engine]        // while there is a connection
	cast   atomic.Pointer[chan struct{}] // wakes the writer of a multicast group
	atDoor atomic.Bool                   // the socket has no place for the peer yet
}

// AtDoor says whether the peer waits for its place.
func (h *Handle) AtDoor(waits bool) { h.atDoor.Store(waits) }

// NewHandle makes a Handle, the Owner of an engine's End. inline is the socket's;
// nil: senders never write.
func NewHandle(inline *InlineWrite) *Handle {
	return &Handle{out: make(chan struct{}, 1), inline: inline}
}

// Flush implements pipe.Owner: an engine holds nothing back.
func (h *Handle) Flush(*pipe.End) {}

// Wake implements pipe.Owner.
func (h *Handle) Wake(_ *pipe.End, ev pipe.Event) {
	if ev == pipe.Out {
		select {
		case h.out <- struct{}{}:
		default:
		}
		return
	}
	if h.inline.take() && h.writeInline() {
		return
	}
	if e := h.engine.Load(); e != nil {
		e.wake()
	} else if c := h.cast.Load(); c != nil {
		select {
		case *c <- struct{}{}:
		default:
		}
	} // else the next connection begins with a look
}

// wakesCast makes the Handle a multicast group's, and returns what wakes the goroutine
// that takes from its End. What came before is found by its first look.
func (h *Handle) wakesCast() <-chan struct{} {
	c := make(chan struct{}, 1)
	h.cast.Store(&c)
	return c
}

// Why a connection ended, beside the errors of net and *mech.ProtocolError.
var (
	ErrHeartbeat        error = &ended{errno.ETIMEDOUT, "nothing heard from the peer within the heartbeat timeout"}
	ErrUnacknowledged   error = &ended{errno.ETIMEDOUT, "the peer's system did not acknowledge what was sent within the heartbeat timeout"}
	ErrHandshakeTimeout error = &ended{errno.ETIMEDOUT, "the handshake was not finished within HANDSHAKE_IVL"}
	ErrClosing          error = &ended{errno.ENOTSOCK, "closed by the socket"}

	errHungUp       error = &ended{errno.ECONNRESET, "the peer has closed or reset the connection"}
	errClosedByPeer error = &ended{errno.EPIPE, "the peer closed the connection"}
)

// ended is an errno in the words of connections.
type ended struct {
	no   errno.Errno
	text string
}

func (e *ended) Error() string { return e.text }
func (e *ended) Unwrap() error { return e.no }

// A HandshakeError wraps what ended a connection before traffic could flow.
type HandshakeError struct {
	Err  error
	Peer *msg.Peer // what is known of it; nil: nothing
}

func (e *HandshakeError) Error() string { return "handshake: " + e.Err.Error() }
func (e *HandshakeError) Unwrap() error { return e.Err }

// A SealError wraps what was wrong with a sealed frame of the traffic.
type SealError struct{ Err error }

func (e *SealError) Error() string { return e.Err.Error() }
func (e *SealError) Unwrap() error { return e.Err }

// engine is one connection:
//
//	opening ---> ready ------> closing ------> gone
//	   |           |                            ^
//	   +-----------+----------------------------+
//
// Opening, it greets and shakes hands (open). Ready, it has its pipe, and both
// roles act. It is closing when nothing more is written (lastReads): the socket has closed
// its side, or writing has failed; what comes is still read, for a bounded time. It is
// gone when stop is closed (fail); Run returns once nothing acts in either role.
type engine struct {
	cfg  *Config
	conn net.Conn

	// Set in the opening.
	end    *pipe.End
	handle *Handle
	peer   *msg.Peer
	codec  Codec     // nil: frames of ZMTP 3 in the clear
	src    io.Reader // what the peer sends, in frames of ZMTP 3
	wire   traits

	beat   beat
	lease  atomic.Pointer[ReadLease] // the role of reading; nil: it cannot be leased
	hang   *time.Timer               // the reader's: see awaitRoom
	writer writer                    // the role of writing

	stop     chan struct{} // closed when the connection is to end
	stopOnce sync.Once
	cause    error // why; set before stop is closed

	mu       sync.Mutex // a leaf
	commands []byte     // to send ahead of queued messages
	last     error      // why nothing more is written; nil while it is
	until    time.Time  // when reading ends, too; zero while last is nil
}

// Run speaks on conn until it ends, and closes it. The error says why; it is
// never nil. It is a *HandshakeError when traffic never flowed. To end it from
// outside, close cfg.Done and conn, or close the pipe's End and let it drain.
func Run(conn net.Conn, cfg *Config, ready Ready) error {
	defer conn.Close()
	e := &engine{cfg: cfg, conn: conn, stop: make(chan struct{})}
	rest, err := e.open()
	if err != nil {
		return &HandshakeError{err, e.peer}
	}
	if e.end, e.handle, err = ready(e.peer); err != nil {
		return &HandshakeError{err, e.peer}
	}
	e.end.SetPeer(e.peer)
	e.end.Admit()

	e.writer.init(e)
	e.handle.engine.Store(e)
	e.wake()
	e.tell(cfg.Came, msg.Came)
	e.beat.start(e)
	e.fail(e.reason(e.read(rest)))
	e.beat.end()
	e.tell(cfg.Gone, msg.Gone)
	e.giveBack()
	return e.cause
}

// tell gives the socket messages that its peer did not send, whether or not it
// has room. They come between whole messages of the peer: of one that it left
// unfinished nothing was published.
func (e *engine) tell(list [][]byte, n msg.Notice) {
	if len(list) == 0 {
		return
	}
	var run pipe.Run
	peer := e.peer.Noticed(n)
	for _, m := range list {
		run.Add(zmtp.AppendFrame(nil, 0, m), 1, msg.Label(peer))
	}
	e.end.Publish(&run)
}

// fail ends the connection for the first reason given; nil is none.
func (e *engine) fail(err error) {
	if err == nil {
		return
	}
	e.stopOnce.Do(func() {
		e.cause = err
		close(e.stop)
		e.conn.Close()
	})
}

// command queues a command to go out ahead of the messages.
func (e *engine) command(frame []byte) {
	e.mu.Lock()
	// A peer that pings and never reads must not fill our memory.
	if len(e.commands) < maxCommands {
		e.commands = append(e.commands, frame...)
	}
	e.mu.Unlock()
	e.wake()
}

const maxCommands = 4 << 10

// goodbye bounds how long a peer has to read what was sent last and to close
// its side, LINGER may be shorter; and how long is read from one that has gone,
// which ends by itself. Tests make it shorter.
var goodbye = 30 * time.Second

// closeWrite ends our half of the connection, and bounds how long the peer has
// to end its own: closing with unread input would reset the connection and
// could destroy what the peer has not read yet. If nothing was sent nothing can
// be lost; and a peer that speaks no ZMTP need not close because we do.
func (e *engine) closeWrite(sent bool) {
	c, ok := e.conn.(interface{ CloseWrite() error })
	if !sent || !ok {
		e.fail(ErrClosing)
		return
	}
	wait := goodbye
	if e.wire.bare {
		wait = readOn
	}
	e.lastReads(ErrClosing, wait) // first: the peer may be quick to close its side
	if c.CloseWrite() != nil {
		e.fail(ErrClosing)
	}
}

// readOn is how long is read when nothing more is written to a peer without ZMTP,
// or to one that was refused.
const readOn = time.Second

// lastReads notes that nothing more is written, and the first reason why, and
// bounds what is still read. What the peer had sent before it went can still be
// read: closing at once would lose it. A reader that waits for its socket goes on.
func (e *engine) lastReads(why error, d time.Duration) {
	e.mu.Lock()
	if e.last == nil {
		e.last, e.until = why, time.Now().Add(d)
		e.conn.SetReadDeadline(e.until)
	}
	e.mu.Unlock()
	select {
	case e.handle.out <- struct{}{}:
	default:
	}
}

// ending reports whether nothing more is written.
func (e *engine) ending() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last != nil
}

// reason names what is behind a read that ended for lastReads. Once the
// socket has closed the connection, that is the reason: a peer that closes its
// side only answers.
func (e *engine) reason(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last == ErrClosing || e.last != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		return e.last
	}
	return err
}

// readError names what a failed read means.
func readError(err error) error {
	if err == io.EOF {
		return errClosedByPeer
	}
	return err
}

func protocol(code uint32, format string, args ...any) error {
	return mech.Failf(code, format, args...)
}

//go:build unix

package interop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// longMs is how long to wait for what must come. It bounds a failing test, not
// a passing one.
const longMs = 20_000

const long = longMs * time.Millisecond

// A sock is a socket of either library. Errors are libzmq's names, "" for none;
// times are milliseconds.
type sock interface {
	bind(ep string) string
	connect(ep string) string
	unbind(ep string) string
	disconnect(ep string) string
	num(opt string, v int64) string
	text(opt, v string) string
	getNum(opt string) (int64, string)
	endpoint() string
	send(ms int, frames ...string) string
	flood(n, ms int, frame string) int
	number(from, n, ms int) int
	recv(ms int) ([]string, string)
	drain(ms int) int
	close()
}

// A side makes sockets of one library.
type side interface {
	name() string
	socket(t *testing.T, typ zmq.Type) sock
}

// ours is this library, in this process.
type ours struct {
	ctx   *zmq.Context
	plain bool // with libzmq's defaults
}

// newOurs makes a side that ends with the test.
func newOurs(t *testing.T) *ours {
	o := &ours{ctx: zmq.NewContext()}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		o.ctx.Shutdown(ctx)
	})
	return o
}

// newPlain is newOurs with libzmq's defaults in place of our own.
func newPlain(t *testing.T) *ours {
	o := newOurs(t)
	o.plain = true
	return o
}

func (o *ours) name() string { return "zeroth" }

func (o *ours) socket(t *testing.T, typ zmq.Type) sock {
	t.Helper()
	s, err := o.ctx.New(typ)
	if err != nil {
		t.Fatalf("new %v: %v", typ, err)
	}
	w := &ourSock{s}
	if o.plain {
		libDefaults(w, typ)
	}
	return w
}

func libDefaults(w *ourSock, typ zmq.Type) {
	for _, d := range []struct {
		name string
		v    int64
	}{
		{"IPV6", 0}, {"DUAL_STACK", 0}, {"RETRY_PROTOCOL", 0}, {"HEARTBEAT_IVL", 0},
		{"MAXMSGSIZE", -1}, {"MAXMESSAGE", -1}, {"SNDHWM_BYTES", 0}, {"RCVHWM_BYTES", 0},
	} {
		if fault := w.num(d.name, d.v); fault != "" {
			panic(d.name + ": " + fault)
		}
	}
	if typ == zmq.Router {
		w.num("ROUTER_MANDATORY", 0)
	}
	if typ != zmq.Sub && typ != zmq.XSub {
		w.num("LINGER", -1)
	}
}

// ourSock is a socket of this library.
type ourSock struct{ *zmq.Socket }

func (s *ourSock) bind(ep string) string       { _, err := s.Bind(ep); return fault(err) }
func (s *ourSock) connect(ep string) string    { return fault(s.Connect(ep)) }
func (s *ourSock) unbind(ep string) string     { return fault(s.Unbind(ep)) }
func (s *ourSock) disconnect(ep string) string { return fault(s.Disconnect(ep)) }

func (s *ourSock) num(opt string, v int64) string { return s.text(opt, strconv.FormatInt(v, 10)) }

func (s *ourSock) text(opt, v string) string {
	o, err := zmq.ParseOption(opt, v)
	if err != nil {
		return fault(err)
	}
	return fault(s.Set(o))
}

func (s *ourSock) getNum(opt string) (int64, string) {
	if v, err := zmq.Get(s.Socket, zmq.Opt[int](opt)); err == nil {
		return int64(v), ""
	}
	if v, err := zmq.Get(s.Socket, zmq.Opt[int64](opt)); err == nil {
		return v, ""
	}
	if v, err := zmq.Get(s.Socket, zmq.Opt[bool](opt)); err == nil {
		if v {
			return 1, ""
		}
		return 0, ""
	}
	v, err := zmq.Get(s.Socket, zmq.Opt[time.Duration](opt))
	if err != nil {
		return 0, fault(err)
	}
	if v < 0 {
		return -1, ""
	}
	return v.Milliseconds(), ""
}

func (s *ourSock) endpoint() string {
	v, err := zmq.Get(s.Socket, zmq.Opt[string]("LAST_ENDPOINT"))
	if err != nil {
		return fault(err)
	}
	return v
}

// within is a context of that many milliseconds. Not waiting at all is for
// TrySend and TryRecv.
func within(ms int) (context.Context, context.CancelFunc) {
	if ms < 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), time.Duration(ms)*time.Millisecond)
}

func (s *ourSock) send(ms int, frames ...string) string {
	parts := make([][]byte, len(frames))
	for i, f := range frames {
		parts[i] = []byte(f)
	}
	return s.sendParts(ms, parts...)
}

func (s *ourSock) sendParts(ms int, parts ...[]byte) string {
	if ms == 0 {
		ok, err := s.TrySend(parts...)
		if !ok && err == nil {
			return "EAGAIN"
		}
		return fault(err)
	}
	ctx, cancel := within(ms)
	defer cancel()
	return fault(s.Send(ctx, parts...))
}

func (s *ourSock) repeat(n, ms int, frame func(i int) []byte) int {
	for i := range n {
		if fault := s.sendParts(ms, frame(i)); fault != "" {
			if fault != "EAGAIN" {
				panic("send: " + fault)
			}
			return i
		}
	}
	return n
}

func (s *ourSock) flood(n, ms int, frame string) int {
	return s.repeat(n, ms, func(int) []byte { return []byte(frame) })
}

func (s *ourSock) number(from, n, ms int) int {
	return s.repeat(n, ms, func(i int) []byte { return strconv.AppendInt(nil, int64(from+i), 10) })
}

func (s *ourSock) message(ms int) (zmq.Message, string) {
	if ms == 0 {
		m, ok, err := s.TryRecv()
		if !ok && err == nil {
			return m, "EAGAIN"
		}
		return m, fault(err)
	}
	ctx, cancel := within(ms)
	defer cancel()
	m, err := s.Recv(ctx)
	return m, fault(err)
}

func (s *ourSock) recv(ms int) ([]string, string) {
	m, fault := s.message(ms)
	if fault != "" {
		return nil, fault
	}
	frames := make([]string, 0, m.Len())
	for _, f := range m.All() {
		frames = append(frames, string(f))
	}
	return frames, ""
}

func (s *ourSock) drain(ms int) (n int) {
	for {
		if _, fault := s.message(ms); fault != "" {
			return n
		}
		n++
	}
}

func (s *ourSock) close() { s.Close() }

// fault is libzmq's name for an error, found with errors.Is alone.
func fault(err error) string {
	if err == nil {
		return ""
	}
	for _, f := range []struct {
		name string
		err  error
	}{
		{"EFSM", zmq.ErrState}, {"EAGAIN", zmq.ErrAgain}, {"EAGAIN", context.DeadlineExceeded},
		{"ETERM", zmq.ErrTerminated}, {"ENOTSOCK", zmq.ErrClosed}, {"EHOSTUNREACH", zmq.ErrNoRoute},
		{"ENOTSUP", zmq.ErrUnsupported}, {"EPROTONOSUPPORT", zmq.ErrNoTransport},
		{"ENOCOMPATPROTO", zmq.ErrWrongTransport}, {"EADDRINUSE", zmq.ErrAddressInUse},
		{"ENOENT", zmq.ErrNoEndpoint}, {"EINVAL", zmq.ErrInvalid},
		{"ENODEV", syscall.ENODEV}, {"EADDRNOTAVAIL", syscall.EADDRNOTAVAIL},
		{"ENAMETOOLONG", syscall.ENAMETOOLONG}, {"EACCES", syscall.EACCES},
		{"EISDIR", syscall.EISDIR}, {"ENOTDIR", syscall.ENOTDIR},
	} {
		if errors.Is(err, f.err) {
			return f.name
		}
	}
	return err.Error()
}

// The helpers below end the test at a fault.

func must(t *testing.T, faults ...string) {
	t.Helper()
	for _, f := range faults {
		if f != "" {
			t.Fatal(f)
		}
	}
}

// bound binds s where there is room and returns the endpoint.
func bound(t *testing.T, s sock, scheme string) string {
	t.Helper()
	ep := "tcp://127.0.0.1:*"
	if scheme == "ipc" {
		ep = "ipc://" + t.TempDir() + "/s"
		if len(ep) > 100 {
			ep = fmt.Sprintf("ipc://@zeroth-interop-%d", time.Now().UnixNano())
		}
	}
	if f := s.bind(ep); f != "" {
		t.Fatalf("bind %s: %s", ep, f)
	}
	return s.endpoint()
}

// join connects a to b, which binds if bBinds, else the other way round.
func join(t *testing.T, a, b sock, scheme string, bBinds bool) {
	t.Helper()
	if bBinds {
		must(t, a.connect(bound(t, b, scheme)))
	} else {
		must(t, b.connect(bound(t, a, scheme)))
	}
}

func expect(t *testing.T, s sock, want ...string) {
	t.Helper()
	got, f := s.recv(longMs)
	if f != "" {
		t.Fatalf("receiving %s: %s", show(want), f)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("received %s, want %s", show(got), show(want))
	}
}

// pass sends a message from one socket to the other.
func pass(t *testing.T, from, to sock, frames ...string) {
	t.Helper()
	if f := from.send(longMs, frames...); f != "" {
		t.Fatalf("sending %s: %s", show(frames), f)
	}
	expect(t, to, frames...)
}

func show(frames []string) string {
	var parts []string
	for _, f := range frames {
		if len(f) > 40 {
			parts = append(parts, fmt.Sprintf("%d bytes %q...", len(f), f[:8]))
		} else {
			parts = append(parts, strconv.Quote(f))
		}
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// both runs f with this library and libzmq in either role, side by side.
func both(t *testing.T, f func(t *testing.T, a, b side)) {
	t.Helper()
	needLib(t)
	t.Run("zeroth-libzmq", func(t *testing.T) {
		t.Parallel()
		f(t, newOurs(t), startLib(t))
	})
	t.Run("libzmq-zeroth", func(t *testing.T) {
		t.Parallel()
		f(t, startLib(t), newOurs(t))
	})
}

// eventually polls for something that no event tells of.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for ", what)
		}
	}
}

// freePort is an endpoint that nobody listens at.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "tcp://" + l.Addr().String()
}

//go:build unix

package core_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/link"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// patience is how long an event may take, look how long one look for it waits.
const (
	patience = testutil.Patience
	look     = 10 * time.Millisecond
)

// A record is one event as a monitor of version 1 tells it.
type record struct {
	kind     link.Kind
	value    uint32
	endpoint string
}

var numbers = regexp.MustCompile(`:\d{4,5}$`)

// String leaves out what differs from run to run.
func (r record) String() string {
	value := fmt.Sprintf("%#x", r.value)
	switch r.kind {
	case link.Connected, link.Listening, link.Accepted, link.Closed, link.Disconnected:
		value = "fd"
		if int32(r.value) < 0 {
			value = "no fd"
		}
	case link.ConnectRetried:
		value = fmt.Sprint("delay ", r.value > 0)
	case link.AcceptFailed:
		value = "errno" // libzmq tells what errno happened to be
	case link.HandshakeFailed:
		switch errno.Errno(r.value) {
		case errno.EPIPE, errno.ECONNRESET: // whichever comes first
			value = "closed"
		default:
			value = "errno" // as above
		}
	}
	return fmt.Sprintf("%#x %s %q", int(r.kind), value, numbers.ReplaceAllString(r.endpoint, ":PORT"))
}

// A side is one library, for one situation.
type side interface {
	socket(typ int) monitored
	idle()
	close()
}

// monitored is a socket of it. What is not expected to fail fails the test.
type monitored interface {
	bind(ep string) errno.Errno
	connect(ep string)
	unbind(ep string)
	disconnect(ep string)
	set(name string, v any)
	endpoint() string
	monitor(events int)
	unmonitor()
	close()
	event() (record, bool) // false: none within look
}

// A world is one library in one situation, and what its monitors told.
type world struct {
	side
	t     *testing.T
	ipc   bool
	dir   string
	notes []string
	short bool // it has not told all
}

func (w *world) address() string {
	if !w.ipc {
		return "tcp://127.0.0.1:*"
	}
	return "ipc://" + w.dir + "/" + strconv.Itoa(len(w.notes))
}

// watched makes a socket with a monitor of everything.
func (w *world) watched(typ int, options ...any) monitored {
	s := w.socket(typ)
	s.set("LINGER", 0)
	for i := 0; i < len(options); i += 2 {
		s.set(options[i].(string), options[i+1])
	}
	s.monitor(0xffff)
	return s
}

// bound is watched, bound, and known to be.
func (w *world) bound(typ int, options ...any) monitored {
	s := w.watched(typ, options...)
	if e := s.bind(w.address()); e != 0 {
		w.t.Fatal(e)
	}
	w.until(s, link.Listening)
	return s
}

func (w *world) note(r record) {
	w.notes = append(w.notes, strings.ReplaceAll(r.String(), w.dir, "DIR"))
}

// until notes what comes up to the first event of that kind.
func (w *world) until(s monitored, kind link.Kind) record {
	w.t.Helper()
	r, ok := w.within(patience, s, kind)
	if !ok {
		w.t.Fatalf("%T: no event %#x; there were\n\t%s", w.side, int(kind), strings.Join(w.notes, "\n\t"))
	}
	return r
}

func (w *world) within(d time.Duration, s monitored, kind link.Kind) (record, bool) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		r, ok := s.event()
		if !ok {
			w.idle()
			continue
		}
		w.note(r)
		if r.kind == kind {
			return r, true
		}
	}
	return record{}, false
}

// afterwards is until for an event that libzmq does not always tell under load.
// Then nothing more is asked of it, and of us all the same.
func (w *world) afterwards(s monitored, kind link.Kind) {
	w.t.Helper()
	if _, libzmq := w.side.(*theirs); !libzmq {
		w.until(s, kind)
	} else if !w.short {
		_, told := w.within(patience/60, s, kind)
		w.short = !told
	}
}

// await is until that notes the event alone: what comes before it is there more
// or less often, as the machine is fast or slow.
func (w *world) await(s monitored, kind link.Kind) {
	w.t.Helper()
	have := len(w.notes)
	w.until(s, kind)
	w.notes = append(w.notes[:have], w.notes[len(w.notes)-1])
}

// rest notes what comes until it has been quiet for a while. A look that takes
// long is none: the machine is busy, and what is to come may be late.
func (w *world) rest(socks ...monitored) {
	for _, s := range socks {
		for quiet, end := 0, time.Now().Add(patience/20); quiet < 8 && time.Now().Before(end); {
			began := time.Now()
			r, ok := s.event()
			w.idle()
			switch {
			case ok:
				w.note(r)
				quiet = 0
			case time.Since(began) > 2*look:
				quiet = 0
			default:
				quiet++
			}
		}
		w.notes = append(w.notes, "--")
	}
}

// ours is this library.
type ours struct {
	t     *testing.T
	ctx   *core.Context
	count int
}

func (o *ours) idle()  {}
func (o *ours) close() { o.ctx.Close(context.Background()) }

func (o *ours) socket(typ int) monitored {
	s, err := core.NewSocket(o.ctx, typ)
	o.ok(err)
	return &ourSocket{ours: o, s: s}
}

func (o *ours) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

type ourSocket struct {
	*ours
	s, mon *core.Socket
}

func (s *ourSocket) bind(ep string) errno.Errno {
	_, err := s.s.Bind(ep)
	return errno.Of(err, 0)
}

func (s *ourSocket) connect(ep string)    { s.ok(s.s.Connect(ep)) }
func (s *ourSocket) unbind(ep string)     { s.ok(s.s.Unbind(ep)) }
func (s *ourSocket) disconnect(ep string) { s.ok(s.s.Disconnect(ep)) }
func (s *ourSocket) endpoint() string     { return s.s.LastEndpoint() }

func (s *ourSocket) set(name string, v any) {
	s.t.Helper()
	r, x, err := opt.Parse(name, fmt.Sprint(v))
	s.ok(err)
	s.ok(s.s.Set(r, x))
}

func (s *ourSocket) monitor(events int) {
	s.count++
	name := fmt.Sprint("inproc://monitor-", s.count)
	s.ok(s.s.Monitor(name, uint64(events), 1, opt.TypePair))
	var err error
	s.mon, err = core.NewSocket(s.ctx, opt.TypePair)
	s.ok(err)
	s.ok(s.mon.Connect(name))
}

func (s *ourSocket) unmonitor() { s.ok(s.s.Monitor("", 0, 1, opt.TypePair)) }

func (s *ourSocket) close() {
	s.s.StartClose()
	<-s.s.Finished()
}

func (s *ourSocket) event() (record, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	m, err := s.mon.Recv(ctx, false)
	if errors.Is(err, context.DeadlineExceeded) {
		return record{}, false
	} else if err != nil {
		s.t.Fatal(err)
	}
	if len(m.First) != 6 || len(m.Rest()) != 1 {
		s.t.Fatalf("an event of %q and %q", m.First, m.Rest())
	}
	order := binary.NativeEndian
	return record{link.Kind(order.Uint16(m.First)), order.Uint32(m.First[2:]), string(m.Rest()[0])}, true
}

// theirs is libzmq, in a process of its own: test/interop/peer.
type theirs struct {
	t     *testing.T
	in    io.WriteCloser
	out   *bufio.Reader
	socks []*theirSocket
}

func startTheirs(t *testing.T) *theirs {
	bin, err := testutil.BuildC(t.TempDir(), "../../test/interop/peer/peer.c")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &theirs{t: t, in: in, out: bufio.NewReader(out)}
}

func (l *theirs) call(words ...any) (string, errno.Errno) {
	l.t.Helper()
	fmt.Fprintln(l.in, words...)
	line, err := l.out.ReadString('\n')
	if err != nil {
		l.t.Fatalf("%v: %v", words, err)
	}
	line = strings.TrimSpace(line)
	if text, ok := strings.CutPrefix(line, "ok"); ok {
		return strings.TrimPrefix(text, " "), 0
	}
	for _, e := range []errno.Errno{errno.EAGAIN, errno.EADDRINUSE, errno.EINVAL, errno.ENOENT, errno.EADDRNOTAVAIL, errno.ENAMETOOLONG, errno.ENODEV} {
		if line == "err "+e.Name() {
			return "", e
		}
	}
	l.t.Fatalf("%v: %s", words, line)
	return "", 0
}

// idle has libzmq look at its mailboxes, which it does in calls only.
func (l *theirs) idle() {
	for _, s := range l.socks {
		if !s.gone {
			s.do("geti", 15)
		}
	}
}

func (l *theirs) close() {
	for _, s := range l.socks {
		if !s.gone || s.watched {
			s.do("close")
		}
	}
	l.socks = nil
	l.call("term")
}

func (l *theirs) socket(typ int) monitored {
	s := &theirSocket{l: l, id: len(l.socks)}
	l.socks = append(l.socks, s)
	s.do("new", typ)
	return s
}

type theirSocket struct {
	l    *theirs
	id   int
	gone bool

	watched bool
}

func (s *theirSocket) try(verb string, args ...any) (string, errno.Errno) {
	s.l.t.Helper()
	return s.l.call(append([]any{verb, s.id}, args...)...)
}

func (s *theirSocket) do(verb string, args ...any) string {
	s.l.t.Helper()
	text, e := s.try(verb, args...)
	if e != 0 {
		s.l.t.Fatal(verb, args, e)
	}
	return text
}

func (s *theirSocket) bind(ep string) errno.Errno {
	_, e := s.try("bind", ep)
	return e
}

func (s *theirSocket) connect(ep string)    { s.do("connect", ep) }
func (s *theirSocket) unbind(ep string)     { s.do("unbind", ep) }
func (s *theirSocket) disconnect(ep string) { s.do("disconnect", ep) }
func (s *theirSocket) unmonitor()           { s.do("unmonitor") }

func (s *theirSocket) monitor(events int) {
	s.watched = true
	s.do("monitor", events)
}

func (s *theirSocket) set(name string, v any) {
	id := opt.ByName(name).ID
	switch v := v.(type) {
	case string:
		s.do("setb", id, hex.EncodeToString([]byte(v)))
	case int:
		verb := "seti"
		if name == "MAXMSGSIZE" {
			verb = "setl"
		}
		s.do(verb, id, v)
	}
}

func (s *theirSocket) endpoint() string {
	b, _ := hex.DecodeString(s.do("getb", 32))
	return strings.TrimRight(string(b), "\x00")
}

// close closes the socket; what its monitor told can still be read.
func (s *theirSocket) close() {
	s.gone = true
	s.do("end")
}

func (s *theirSocket) event() (record, bool) {
	text, e := s.try("event", 10)
	if e != 0 {
		return record{}, false
	}
	var r record
	w := strings.Fields(text)
	fmt.Sscan(w[0], &r.kind)
	fmt.Sscan(w[1], &r.value)
	if w[2] != "-" {
		b, _ := hex.DecodeString(w[2])
		r.endpoint = string(b)
	}
	return r, true
}

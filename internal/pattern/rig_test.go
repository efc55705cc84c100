package pattern

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pipe"
)

// A rig plays the socket around one pattern, on one goroutine.
type rig struct {
	t        *testing.T
	v        *opt.Values
	row      *Row
	pat      *socket
	in, out  []*pipe.End // woken and not yet told
	hwm      int
	conflate bool
	engine   bool // peers are behind engines
}

func newRig(t *testing.T, name string) *rig {
	t.Helper()
	row, ok := ByName(name)
	if !ok {
		t.Fatalf("no socket type %s", name)
	}
	v := &opt.Values{}
	v.Pipe.SendHWM, v.Pipe.RecvHWM = 1000, 1000
	return &rig{t: t, v: v, row: row, pat: newSocket(row, v), hwm: 1000}
}

func (r *rig) topics() int { return r.pat.in.Counts().Topics }

func (r *rig) Flush(e *pipe.End) { e.Flush() }

func (r *rig) Wake(e *pipe.End, ev pipe.Event) {
	if ev&pipe.In != 0 {
		r.in = append(r.in, e)
	}
	if ev&pipe.Out != 0 {
		r.out = append(r.out, e)
	}
}

// tell passes on the wake-ups.
func (r *rig) tell() {
	for len(r.in)+len(r.out) > 0 {
		in, out := r.in, r.out
		r.in, r.out = nil, nil
		for _, e := range in {
			r.pat.Readable(e)
		}
		for _, e := range out {
			r.pat.Writable(e)
		}
	}
}

// A far is the other side of a pipe.
type far struct {
	r    *rig
	near *pipe.End
	end  *pipe.End
}

func (*far) Flush(e *pipe.End) { e.Flush() }

func (*far) Wake(*pipe.End, pipe.Event) {}

// offer makes a pipe that is not attached yet.
func (r *rig) offer(id string) *far {
	f := &far{r: r}
	marks := pipe.Marks{Send: r.hwm, Recv: r.hwm, ConflateSend: r.conflate, ConflateRecv: r.conflate}
	f.near, f.end = pipe.New(r, f, marks, r.engine)
	f.near.SetPeer(&msg.Peer{RoutingID: []byte(id)})
	return f
}

// connecting makes a pipe to a peer that is not there yet, and has a name.
func (r *rig) connecting(id string) *far {
	f := r.offer("")
	f.near.SetPeer(nil)
	f.near.ID = id
	return f
}

func (r *rig) peer(id string) *far {
	r.t.Helper()
	f := r.offer(id)
	if err := r.pat.Attach(f.near); err != nil {
		r.t.Fatalf("Attach: %v", err)
	}
	return f
}

func split(s string) [][]byte {
	var frames [][]byte
	for _, f := range strings.Split(s, "|") {
		frames = append(frames, []byte(f))
	}
	return frames
}

func join(frames [][]byte) string { return string(bytes.Join(frames, []byte("|"))) }

// say sends a message of frames parted by | to the pattern.
func (f *far) say(messages ...string) *far {
	f.r.t.Helper()
	for _, s := range messages {
		if !f.end.Send(&msg.Message{Frames: split(s)}) {
			f.r.t.Fatalf("the pipe would not take %q", s)
		}
		f.r.tell()
	}
	return f
}

// hear receives all there is, up to max messages (0: no bound).
func (f *far) hear(max int) []string {
	var all []string
	var m msg.Message
	for (max == 0 || len(all) < max) && f.end.Recv(&m) {
		all = append(all, join(m.Frames))
	}
	f.r.tell()
	return all
}

func (f *far) hears(want ...string) {
	f.r.t.Helper()
	if got := f.hear(0); !slices.Equal(got, want) {
		f.r.t.Errorf("the peer heard %q, want %q", got, want)
	}
}

// hang ends the far side; what it sent stays to be received.
func (f *far) hang() {
	f.end.CloseOut()
	f.end.CloseIn()
	f.r.tell()
	f.r.pat.Detach(f.near)
}

func (r *rig) send(s string) error {
	r.tell()
	before := split(s)
	m := &msg.Message{Frames: split(s)}
	err := r.pat.Send(m)
	if err != nil && join(m.Frames) != join(before) {
		r.t.Errorf("a Send that failed changed the message to %q", join(m.Frames))
	}
	return err
}

func (r *rig) sends(messages ...string) {
	r.t.Helper()
	for _, s := range messages {
		if err := r.send(s); err != nil {
			r.t.Fatalf("Send(%q): %v", s, err)
		}
	}
}

func (r *rig) refuses(s string, want error) {
	r.t.Helper()
	if err := r.send(s); !errors.Is(err, want) {
		r.t.Errorf("Send(%q) = %v, want %v", s, err, want)
	}
}

func (r *rig) recv() (string, error) {
	r.tell()
	var m msg.Message
	err := r.pat.Recv(&m)
	return join(m.Frames), err
}

// gets expects exactly these messages, and then nothing. Every other one is
// looked for with CanRecv first.
func (r *rig) gets(want ...string) {
	r.t.Helper()
	r.tell()
	for i, w := range want {
		if i%2 == 0 && !r.pat.CanRecv() {
			r.t.Errorf("CanRecv says no before %q", w)
		}
		got, err := r.recv()
		if err != nil || got != w {
			r.t.Fatalf("Recv %d = %q, %v, want %q", i, got, err, w)
		}
	}
	if r.pat.CanRecv() {
		got, err := r.recv()
		r.t.Fatalf("Recv = %q, %v, want nothing", got, err)
	}
}

func (r *rig) blind(want error) {
	r.t.Helper()
	if got, err := r.recv(); !errors.Is(err, want) {
		r.t.Errorf("Recv = %q, %v, want %v", got, err, want)
	}
}

func (r *rig) canSend(want bool) {
	r.t.Helper()
	r.tell()
	if got := r.pat.CanSend(); got != want {
		r.t.Errorf("CanSend = %v, want %v", got, want)
	}
}

func TestRows(t *testing.T) {
	for i, row := range rows {
		if row.Type != i {
			t.Errorf("%s is row %d, want %d", row.Name, i, row.Type)
		}
		r := newRig(t, row.Name)
		if row.NoSend {
			r.refuses("x", errno.ENOTSUP)
		}
		if row.NoRecv {
			r.blind(errno.ENOTSUP)
		}
		for _, p := range row.Peers {
			other, ok := ByName(p)
			if !ok || !slices.Contains(other.Peers, row.Name) {
				t.Errorf("%s takes %s, but not the other way round", row.Name, p)
			}
		}
		if got, ok := Lookup(i); !ok || got != r.row {
			t.Errorf("Lookup(%d) = %v", i, got)
		}
	}
	if _, ok := Lookup(12); ok {
		t.Error("there is a type 12")
	}
	if _, ok := ByName("push"); ok {
		t.Error("names are matched without regard to case")
	}
}

// Every type must bear a peer that comes and goes, twice-told wake-ups and a
// peer that speaks out of turn.
func TestEveryTypeBearsNonsense(t *testing.T) {
	nonsense := []string{"", "|", "||", "\x00", "\x01", "\x01|\x00|x", "abcd||x", "abc|x|", "x|\x01y", "\x02"}
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			r := newRig(t, row.Name)
			r.v.Router.Probe = true
			r.v.XPub.WelcomeMsg = []byte("hi")
			f := r.peer("one")
			f.say(nonsense...)
			r.pat.Readable(f.near)
			r.pat.Writable(f.near)
			for range 2 * len(nonsense) {
				r.pat.CanRecv()
				r.recv()
				r.pat.CanSend()
				r.send("one|x")
				r.send("|")
			}
			f.hear(0)
			f.say("late||x")
			f.hang()
			r.pat.Readable(f.near)
			r.pat.Writable(f.near)
			for range 5 {
				r.pat.CanRecv()
				r.recv()
				r.send("one|x")
			}
			if r.pat.CanRecv() && row.Name != "XPUB" {
				t.Error("still something to receive")
			}
		})
	}
}

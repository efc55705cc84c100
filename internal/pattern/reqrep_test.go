package pattern

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

func TestReqAlternates(t *testing.T) {
	r := newRig(t, "REQ")
	r.blind(errno.EFSM)
	r.refuses("x", errno.EAGAIN)
	r.blind(errno.EFSM)
	a, b := r.peer("a"), r.peer("b")
	r.canSend(true)
	r.sends("q1|more")
	r.canSend(false)
	r.refuses("q2", errno.EFSM)
	if err := r.pat.Admit(nil); !errors.Is(err, errno.EFSM) {
		t.Errorf("Admit = %v, want EFSM", err)
	}
	a.hears("|q1|more")
	r.gets()
	r.blind(errno.EAGAIN)

	b.say("|not asked")
	a.say("no delimiter", "x|", "", "|")
	r.gets("")
	r.blind(errno.EFSM)
	r.sends("q2")
	b.hears("|q2")
	a.say("|late")
	b.say("|r2|more")
	r.gets("r2|more")
	r.sends("q3")
	a.hears("|q3")
}

func TestReqDropsPendingInput(t *testing.T) {
	r := newRig(t, "REQ")
	a := r.peer("a")
	r.sends("q1")
	a.say("|r1", "|r1 again")
	r.gets("r1")
	r.sends("q2")
	r.gets()
	a.say("|r2")
	r.gets("r2")
}

// The peer that was asked has gone: anyone may answer.
func TestReqPeerGone(t *testing.T) {
	r := newRig(t, "REQ")
	a, b := r.peer("a"), r.peer("b")
	r.sends("q1")
	b.say("|ignored")
	r.gets()
	a.hang()
	b.say("|welcome")
	r.gets("welcome")

	r.sends("q2")
	b.say("|last words")
	b.hang()
	r.gets("last words")
	r.refuses("q3", errno.EAGAIN)
}

func TestReqRelaxed(t *testing.T) {
	r := newRig(t, "REQ")
	r.v.Req.Relaxed = true
	a, b := r.peer("a"), r.peer("b")
	r.sends("q1", "q2")
	r.canSend(true)
	a.hears("|q1")
	b.hears("|q2")
	a.say("|r1")
	r.gets()
	b.say("|r2")
	r.sends("q3") // gives up the reply that is there
	a.hears("|q3")
	r.gets()
	a.say("|r3")
	r.gets("r3")
	b.hang()
	r.hwm = 1
	a.hang()
	c := r.peer("c")
	r.sends("q4")
	r.refuses("q5", errno.EAGAIN)
	c.hears("|q4")
	c.say("|r4") // a refused request gives nothing up
	r.gets("r4")
}

func TestReqCorrelate(t *testing.T) {
	r := newRig(t, "REQ")
	r.v.Req.Correlate, r.v.Req.Relaxed = true, true
	r.pat.out.(*req).number = RequestBase - 2
	a := r.peer("a")
	var ids []uint32
	for range 3 {
		r.sends("q")
		var m msg.Message
		if !a.end.Recv(&m) || len(m.Frames) != 3 || len(m.Frames[0]) != 4 || len(m.Frames[1]) != 0 {
			t.Fatalf("the peer heard %q", m.Frames)
		}
		ids = append(ids, binary.NativeEndian.Uint32(m.Frames[0]))
	}
	if want := []uint32{RequestBase - 1, 0, 1}; !slices.Equal(ids, want) {
		t.Errorf("numbers %v, want %v", ids, want)
	}
	a.say(number(0)+"||stale", "||no number", number(1)+"|x|bad", number(1), number(1)+"||good|more")
	r.gets("good|more")
}

func number(n uint32) string {
	return string(binary.NativeEndian.AppendUint32(nil, n))
}

func (r *rig) ask(id uint32, s string) error {
	r.tell()
	return r.pat.SendRequest(id, &msg.Message{Frames: split(s)})
}

func (r *rig) answer() (uint32, string, error) {
	r.tell()
	var m msg.Message
	id, err := r.pat.out.(Requester).TakeReply(&m)
	return id, join(m.Frames), err
}

func (r *rig) answers(wantID uint32, want string) {
	r.t.Helper()
	id, got, err := r.answer()
	if err != nil || id != wantID || got != want {
		r.t.Errorf("RecvReply = %d, %q, %v, want %d, %q", id, got, err, wantID, want)
	}
}

func (r *rig) unanswered() {
	r.t.Helper()
	if id, got, err := r.answer(); !errors.Is(err, errno.EAGAIN) {
		r.t.Errorf("RecvReply = %d, %q, %v, want EAGAIN", id, got, err)
	}
}

func TestRequests(t *testing.T) {
	r := newRig(t, "REQ")
	const n = RequestBase
	if err := r.ask(n, "x"); !errors.Is(err, errno.EAGAIN) {
		t.Errorf("a request with no peer: %v, want EAGAIN", err)
	}
	a, b := r.peer("a"), r.peer("b")
	r.unanswered()
	for i, s := range []string{"q0", "q1|more", "q2"} {
		if err := r.ask(n+uint32(i), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.ask(n+1, "again"); !errors.Is(err, errno.EINVAL) {
		t.Errorf("a number in use: %v, want EINVAL", err)
	}
	a.hears(number(n)+"||q0", number(n+2)+"||q2")
	b.hears(number(n+1) + "||q1|more")
	a.say(number(n+1)+"||not yours", number(n+9)+"||unknown", number(n+2)+"||r2|more", number(n+2)+"||twice")
	b.say(number(n+1)+"|", number(n+1)+"||r1")
	r.answers(n+1, "r1")
	r.answers(n+2, "r2|more")
	r.unanswered()
	r.pat.out.(Requester).CancelRequest(n)
	a.say(number(n) + "||too late")
	r.unanswered()
	if q := r.pat.out.(*req); len(q.numbered) != 0 {
		t.Errorf("%d requests left over", len(q.numbered))
	}
}

func TestRequestsBesideStrict(t *testing.T) {
	r := newRig(t, "REQ")
	a := r.peer("a")
	const n = RequestBase + 7
	r.sends("strict")
	if err := r.ask(n, "numbered"); err != nil {
		t.Fatal(err)
	}
	if err := r.ask(n+1, "cancelled"); err != nil {
		t.Fatal(err)
	}
	a.hears("|strict", number(n)+"||numbered", number(n+1)+"||cancelled")
	a.say(number(n)+"||rn", number(n+1)+"||rc", "|rs")
	r.gets("rs") // puts the others aside
	r.pat.out.(Requester).CancelRequest(n + 1)
	r.answers(n, "rn")
	r.unanswered()

	// The other way round, and a new strict request keeps numbered replies.
	r.sends("strict 2")
	if err := r.ask(n, "numbered 2"); err != nil {
		t.Fatal(err)
	}
	a.say("|rs2", number(n)+"||rn2")
	r.answers(n, "rn2")
	r.gets("rs2")
	if err := r.ask(n, "numbered 3"); err != nil {
		t.Fatal(err)
	}
	a.say(number(n) + "||rn3")
	r.sends("strict 3")
	r.answers(n, "rn3")
}

// Whoever is there may answer for a peer that has gone.
func TestRequestsPeerGone(t *testing.T) {
	r := newRig(t, "REQ")
	a, b := r.peer("a"), r.peer("b")
	if err := r.ask(RequestBase, "q"); err != nil {
		t.Fatal(err)
	}
	a.hang()
	b.say(number(RequestBase) + "||r")
	r.answers(RequestBase, "r")
}

func TestRep(t *testing.T) {
	r := newRig(t, "REP")
	r.canSend(false)
	r.refuses("x", errno.EFSM)
	r.blind(errno.EAGAIN)
	a, b := r.peer("a"), r.peer("b")
	a.say("|q1|more", "\x01\x02|router|path||q3")
	b.say("no delimiter|x", "", "x|", "|q2")
	r.gets("q1|more")
	r.blind(errno.EFSM)
	r.canSend(true)
	r.sends("r1|more")
	r.refuses("x", errno.EFSM)
	a.hears("|r1|more")
	r.gets("q3") // b's bad message was its turn
	r.sends("|r3")
	a.hears("\x01\x02|router|path|||r3")
	if err := r.pat.Admit(nil); !errors.Is(err, errno.EFSM) {
		t.Errorf("Admit = %v, want EFSM", err)
	}
	r.gets("q2")
	r.sends("r2")
	b.hears("|r2")
	a.say("||inner")
	r.gets("|inner")
	r.sends("")
	a.hears("|")
}

func TestRepDropsReply(t *testing.T) {
	r := newRig(t, "REP")
	r.hwm = 1
	a := r.peer("a")
	a.say("|q1")
	r.gets("q1")
	r.sends("r1")
	r.tell()
	a.say("|q2")
	r.gets("q2")
	r.sends("r2")
	if n := a.near.Dropped.Load(); n != 1 {
		t.Errorf("dropped %d, want 1", n)
	}
	a.hears("|r1")
	a.say("|q3")
	r.gets("q3")
	a.hang() // mid-request
	r.canSend(true)
	r.sends("r3")

	b := r.peer("b")
	b.say("|q4")
	if !r.pat.CanRecv() {
		t.Fatal("no request")
	}
	b.hang()
	r.gets("q4")
	r.sends("r4")
}

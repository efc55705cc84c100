package zmq4_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

func TestSocketString(t *testing.T) {
	ctx := newContext(t)
	s := open(t, ctx, zmq.DEALER)
	if got := s.String(); !regexp.MustCompile(`^Socket\(DEALER,0x[0-9a-f]+\)$`).MatchString(got) {
		t.Errorf("%s", got)
	}
	must(t, s.SetIdentity("me"))
	same(t, "with an identity", fmt.Sprint(s), `Socket(DEALER,"me")`)
	must(t, s.Close())
	same(t, "closed", s.String(), "Socket(CLOSED)")
	same(t, "never open", zmq.Socket{}.String(), "Socket(CLOSED)")
}

func TestNoSuchType(t *testing.T) {
	for _, kind := range []zmq.Type{-1, 99} {
		s, err := zmq.NewSocket(kind)
		same(t, "NewSocket", err, error(invalid))
		same(t, "Close", s.Close(), error(invalid))
	}
}

// Every method of a closed socket says so, and so does one that was never open.
func TestClosedSocket(t *testing.T) {
	ctx := newContext(t)
	closed := open(t, ctx, zmq.PULL)
	must(t, closed.Close())
	must(t, closed.Close())
	for _, s := range []*zmq.Socket{closed, {}} {
		v := reflect.ValueOf(s)
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			if name == "Close" || name == "String" {
				continue
			}
			out := v.Method(i).Call(zeros(v.Method(i).Type()))
			err := out[len(out)-1].Interface()
			if err != zmq.ErrorSocketClosed && !strings.HasPrefix(name, "SendMessage") {
				t.Errorf("%s: %v", name, err)
			}
		}
		n, err := s.Send("x", 0)
		same(t, "Send", fmt.Sprint(n, err), "0 Socket is closed")
		n, err = s.SendMessage("x")
		same(t, "SendMessage", fmt.Sprint(n, err), "-1 Socket is closed")
		n, err = s.SendMessage()
		same(t, "SendMessage of nothing", fmt.Sprint(n, err), "0 <nil>")
		event, _, _, err := s.RecvEvent(0)
		same(t, "RecvEvent", fmt.Sprint(event, err), "EVENT_ALL Socket is closed")
	}
}

func zeros(f reflect.Type) (args []reflect.Value) {
	for i := range f.NumIn() {
		if !f.IsVariadic() || i < f.NumIn()-1 {
			args = append(args, reflect.Zero(f.In(i)))
		}
	}
	return args
}

func TestSocketContext(t *testing.T) {
	ctx := newContext(t)
	s := open(t, ctx, zmq.PULL)
	got, err := s.Context()
	must(t, err)
	same(t, "context", got, ctx)
}

func TestEndpoints(t *testing.T) {
	ctx := newContext(t)
	a, b := open(t, ctx, zmq.PULL), open(t, ctx, zmq.PULL)
	must(t, a.Bind("tcp://127.0.0.1:*"))
	addr := endpoint(t, a)
	same(t, "in use", b.Bind(addr), error(zmq.EADDRINUSE))
	must(t, a.Unbind(addr))
	same(t, "not bound", a.Unbind(addr), error(noEntry))
	must(t, b.Bind(addr))
	must(t, a.Bind("inproc://name"))
	same(t, "in use", b.Bind("inproc://name"), error(zmq.EADDRINUSE))
	same(t, "no transport", a.Connect("carrier://pigeon"), error(zmq.EPROTONOSUPPORT))
	same(t, "no endpoint", a.Connect("nothing"), error(invalid))
	must(t, a.Connect("tcp://127.0.0.1:1"))
	must(t, a.Disconnect("tcp://127.0.0.1:1"))
	same(t, "not connected", a.Disconnect("tcp://127.0.0.1:1"), error(noEntry))
}

func TestTimeouts(t *testing.T) {
	ctx := newContext(t)
	s := open(t, ctx, zmq.DEALER)
	must(t, s.SetRcvtimeo(time.Millisecond))
	must(t, s.SetSndtimeo(time.Millisecond))
	text, err := s.Recv(0)
	same(t, "Recv", fmt.Sprintf("%q %v", text, err), fmt.Sprintf("%q %v", "", again))
	n, err := s.Send("x", 0)
	same(t, "Send", fmt.Sprint(n, err), fmt.Sprint(-1, again))
	must(t, s.SetRcvtimeo(-1))
	must(t, s.SetSndtimeo(-1))
	b, err := s.RecvBytes(zmq.DONTWAIT)
	if b == nil || len(b) > 0 || err != again {
		t.Errorf("RecvBytes: %v %v", b, err)
	}
	list, err := s.RecvMessage(zmq.DONTWAIT)
	if list == nil || len(list) > 0 || err != again {
		t.Errorf("RecvMessage: %v %v", list, err)
	}
	n, err = s.SendMessageDontwait("x", "y")
	same(t, "SendMessageDontwait", fmt.Sprint(n, err), fmt.Sprint(-1, again))
}

func TestStates(t *testing.T) {
	ctx := newContext(t)
	req, rep := open(t, ctx, zmq.REQ), open(t, ctx, zmq.REP)
	_, err := req.Recv(0)
	same(t, "REQ", err, error(zmq.EFSM))
	n, err := rep.Send("x", 0)
	same(t, "REP", fmt.Sprint(n, err), fmt.Sprint(-1, zmq.EFSM))
	_, err = open(t, ctx, zmq.PUSH).Recv(0)
	same(t, "PUSH", err, error(zmq.ENOTSUP))
	_, err = open(t, ctx, zmq.PULL).Send("x", 0)
	same(t, "PULL", err, error(zmq.ENOTSUP))
	router := open(t, ctx, zmq.ROUTER)
	must(t, router.SetRouterMandatory(1))
	n, err = router.SendMessage("nobody", "x")
	same(t, "ROUTER", fmt.Sprint(n, err), fmt.Sprint(-1, zmq.EHOSTUNREACH))
}

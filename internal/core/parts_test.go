package core

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// pair connects a socket of each type over inproc.
func pair(t *testing.T, bound, connected string) (b, c *Socket) {
	t.Helper()
	ctx := NewContext()
	make := func(name string) *Socket {
		row, _ := pattern.ByName(name)
		s, err := NewSocket(ctx, row.Type)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	b, c = make(bound), make(connected)
	t.Cleanup(func() { ctx.Close(t.Context()) })
	if _, err := b.Bind("inproc://x"); err != nil {
		t.Fatal(err)
	}
	if err := c.Connect("inproc://x"); err != nil {
		t.Fatal(err)
	}
	return b, c
}

func set(t *testing.T, s *Socket, name string, x any) {
	t.Helper()
	if err := s.Set(opt.ByName(name), x); err != nil {
		t.Fatal(err)
	}
}

func sendParts(t *testing.T, s *Socket, parts ...string) {
	t.Helper()
	for i, p := range parts {
		if err := s.SendPart(t.Context(), []byte(p), nil, i < len(parts)-1, false); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
}

// recvParts receives one message, by its parts.
func recvParts(t *testing.T, s *Socket) (parts []string) {
	t.Helper()
	for {
		var p Part
		if err := s.RecvPart(t.Context(), false, &p); err != nil {
			t.Fatal(err)
		}
		if p.Data == nil {
			t.Error("a part is nil")
		}
		if p.More != s.RcvMore() {
			t.Error("RcvMore says something else")
		}
		parts = append(parts, string(p.Data))
		p.Release()
		if !p.More {
			return parts
		}
	}
}

func TestParts(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	big := strings.Repeat("b", 20_000)
	for _, parts := range [][]string{
		{"one"}, {""}, {"a", "b", "c"}, {"", "", ""}, {big}, {"head", big, "tail"},
	} {
		sendParts(t, push, parts...)
		if got := recvParts(t, pull); strings.Join(got, "|") != strings.Join(parts, "|") {
			t.Errorf("%.40q arrived as %.40q", parts, got)
		}
	}
	if err := push.SendPartString(t.Context(), big, false, false); err != nil {
		t.Fatal(err)
	}
	if err := push.SendPartString(t.Context(), "small", true, false); err != nil {
		t.Fatal(err)
	}
	if err := push.SendPartString(t.Context(), "end", false, false); err != nil {
		t.Fatal(err)
	}
	if got := recvParts(t, pull); len(got) != 1 || got[0] != big {
		t.Error("a large text did not arrive")
	}
	if got := recvParts(t, pull); strings.Join(got, "|") != "small|end" {
		t.Errorf("texts arrived as %q", got)
	}
}

// Nothing of a message is seen before its last part was sent, and the buffer
// of a part is the caller's again.
func TestPartsAreHeldBack(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	b := []byte("first")
	if err := push.SendPart(t.Context(), b, nil, true, false); err != nil {
		t.Fatal(err)
	}
	copy(b, "other")
	var p Part
	if err := pull.RecvPart(t.Context(), true, &p); err != errno.EAGAIN {
		t.Fatalf("half a message: %v", err)
	}
	sendParts(t, push, "second")
	if got := recvParts(t, pull); strings.Join(got, "|") != "first|second" {
		t.Errorf("got %q", got)
	}
}

// What makes a message impossible is found at its first part.
func TestFirstPartRefused(t *testing.T) {
	try := func(s *Socket, part string, want error) {
		t.Helper()
		if err := s.SendPart(t.Context(), []byte(part), nil, true, true); err != want {
			t.Errorf("%s: %v, want %v", s.Row().Name, err, want)
		}
	}
	rep, req := pair(t, "REP", "REQ")
	try(rep, "reply", errno.EFSM)
	sendParts(t, req, "a", "b")
	try(req, "again", errno.EFSM)

	// The request is not read to its end.
	var p Part
	if err := rep.RecvPart(t.Context(), false, &p); err != nil || !p.More {
		t.Fatal(err, p.More)
	}
	if in, out, _ := rep.Ready(); !in || out {
		t.Errorf("in the middle of a request: in %v, out %v", in, out)
	}
	try(rep, "reply", errno.EFSM)
	if err := rep.SendPart(t.Context(), nil, nil, false, true); err != errno.EFSM {
		t.Errorf("reply in the middle of a request: %v", err)
	}
	if err := rep.RecvPart(t.Context(), false, &p); err != nil || p.More {
		t.Fatal(err, p.More)
	}
	if in, out, _ := rep.Ready(); in || !out {
		t.Errorf("a reply is owed: in %v, out %v", in, out)
	}
	sendParts(t, rep, "c", "d")
	recvParts(t, req)

	router, _ := pair(t, "ROUTER", "DEALER")
	set(t, router, "ROUTER_MANDATORY", true)
	try(router, "nobody", errno.EHOSTUNREACH)

	pull, push := pair(t, "PULL", "PUSH")
	try(pull, "x", errno.ENOTSUP)
	pull.StartClose()
	<-pull.Finished()
	try(push, "x", errno.EAGAIN)
	push.StartClose()
	try(push, "x", errno.ENOTSOCK)
}

// A relaxed REQ may ask again in the middle of a reply, which is forgotten.
func TestRelaxedInTheMiddle(t *testing.T) {
	rep, req := pair(t, "REP", "REQ")
	set(t, req, "REQ_RELAXED", true)
	sendParts(t, req, "1")
	recvParts(t, rep)
	sendParts(t, rep, "a", "b", "c")
	var p Part
	if err := req.RecvPart(t.Context(), false, &p); err != nil || !p.More {
		t.Fatal(err, p.More)
	}
	sendParts(t, req, "2")
	recvParts(t, rep)
	sendParts(t, rep, "d")
	if got := recvParts(t, req); strings.Join(got, "|") != "d" {
		t.Errorf("got %q", got)
	}
}

// A part that is released early does not give away its neighbours' memory.
func TestPartsReleaseEach(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	for i := range 200 {
		body := bytes.Repeat([]byte{byte(i)}, 3000)
		sendParts(t, push, "x", string(body))
		var first, second Part
		if err := pull.RecvPart(t.Context(), false, &first); err != nil {
			t.Fatal(err)
		}
		first.Release()
		if err := pull.RecvPart(t.Context(), false, &second); err != nil {
			t.Fatal(err)
		}
		sendParts(t, push, strings.Repeat("z", 3000))
		if !bytes.Equal(second.Data, body) {
			t.Fatal("a part has changed")
		}
		second.Release()
		recvParts(t, pull)
	}
}

// A message that fails at its last part is forgotten, all of it.
func TestLastPartRefused(t *testing.T) {
	pull, push := pair(t, "PULL", "PUSH")
	if err := push.SendPart(t.Context(), []byte("a"), nil, true, true); err != nil {
		t.Fatal(err)
	}
	pull.StartClose()
	<-pull.Finished()
	if err := push.SendPart(t.Context(), []byte("b"), nil, false, true); err != errno.EAGAIN {
		t.Fatalf("nobody is there: %v", err)
	}
	pull, err := NewSocket(push.Context(), pull.Row().Type)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pull.Bind("inproc://x"); err != nil {
		t.Fatal(err)
	}
	if err := push.Connect("inproc://x"); err != nil {
		t.Fatal(err)
	}
	sendParts(t, push, "c")
	if got := recvParts(t, pull); strings.Join(got, "|") != "c" {
		t.Errorf("got %q", got)
	}
}

// Fault A6: a message of bare bytes is a name and data. SNDMORE behind the data is
// ignored, as in libzmq: the data is sent, and the next part is a name again.
func TestMoreBehindBareData(t *testing.T) {
	router, dealer := pair(t, "ROUTER", "DEALER")
	set(t, router, "ROUTER_RAW", true)
	sendParts(t, dealer, "hello")
	name := recvParts(t, router)[0]
	send := func(s *Socket, name, data string) {
		t.Helper()
		for _, part := range []string{name, data} {
			if err := s.SendPart(t.Context(), []byte(part), nil, true, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, body := range []string{"one", "two"} {
		send(router, name, body)
		if got := recvParts(t, dealer); strings.Join(got, "|") != body {
			t.Errorf("%q arrived as %q", body, got)
		}
	}

	server, client := streams(t)
	name = recvParts(t, server)[0] // it has come
	recvParts(t, client)
	for _, body := range []string{"one", "two"} {
		send(server, name, body)
	}
	var got string
	for got != "onetwo" && strings.HasPrefix("onetwo", got) {
		got += recvParts(t, client)[1]
	}
	if got != "onetwo" {
		t.Errorf("got %q", got)
	}
	if err := server.SendPart(t.Context(), []byte("nobody"), nil, true, true); err != errno.EHOSTUNREACH {
		t.Errorf("a name that is none: %v", err)
	}
}

// streams is two STREAM sockets, connected over tcp.
func streams(t *testing.T) (server, client *Socket) {
	t.Helper()
	ctx := NewContext()
	t.Cleanup(func() { ctx.Close(t.Context()) })
	row, _ := pattern.ByName("STREAM")
	var both [2]*Socket
	for i := range both {
		s, err := NewSocket(ctx, row.Type)
		if err != nil {
			t.Fatal(err)
		}
		set(t, s, "LINGER", 0)
		both[i] = s
	}
	at, err := both[0].Bind("tcp://127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	if err := both[1].Connect(at); err != nil {
		t.Fatal(err)
	}
	return both[0], both[1]
}

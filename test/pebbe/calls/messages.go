package main

import (
	"errors"
	"fmt"
	"strings"

	zmq "github.com/pebbe/zmq4"
)

type thing struct{ A, B int }

// What SendMessage makes of its arguments, and what comes of it.
var _ = scenario("SendMessage", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		a, b := joined(scheme, zmq.PAIR, zmq.PAIR)
		for i, parts := range [][]any{
			{"one"},
			{"one", "two"},
			{[]byte("bytes")},
			{"", ""},
			{"a", ""},
			{[]byte{}},
			{[]byte(nil)},
			{[]string{"x", "y"}},
			{[]string{"x", "y"}, "z"},
			{"a", []string{"x", "y"}},
			{[][]byte{{1}, {2, 3}}},
			{"a", []string{}},
			{"a", []string{}, [][]byte{}},
			{"a", []string{}, "b"},
			{[]string{}, "b"},
			{nil},
			{"a", nil},
			{12, 3.5, true, 'x'},
			{thing{1, 2}, &thing{3, 4}},
			{errors.New("an error"), zmq.PUB},
			{[]int{1, 2}, map[string]int{"k": 1}},
			{strings.Repeat("long", 10000), "tail"},
		} {
			t.is(fmt.Sprintf("%s SendMessage %d", scheme, i))(a.SendMessage(parts...))
			t.say(fmt.Sprintf("%s received %d", scheme, i), short(b.RecvMessage(0)))
		}
		t.is(scheme + " SendMessage of nothing")(a.SendMessage())
		t.is(scheme + " SendMessage of empty lists")(a.SendMessage([]string{}, [][]byte{}))
		t.is(scheme + " RecvMessage of nothing")(b.RecvMessage(zmq.DONTWAIT))
		t.is(scheme + " RecvMessageBytes of nothing")(b.RecvMessageBytes(zmq.DONTWAIT))
		msg, meta, err := b.RecvMessageWithMetadata(zmq.DONTWAIT, "Socket-Type")
		t.is(scheme+" RecvMessageWithMetadata of nothing")(msg, meta, err)
		all, meta, err := b.RecvMessageBytesWithMetadata(zmq.DONTWAIT, "Socket-Type")
		t.is(scheme+" RecvMessageBytesWithMetadata of nothing")(all, meta, err)
		t.is(scheme + " SendMessageDontwait")(a.SendMessageDontwait("p", "q"))
		t.is(scheme + " RecvMessageBytes")(b.RecvMessageBytes(0))
	}
	alone := open(zmq.PUSH)
	t.is("SendMessageDontwait to nobody")(alone.SendMessageDontwait("a", "b"))
	t.is("SendMessage list to nobody")(alone.SendMessageDontwait([]string{"a", "b"}))
	t.is("SendMessage bytes to nobody")(alone.SendMessageDontwait([]byte("a")))
	t.is("SendMessage other to nobody")(alone.SendMessageDontwait(1))
})

func short(msg []string, err error) string {
	s := fmt.Sprintf("%q, %v", msg, err)
	if len(s) > 200 {
		return fmt.Sprintf("%s... %d parts, %d", s[:20], len(msg), len(s))
	}
	return s
}

var _ = scenario("parts", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp", "ipc"} {
		a, b := joined(scheme, zmq.PAIR, zmq.PAIR)
		say := func(call string) func(...any) { return t.is(scheme + " " + call) }
		say("Send more")(a.Send("1", zmq.SNDMORE))
		say("nothing is there before the last part")(b.Recv(zmq.DONTWAIT))
		say("Send bytes more, not waiting")(a.SendBytes([]byte("22"), zmq.SNDMORE|zmq.DONTWAIT))
		say("Send empty more")(a.Send("", zmq.SNDMORE))
		say("Send last")(a.Send("4444", 0))
		say("Recv")(b.Recv(0))
		say("more")(b.GetRcvmore())
		say("RecvBytes")(b.RecvBytes(0))
		say("Recv empty")(b.RecvBytes(0))
		say("more")(b.GetRcvmore())
		say("events in the midst")(b.GetEvents())
		say("Recv last")(b.Recv(0))
		say("more")(b.GetRcvmore())
		say("Recv none")(b.Recv(zmq.DONTWAIT))
		say("more after nothing")(b.GetRcvmore())
		say("Send nil")(a.SendBytes(nil, 0))
		say("Recv empty")(b.RecvBytes(0))
		say("unknown flags")(a.Send("x", 64))
		say("Recv with unknown flags")(b.Recv(64))
		say("Recv with SNDMORE")(a.Recv(zmq.SNDMORE | zmq.DONTWAIT))
		// RecvMessage takes what is left of a message.
		must(a.SendMessage("a", "b", "c"))
		say("first")(b.Recv(0))
		say("rest")(b.RecvMessage(0))
		// A message begun before a socket is closed is not sent.
		must(a.Send("begun", zmq.SNDMORE))
		check(a.Close())
		say("Recv of half a message")(b.Recv(zmq.DONTWAIT))
		// What a sender changes afterwards does not matter.
		c, d := joined(scheme, zmq.PAIR, zmq.PAIR)
		mine := []byte("before")
		must(c.SendBytes(mine, 0))
		copy(mine, "after!")
		say("copied")(d.Recv(0))
		got := must1(d, c)
		got = append(got, "!!"...)
		say("appended to")(got)
	}
})

func must1(to, from *zmq.Socket) []byte {
	must(from.Send("abc", 0))
	return must(to.RecvBytes(0))
}

var _ = scenario("wrong state", func(t *tape) {
	t.is("PULL sends")(open(zmq.PULL).Send("x", 0))
	t.is("PULL sends, not waiting")(open(zmq.PULL).Send("x", zmq.DONTWAIT))
	t.is("PUSH receives")(open(zmq.PUSH).Recv(0))
	t.is("PUSH receives a message")(open(zmq.PUSH).RecvMessage(0))
	t.is("SUB sends")(open(zmq.SUB).Send("x", 0))
	t.is("SUB sends more")(open(zmq.SUB).Send("x", zmq.SNDMORE))
	t.is("PUB receives")(open(zmq.PUB).Recv(0))
	t.is("PUB sends to nobody")(open(zmq.PUB).Send("x", 0))
	t.is("XPUB sends to nobody")(open(zmq.XPUB).SendMessage("x", "y"))
	t.is("XSUB sends to nobody")(open(zmq.XSUB).Send("x", 0))
	t.is("XSUB subscribes with nobody")(open(zmq.XSUB).Send("\x01x", 0))
	t.is("XPUB receives none")(open(zmq.XPUB).Recv(zmq.DONTWAIT))
	t.is("PAIR alone sends")(open(zmq.PAIR).Send("x", zmq.DONTWAIT))
	t.is("PAIR alone receives")(open(zmq.PAIR).Recv(zmq.DONTWAIT))
	t.is("DEALER alone sends")(open(zmq.DEALER).Send("x", zmq.DONTWAIT))
	t.is("DEALER alone sends more")(open(zmq.DEALER).Send("x", zmq.DONTWAIT|zmq.SNDMORE))
	t.is("PUSH alone sends")(open(zmq.PUSH).Send("x", zmq.DONTWAIT))
	router := open(zmq.ROUTER)
	t.is("ROUTER sends to nobody")(router.SendMessage("nobody", "x"))
	t.is("ROUTER sends one part")(router.Send("nobody", 0))
	t.is("ROUTER sends an empty name")(router.SendMessage("", "x"))
	check(router.SetRouterMandatory(1))
	t.is("mandatory ROUTER sends to nobody")(router.SendMessage("nobody", "x"))
	t.is("mandatory ROUTER sends one part")(router.Send("nobody", 0))
	t.is("mandatory ROUTER sends a name")(router.Send("nobody", zmq.SNDMORE))
	t.is("mandatory ROUTER sends a body after that")(router.Send("x", 0))
	stream := open(zmq.STREAM)
	t.is("STREAM sends to nobody")(stream.Send("nobody", zmq.SNDMORE))
	t.is("STREAM sends one part")(stream.Send("nobody", 0))
	t.is("REQ receives first")(open(zmq.REQ).Recv(0))
	t.is("REQ alone sends")(open(zmq.REQ).Send("x", zmq.DONTWAIT))
	t.is("REP sends first")(open(zmq.REP).Send("x", 0))
	t.is("REP receives none")(open(zmq.REP).Recv(zmq.DONTWAIT))
	t.is("subscribe on PUB")(open(zmq.PUB).SetSubscribe("x"))
	t.is("subscribe on XSUB")(open(zmq.XSUB).SetSubscribe("x"))
	t.is("subscribe on XPUB")(open(zmq.XPUB).SetSubscribe("x"))
	t.is("unsubscribe unknown")(open(zmq.SUB).SetUnsubscribe("x"))
	t.is("RecvEvent on none")(open(zmq.PAIR).RecvEvent(zmq.DONTWAIT))
})

var _ = scenario("timeouts", func(t *tape) {
	s := open(zmq.DEALER)
	check(s.SetRcvtimeo(moment))
	check(s.SetSndtimeo(moment))
	t.soon("Recv times out", patience, func() { t.is("Recv")(s.Recv(0)) })
	t.soon("Send times out", patience, func() { t.is("Send")(s.Send("x", 0)) })
	t.soon("RecvMessage times out", patience, func() { t.is("RecvMessage")(s.RecvMessage(0)) })
	t.soon("SendMessage times out", patience, func() { t.is("SendMessage")(s.SendMessage("x", "y")) })
	check(s.SetRcvtimeo(0))
	check(s.SetSndtimeo(0))
	t.is("Recv at once")(s.Recv(0))
	t.is("Send at once")(s.Send("x", 0))
	check(s.SetRcvtimeo(-1))
	t.soon("Recv for ever", moment, func() { s.Recv(0) })
})

var _ = scenario("metadata", func(t *tape) {
	props := []string{"Socket-Type", "Identity", "Routing-Id", "User-Id", "Peer-Address", "X-none", "", "socket-type", "__fd"}
	for _, scheme := range []string{"inproc", "tcp"} {
		a, b := open(zmq.DEALER), open(zmq.REP)
		check(a.SetIdentity("anna"))
		check(a.Connect(bound(b, scheme)))
		must(a.SendMessage("", "one", "two"))
		s, meta, err := b.RecvWithMetadata(0, props[:8]...)
		t.is(scheme+" RecvWithMetadata")(s, meta, err)
		fd := meta["__fd"]
		t.is(scheme + " no fd without asking")(fd)
		by, meta, err := b.RecvBytesWithMetadata(0, "Socket-Type")
		t.is(scheme+" RecvBytesWithMetadata")(by, meta, err)
		must(b.Send("reply", 0))
		msg, meta, err := a.RecvMessageWithMetadata(0, "Socket-Type", "Identity")
		t.is(scheme+" RecvMessageWithMetadata")(msg, meta, err)
		must(a.SendMessage("", "", "two"))
		all, meta, err := b.RecvMessageBytesWithMetadata(0)
		t.is(scheme+" RecvMessageBytesWithMetadata")(all, meta, err)
		_, meta, err = b.RecvWithMetadata(zmq.DONTWAIT, "Socket-Type")
		t.is(scheme+" RecvWithMetadata of nothing")(meta, err)
		_, meta, err = b.RecvBytesWithMetadata(zmq.DONTWAIT, "Socket-Type")
		t.is(scheme+" RecvBytesWithMetadata of nothing")(meta, err)
	}
})

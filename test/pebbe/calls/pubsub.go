package main

import (
	"fmt"

	zmq "github.com/pebbe/zmq4"
)

var _ = scenario("subscriptions", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		say := func(call string) func(...any) { return t.is(scheme + " " + call) }
		pub, sub := open(zmq.XPUB), open(zmq.SUB)
		check(sub.Connect(bound(pub, scheme)))
		step := func(call string, err error) {
			say(call)(err)
			say(call + ", at the publisher")(pub.Recv(0))
		}
		step("subscribe a", sub.SetSubscribe("a"))
		say("subscribe a again")(sub.SetSubscribe("a"))
		step("subscribe ab", sub.SetSubscribe("ab"))
		say("unsubscribe a once")(sub.SetUnsubscribe("a"))
		step("subscribe binary", sub.SetSubscribe("\x00\xff"))
		step("unsubscribe ab", sub.SetUnsubscribe("ab"))
		step("unsubscribe a twice", sub.SetUnsubscribe("a"))
		say("unsubscribe a thrice")(sub.SetUnsubscribe("a"))
		step("subscribe everything", sub.SetSubscribe(""))
		step("unsubscribe everything", sub.SetUnsubscribe(""))
		step("subscribe b", sub.SetSubscribe("b"))
		for _, topic := range []string{"a", "b", "ba", "", "cb", "\x00\xff!", "b\x00"} {
			must(pub.SendMessage(topic, "body"))
		}
		say("first")(sub.RecvMessage(0))
		say("second")(sub.RecvMessage(0))
		say("third")(sub.RecvMessage(0))
		say("fourth")(sub.RecvMessage(0))
		say("no fifth")(sub.RecvMessage(zmq.DONTWAIT))
		check(sub.Close())
		say("its end")(pub.Recv(0))
		say("and that")(pub.Recv(0))
	}
})

var _ = scenario("xpub", func(t *tape) {
	for _, scheme := range []string{"inproc", "tcp"} {
		say := func(call string) func(...any) { return t.is(scheme + " " + call) }
		pub, sub, user := open(zmq.XPUB), open(zmq.SUB), open(zmq.XSUB)
		check(pub.SetXpubWelcomeMsg("welcome"))
		check(pub.SetXpubVerboser(1))
		addr := bound(pub, scheme)
		check(sub.SetSubscribe("welcome"))
		check(sub.Connect(addr))
		say("subscribed")(pub.Recv(0))
		say("welcome")(sub.Recv(0))
		check(user.Connect(addr))
		say("XSUB subscribes")(user.Send("\x01welcome", 0))
		say("verbose")(pub.Recv(0))
		say("XSUB says something")(user.SendMessage("hello", "you"))
		say("XPUB hears it")(pub.RecvMessage(0))
		say("XSUB unsubscribes what it has not")(user.Send("\x00nothing", 0))
		say("XSUB unsubscribes")(user.Send("\x00welcome", 0))
		settle()
		say("XPUB")(pub.Recv(0))
		say("XPUB, next")(pub.Recv(zmq.DONTWAIT))
		say("XSUB says nothing")(user.Send("", 0))
		say("XPUB hears nothing")(pub.RecvBytes(0))

		manual, fan := open(zmq.XPUB), open(zmq.SUB)
		check(manual.SetXpubManual(1))
		check(fan.SetSubscribe("A"))
		check(fan.Connect(bound(manual, scheme)))
		say("manual")(manual.Recv(0))
		say("gives another")(manual.SetSubscribe("B"))
		must(manual.SendMessage("A", "1"))
		must(manual.SendMessage("B", "2"))
		check(fan.SetSubscribe("B"))
		say("next")(manual.Recv(0))
		settle()
		say("fan")(fan.RecvMessage(zmq.DONTWAIT))
		say("fan, then")(fan.RecvMessage(zmq.DONTWAIT))
	}
})

var _ = scenario("invert", func(t *tape) {
	pub, sub := open(zmq.XPUB), open(zmq.SUB)
	check(pub.SetInvertMatching(1))
	check(sub.SetInvertMatching(1))
	check(sub.SetSubscribe("a"))
	check(sub.Connect(bound(pub, "tcp")))
	must(pub.Recv(0))
	for _, topic := range []string{"a1", "b1", "a2", "c1"} {
		must(pub.Send(topic, 0))
	}
	t.is("first")(sub.Recv(0))
	t.is("second")(sub.Recv(0))
	t.is("no third")(sub.Recv(zmq.DONTWAIT))
})

var _ = scenario("many topics", func(t *tape) {
	pub, sub := open(zmq.XPUB), open(zmq.SUB)
	check(sub.Connect(bound(pub, "tcp")))
	for n := range 500 {
		check(sub.SetSubscribe(fmt.Sprintf("topic-%03d", n)))
		must(pub.Recv(0))
	}
	for n := range 1000 {
		must(pub.SendMessage(fmt.Sprintf("topic-%03d", n)))
	}
	for range 500 {
		if _, err := sub.Recv(0); err != nil {
			t.is("too few")(err)
			return
		}
	}
	t.is("no more")(sub.Recv(zmq.DONTWAIT))
})

var _ = scenario("stream", func(t *tape) {
	server, client := open(zmq.STREAM), open(zmq.STREAM)
	addr := bound(server, "tcp")
	check(client.Connect(addr))
	t.is("client is told of the connection")(named(client.RecvMessage(0)))
	hello := must(server.RecvMessage(0))
	t.is("and the server")(len(hello[0]), hello[1])
	t.is("server sends")(server.SendMessage(hello[0], "raw"))
	got := must(client.RecvMessage(0))
	t.is("client")(len(got[0]), got[1])
	t.is("SNDMORE behind data is ignored")(server.SendMessage(hello[0], "a", hello[0], "b"))
	for data := ""; data != "ab"; {
		data += must(client.RecvMessage(0))[1]
	}
	t.is("server closes")(server.SendMessage(hello[0], ""))
	t.is("client is told")(named(client.RecvMessage(0)))
	t.is("server sends to nobody")(server.SendMessage(hello[0], "x"))
})

// named hides the name that a message begins with, which is made up.
func named(msg []string, err error) (int, []string, error) {
	if err != nil {
		return 0, nil, err
	}
	return len(msg[0]), msg[1:], nil
}

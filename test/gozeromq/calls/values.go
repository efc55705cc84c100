package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
	"github.com/go-zeromq/zmq4/security/plain"
	"github.com/go-zeromq/zmq4/transport"
)

var _ = scenario("messages", func(t *tape) {
	t.is("NewMsg(nil)")(zmq4.NewMsg(nil))
	t.is("NewMsg")(zmq4.NewMsg([]byte("a")))
	t.is("NewMsgFrom()")(zmq4.NewMsgFrom())
	t.is("NewMsgFrom")(zmq4.NewMsgFrom([]byte("a"), nil, []byte{}))
	t.is("NewMsgString of nothing")(zmq4.NewMsgString(""))
	t.is("NewMsgFromString")(zmq4.NewMsgFromString([]string{"a", "", "b"}))
	t.is("NewMsgFromString(nil)")(zmq4.NewMsgFromString(nil))
	m := zmq4.NewMsgFrom([]byte("a\x00"), nil, []byte("b\""))
	t.is("Bytes")(m.Bytes())
	t.is("Bytes of nothing")(zmq4.Msg{}.Bytes())
	t.is("String")(m.String())
	t.is("String of nothing")(zmq4.Msg{}.String())
	t.is("Clone")(m.Clone())
	t.is("Clone of a command")(zmq4.Msg{Type: zmq4.CmdMsg, Frames: m.Frames}.Clone())
	t.is("Clone of nothing")(zmq4.Msg{}.Clone())
	t.is("Err")(m.Err())
	t.is("types")(zmq4.UsrMsg, zmq4.CmdMsg)
	t.is("identity")(zmq4.SocketIdentity("id").String())
	t.is("long identity")(zmq4.SocketIdentity(strings.Repeat("x", 300)).String())
})

var _ = scenario("types", func(t *tape) {
	for _, a := range types {
		for _, b := range types {
			t.is(fmt.Sprintf("%s and %s", a.name, b.name))(a.name.IsCompatible(b.name))
		}
	}
	t.is("PAIR and STREAM")(zmq4.Pair.IsCompatible("STREAM"))
	t.runs("STREAM and PAIR", func() []any { return []any{zmq4.SocketType("STREAM").IsCompatible(zmq4.Pair)} })
})

var _ = scenario("queue", func(t *tape) {
	q := zmq4.NewQueue()
	t.is("Len")(q.Len())
	t.is("Peek")(q.Peek())
	t.runs("Pop of nothing", func() []any { q.Pop(); return nil })
	for _, f := range []string{"a", "b", "c"} {
		q.Push(zmq4.NewMsgString(f))
	}
	t.is("Len")(q.Len())
	t.is("Peek")(q.Peek())
	q.Pop()
	t.is("Peek")(q.Peek())
	q.Init()
	t.is("Len")(q.Len())
	t.is("Peek")(q.Peek())
})

var _ = scenario("metadata", func(t *tape) {
	for _, md := range []zmq4.Metadata{{}, {"Socket-Type": "REQ"}, {"Identity": ""}, {"key": "v"}, {"x-y z": "v"}, {"": "v"}, {"a": "1", "A": "2"}} {
		t.is(fmt.Sprintf("MarshalZMTP of %q", map[string]string(md)))(md.MarshalZMTP())
	}
	for _, raw := range []string{"", "\x01a\x00\x00\x00\x01b", "\x0bsocket-type\x00\x00\x00\x01b", "\x01a\x00\x00\x00\x02b", "\x09a", "\x01a\x00", "\x00\x00\x00\x00\x00"} {
		t.runs(fmt.Sprintf("UnmarshalZMTP of %q", raw), func() []any {
			md := zmq4.Metadata{}
			err := md.UnmarshalZMTP([]byte(raw))
			return []any{err, fmt.Sprintf("%q", map[string]string(md))}
		})
		t.runs(fmt.Sprintf("Write of %q", raw), func() []any {
			var p zmq4.Property
			n, err := p.Write([]byte(raw))
			return []any{n, err, p.K, p.V}
		})
	}
	p := zmq4.Property{K: "socket-type", V: "v"}
	for _, size := range []int{0, 16, 17, 30} {
		t.runs(fmt.Sprintf("Read into %d bytes", size), func() []any {
			b := make([]byte, size)
			n, err := p.Read(b)
			return []any{n, err, b}
		})
	}
	b, err := io.ReadAll(io.LimitReader(p, 17))
	t.is("ReadAll")(b, err)
})

var _ = scenario("transports", func(t *tape) {
	t.is("Transports")(zmq4.Transports())
	t.is("tcp again")(zmq4.RegisterTransport("tcp", transport.New("tcp")))
	t.is("another")(zmq4.RegisterTransport("another", transport.New("tcp")))
	t.is("Transports")(zmq4.Transports())
	t.is("UnknownTransportError")(zmq4.UnknownTransportError{Name: "x"})
	for _, network := range []string{"tcp", "udp", "unix", "x"} {
		for _, ep := range []string{"a:1", ":1", "*:*", "a:", "a", "", "[::1]:5", "127.0.0.1:0"} {
			t.is(fmt.Sprintf("%s Addr(%q)", network, ep))(transport.New(network).Addr(ep))
		}
	}
})

var _ = scenario("security values", func(t *tape) {
	for _, sec := range []zmq4.Security{null.Security(), plain.Security("u", "p")} {
		var b strings.Builder
		t.is(string(sec.Type()) + " Encrypt")(sec.Encrypt(&b, []byte("abc")))
		t.is(string(sec.Type()) + " encrypted")(b.String())
		b.Reset()
		t.is(string(sec.Type()) + " Decrypt")(sec.Decrypt(&b, []byte("abc")))
		t.is(string(sec.Type()) + " decrypted")(b.String())
	}
	t.runs("Open of nothing", func() []any {
		_, err := zmq4.Open(nil, null.Security(), zmq4.Pull, nil, false, nil)
		return []any{err}
	})
})

var _ = scenario("options", func(t *tape) {
	for _, typ := range types {
		s := typ.make(ctx)
		name := func(call string) string { return string(typ.name) + " " + call }
		t.is(name("Type"))(s.Type())
		t.is(name("Addr"))(s.Addr())
		t.is(name("GetOption before"))(s.GetOption(zmq4.OptionHWM))
		for _, c := range []struct {
			option string
			value  any
		}{{zmq4.OptionHWM, 5}, {zmq4.OptionHWM, "5"}, {zmq4.OptionSubscribe, "t"}, {zmq4.OptionUnsubscribe, "t"}, {"other", 7}} {
			t.is(name(fmt.Sprintf("SetOption(%s, %#v)", c.option, c.value)))(s.SetOption(c.option, c.value))
			t.is(name(fmt.Sprintf("GetOption after %s, %#v", c.option, c.value)))(s.GetOption(c.option))
		}
		t.runs(name("SetOption(SUBSCRIBE, []byte)"), func() []any { return []any{s.SetOption(zmq4.OptionSubscribe, []byte("b"))} })
		if topics, ok := s.(zmq4.Topics); ok {
			t.is(name("Topics"))(topics.Topics())
		}
	}
})

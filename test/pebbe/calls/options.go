package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	zmq "github.com/pebbe/zmq4"
)

var types = []zmq.Type{zmq.PAIR, zmq.PUB, zmq.SUB, zmq.REQ, zmq.REP, zmq.DEALER, zmq.ROUTER, zmq.PULL, zmq.PUSH, zmq.XPUB, zmq.XSUB, zmq.STREAM}

// What the setters are given, by the type of what they take. Setters are not
// given what the kernel or the machine decides about.
var given = map[reflect.Type][]any{
	reflect.TypeFor[int]():    {-3, -2, -1, 0, 1, 2, 3, 4, 63, 64, 255, 256, 1500, 65535, 65536, 6553599, 6553600, 1<<31 - 1, 1 << 31, 1<<32 + 5, -1 << 31},
	reflect.TypeFor[int64]():  {int64(-2), int64(-1), int64(0), int64(1), int64(1) << 40, int64(-1) << 62},
	reflect.TypeFor[uint64](): {uint64(0), uint64(1), uint64(1) << 40, ^uint64(0)},
	reflect.TypeFor[bool]():   {true, false},
	reflect.TypeFor[string](): {"", "a", "\x00", "a\x00b", "127.0.0.1", "127.0.0.1/8", "127.0.0.1/33", "::1", "::1/129", "X-a:b",
		strings.Repeat("k", 5), strings.Repeat("k", 32), strings.Repeat("k", 40), strings.Repeat("k", 41), strings.Repeat(" ", 40), strings.Repeat("k", 255), strings.Repeat("k", 256), strings.Repeat("k", 4000)},
	reflect.TypeFor[time.Duration](): {time.Duration(-1), time.Duration(-2), -time.Millisecond, -2 * time.Millisecond, time.Duration(0), time.Duration(1), time.Millisecond - 1,
		time.Millisecond, 1999 * time.Microsecond, time.Second, 6553599 * time.Millisecond, 6553600 * time.Millisecond,
		time.Duration(1<<31-1) * time.Millisecond, time.Duration(1<<31) * time.Millisecond, time.Hour * 24 * 365},
}

// Every getter of every type says the default.
var _ = scenario("options defaults", func(t *tape) {
	for _, typ := range types {
		s := open(typ)
		// As made, but for what open sets.
		check(s.SetLinger(-1))
		for name, get := range methods(s, "Get") {
			if get.Type().NumIn() == 0 && name != "GetFd" {
				t.is(fmt.Sprintf("%v %s", typ, name))(values(get.Call(nil))...)
			}
		}
		check(s.SetLinger(0))
		check(s.Close())
	}
	for _, typ := range types {
		s := must(zmq.NewSocket(typ))
		t.is(fmt.Sprintf("%v linger at first", typ))(s.GetLinger())
		t.is(fmt.Sprintf("%v timeouts at first", typ))(s.GetRcvtimeo())
		fd, err := s.GetFd()
		t.is(fmt.Sprintf("%v fd", typ))(fd > 2, err)
		check(s.SetLinger(0))
		check(s.Close())
	}
})

// Every setter, with every value of its kind, and what the getter says then.
func setters(t *tape, typ zmq.Type) {
	s := open(typ)
	defer s.Close()
	for name, set := range methods(s, "Set") {
		for _, v := range given[set.Type().In(0)] {
			if why := unsettable(name, v); why != "" {
				continue
			}
			call := fmt.Sprintf("%v %s(%s)", typ, name, brief(v))
			t.is(call)(values(set.Call([]reflect.Value{reflect.ValueOf(v)}))...)
			if get := getter(s, name); get.IsValid() {
				t.is(call + ", then get")(values(get.Call(nil))...)
			}
		}
	}
}

// What libzmq must not be given.
func unsettable(name string, v any) string {
	switch {
	case name == "SetTcpAcceptFilter" && v == "::1/129":
		return "ends the process"
	}
	return ""
}

// getter is the getter that fits a setter, if there is one that needs no
// particular state.
func getter(s *zmq.Socket, set string) reflect.Value {
	name := "Get" + strings.TrimPrefix(set, "Set")
	switch set {
	case "SetUseFd":
		name = "Getusefd"
	case "SetCurvePublickey":
		name = "GetCurvePublickeykeyZ85"
	case "SetCurveSecretkey", "SetCurveServerkey":
		name += "Z85"
	case "SetSubscribe", "SetUnsubscribe":
		name = "GetRcvmore"
	}
	return reflect.ValueOf(s).MethodByName(name)
}

func init() {
	for _, typ := range types {
		scenario("options setters "+typ.String(), func(t *tape) { setters(t, typ) })
	}
}

var _ = scenario("options mechanism", func(t *tape) {
	key := "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
	s := open(zmq.DEALER)
	now := func(step string) { t.is(step)(s.GetMechanism()) }
	t.is("PlainServer")(s.SetPlainServer(1))
	now("plain server")
	t.is("CurveServer")(s.SetCurveServer(1))
	now("curve server")
	t.is("CurveServer 0")(s.SetCurveServer(0))
	now("curve server off")
	t.is("PlainUsername")(s.SetPlainUsername("joe"))
	now("user name")
	t.is("GetPlainServer")(s.GetPlainServer())
	t.is("PlainUsername none")(s.SetPlainUsername(""))
	now("no user name")
	t.is("CurvePublickey")(s.SetCurvePublickey(key))
	now("public key")
	t.is("get public key")(s.GetCurvePublickeykeyZ85())
	t.is("get public key raw")(s.GetCurvePublickeyRaw())
	t.is("CurveSecretkey")(s.SetCurveSecretkey(key))
	t.is("get secret key")(s.GetCurveSecretkeyZ85())
	t.is("get secret key raw")(s.GetCurveSecretkeyRaw())
	t.is("CurveServerkey")(s.SetCurveServerkey(key))
	t.is("get server key")(s.GetCurveServerkeyZ85())
	t.is("get server key raw")(s.GetCurveServerkeyRaw())
	t.is("PlainPassword")(s.SetPlainPassword("secret"))
	now("password")
	t.is("ServerAuthNull")(s.ServerAuthNull("global"))
	now("server null")
	t.is("domain")(s.GetZapDomain())
	t.is("ServerAuthPlain")(s.ServerAuthPlain("plain"))
	now("server plain")
	t.is("domain")(s.GetZapDomain())
	t.is("ServerAuthCurve")(s.ServerAuthCurve("curve", key))
	now("server curve")
	t.is("domain")(s.GetZapDomain())
	t.is("ClientAuthPlain")(s.ClientAuthPlain("a", "b"))
	now("client plain")
	t.is("ClientAuthCurve")(s.ClientAuthCurve(key, key, key))
	now("client curve")
	t.is("ClientAuthCurve bad")(s.ClientAuthCurve("x", key, key))
	t.is("ServerAuthCurve bad")(s.ServerAuthCurve("curve", "x"))
	t.is("ServerAuthNull no domain")(s.ServerAuthNull(""))
	t.is("domain")(s.GetZapDomain())
})

// After a socket is bound and connected, setters still work.
var _ = scenario("options late", func(t *tape) {
	a, b := joined("tcp", zmq.DEALER, zmq.DEALER)
	t.is("identity")(a.SetIdentity("late"))
	t.is("hwm")(a.SetSndhwm(3))
	t.is("ipv6")(b.SetIpv6(true))
	t.is("get ipv6")(b.GetIpv6())
	t.is("type")(a.GetType())
	t.is("more")(a.GetRcvmore())
	t.is("events")(open(zmq.REP).GetEvents())
	t.is("events of an alone dealer")(open(zmq.DEALER).GetEvents())
	t.is("events of an alone req")(open(zmq.REQ).GetEvents())
	t.is("events of an alone pub")(open(zmq.PUB).GetEvents())
	t.is("events of an alone router")(open(zmq.ROUTER).GetEvents())
	t.is("events of an alone stream")(open(zmq.STREAM).GetEvents())
})

func brief(v any) string {
	if s, ok := v.(string); ok && len(s) > 10 && strings.Trim(s, s[:1]) == "" {
		return fmt.Sprintf("%d times %q", len(s), s[:1])
	}
	return fmt.Sprintf("%#v", v)
}

// methods yields the methods of a socket with a prefix, in the order of their
// names.
func methods(s *zmq.Socket, prefix string) func(yield func(string, reflect.Value) bool) {
	return func(yield func(string, reflect.Value) bool) {
		v := reflect.ValueOf(s)
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			if strings.HasPrefix(name, prefix) && !yield(name, v.Method(i)) {
				return
			}
		}
	}
}

func values(results []reflect.Value) []any {
	all := make([]any, len(results))
	for i, r := range results {
		all[i] = r.Interface()
	}
	return all
}

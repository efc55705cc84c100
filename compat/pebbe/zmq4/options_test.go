package zmq4_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

// TestOptionsRoundTrip sets every option that can be read to something new, and
// reads it.
func TestOptionsRoundTrip(t *testing.T) {
	ctx := newContext(t)
	key := zmq.Z85encode(strings.Repeat("k", 32))
	special := map[string]any{
		"TcpKeepalive": 1, "PlainServer": 1, "CurveServer": 1, "HeartbeatTtl": 300 * time.Millisecond, "UseFd": 7, "InvertMatching": 1,
	}
	reads := map[string]string{"UseFd": "Getusefd"}
	for i := range reflect.TypeFor[*zmq.Socket]().NumMethod() {
		name, ok := strings.CutPrefix(reflect.TypeFor[*zmq.Socket]().Method(i).Name, "Set")
		if !ok || strings.HasPrefix(name, "Curve") || strings.HasPrefix(name, "Vmci") {
			continue
		}
		s := reflect.ValueOf(open(t, ctx, zmq.DEALER))
		getter, ok := reads[name]
		if !ok {
			getter = "Get" + name
		}
		get, set := s.MethodByName(getter), s.MethodByName("Set"+name)
		if !get.IsValid() {
			continue
		}
		want := special[name]
		if want == nil {
			want = sample(t, set.Type().In(0))
		}
		if err := set.Call([]reflect.Value{reflect.ValueOf(want)})[0].Interface(); err != nil {
			t.Errorf("Set%s(%v): %v", name, want, err)
			continue
		}
		out := get.Call(nil)
		if err := out[1].Interface(); err != nil || out[0].Interface() != want {
			t.Errorf("Get%s: %v (%v), want %v", name, out[0], err, want)
		}
	}
	s := open(t, ctx, zmq.DEALER)
	must(t, s.SetCurveSecretkey(key))
	got, err := s.GetCurveSecretkeyZ85()
	must(t, err)
	same(t, "key", got, key)
	got, err = s.GetCurveSecretkeyRaw()
	must(t, err)
	same(t, "key", got, strings.Repeat("k", 32))
	same(t, "key of the wrong size", s.SetCurveServerkey("short"), error(invalid))
	m, err := s.GetMechanism()
	must(t, err)
	same(t, "mechanism", m, zmq.CURVE)
}

func sample(t *testing.T, kind reflect.Type) any {
	switch kind {
	case reflect.TypeFor[int]():
		return 17
	case reflect.TypeFor[int64]():
		return int64(1 << 40)
	case reflect.TypeFor[uint64]():
		return uint64(5)
	case reflect.TypeFor[bool]():
		return true
	case reflect.TypeFor[string]():
		return "text"
	case reflect.TypeFor[time.Duration]():
		return 1234 * time.Millisecond
	}
	t.Fatalf("an option of type %v", kind)
	return nil
}

func TestDefaults(t *testing.T) {
	ctx := newContext(t)
	s, err := ctx.NewSocket(zmq.DEALER)
	must(t, err)
	defer s.Close()
	for name, want := range map[string]string{
		"GetSndhwm": "1000", "GetRcvhwm": "1000", "GetLinger": "-1ns", "GetRcvtimeo": "-1ns", "GetSndtimeo": "-1ns",
		"GetReconnectIvl": "100ms", "GetReconnectIvlMax": "0s", "GetMaxmsgsize": "-1", "GetBacklog": "100", "GetRate": "100",
		"GetRecoveryIvl": "10s", "GetImmediate": "false", "GetIdentity": "", "GetTos": "0", "GetTcpKeepalive": "-1",
		"GetHandshakeIvl": "30s", "GetMechanism": "NULL", "GetPlainServer": "0", "GetRcvmore": "false", "GetType": "DEALER",
		"GetEvents": "<NONE>", "GetLastEndpoint": "", "Getusefd": "-1", "GetInvertMatching": "0", "GetThreadSafe": "false",
		"GetMulticastHops": "1", "GetMulticastMaxtpdu": "1500", "GetConnectTimeout": "0s", "GetTcpMaxrt": "0s", "GetAffinity": "0",
		"GetCurvePublickeykeyZ85": strings.Repeat("0", 40),
	} {
		out := reflect.ValueOf(s).MethodByName(name).Call(nil)
		same(t, name, fmt.Sprintf("%v %v", out[0], out[1]), want+" <nil>")
	}
	_, err = s.GetVmciBufferSize()
	same(t, "VMCI", err, error(invalid))
}

// Times count in whole milliseconds; -1 alone stands for no end.
func TestDurations(t *testing.T) {
	ctx := newContext(t)
	s := open(t, ctx, zmq.DEALER)
	for _, c := range []struct {
		set  func(time.Duration) error
		get  func() (time.Duration, error)
		wait bool // -1 stands for no end
	}{
		{s.SetLinger, s.GetLinger, true},
		{s.SetRcvtimeo, s.GetRcvtimeo, true},
		{s.SetSndtimeo, s.GetSndtimeo, true},
		{s.SetReconnectIvl, s.GetReconnectIvl, true},
		{s.SetReconnectIvlMax, s.GetReconnectIvlMax, false},
		{s.SetHandshakeIvl, s.GetHandshakeIvl, false},
	} {
		last := time.Duration(-1)
		if !c.wait {
			last = 0
		}
		for _, d := range [][2]time.Duration{
			{1999 * time.Microsecond, time.Millisecond}, {999 * time.Microsecond, 0}, {-2, 0}, {-1, last}, {-time.Millisecond, -1},
		} {
			err := c.set(d[0])
			if d[1] < 0 && !c.wait {
				same(t, "a negative time", err, error(invalid))
				continue
			}
			must(t, err)
			got, err := c.get()
			must(t, err)
			same(t, fmt.Sprint("set to ", d[0]), got, d[1])
		}
		same(t, "a negative time", c.set(-5*time.Second), error(invalid))
	}
}

// A text ends where its trailing zeros begin; a key does not.
func TestTextsEnd(t *testing.T) {
	s := open(t, newContext(t), zmq.DEALER)
	must(t, s.SetIdentity("\x00id\x00\x00"))
	got, err := s.GetIdentity()
	must(t, err)
	same(t, "identity", got, "\x00id")
	key := strings.Repeat("k", 31) + "\x00"
	must(t, s.SetCurveServerkey(key))
	got, err = s.GetCurveServerkeyRaw()
	must(t, err)
	same(t, "key", got, key)
}

// An empty text clears some options, and is refused by others.
func TestEmptyTexts(t *testing.T) {
	ctx := newContext(t)
	s, xpub, router := open(t, ctx, zmq.DEALER), open(t, ctx, zmq.XPUB), open(t, ctx, zmq.ROUTER)
	must(t, s.SetPlainUsername("name"))
	must(t, s.SetPlainUsername(""))
	m, err := s.GetMechanism()
	must(t, err)
	same(t, "mechanism", m, zmq.NULL)
	must(t, s.SetPlainPassword(""))
	must(t, s.SetTcpAcceptFilter(""))
	must(t, s.SetSocksProxy("127.0.0.1:1"))
	must(t, s.SetSocksProxy(""))
	proxy, err := s.GetSocksProxy()
	must(t, err)
	same(t, "proxy", proxy, "")
	must(t, xpub.SetXpubWelcomeMsg(""))
	same(t, "identity", s.SetIdentity(""), error(invalid))
	same(t, "domain", s.SetZapDomain(""), error(invalid))
	same(t, "peer's identity", router.SetConnectRid(""), error(invalid))
}

func TestWrongOptions(t *testing.T) {
	ctx := newContext(t)
	s := open(t, ctx, zmq.PUSH)
	for what, err := range map[string]error{
		"HWM": s.SetSndhwm(-1), "subscription": s.SetSubscribe(""), "keepalive": s.SetTcpKeepalive(2), "identity": s.SetIdentity(strings.Repeat("x", 256)),
		"mandatory": s.SetRouterMandatory(1), "filter": s.SetTcpAcceptFilter("nowhere"), "notify": s.SetStreamNotify(1),
	} {
		same(t, what, err, error(invalid))
	}
}

func TestFd(t *testing.T) {
	pull, push := pair(t, "inproc", zmq.PULL, zmq.PUSH)
	fd, err := pull.GetFd()
	must(t, err)
	again, err := pull.GetFd()
	must(t, err)
	same(t, "descriptor", again, fd)
	_, err = push.Send("x", 0)
	must(t, err)
	state, err := pull.GetEvents()
	must(t, err)
	same(t, "events", state, zmq.POLLIN)
}

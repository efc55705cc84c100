package opt

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
)

func set(t *testing.T, v *Values, typ int, name string, x any) {
	t.Helper()
	if err := ByName(name).Set(v, typ, x); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, v *Values, typ int, name string) any {
	t.Helper()
	x, err := ByName(name).Get(v, typ)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Which of the first twelve types accept a valid value, as libzmq 4.3.4 does.
// Options that are not listed are accepted by all.
func TestWhoAcceptsWhat(t *testing.T) {
	want := map[int]string{
		6: "001000000100", 7: "001000000100", // on XPUB in manual mode, which is the socket's to check
		33: "000010100000", 40: "010000000100", 41: "000010100000", 51: "000111100000", 52: "000100000000",
		53: "000100000000", 56: "000010100000", 61: "000010100001", 69: "010000000100", 71: "010000000100",
		72: "010000000100", 73: "000000000001", 78: "010000000100", 98: "010000000100", 108: "010000000110",
	}
	for _, r := range Rows() {
		if r.Dir&W == 0 || r.Draft || r.Absent {
			continue
		}
		w, ok := want[r.ID]
		if !ok {
			w = strings.Repeat("1", 12)
		}
		got := ""
		for typ := range 12 {
			if _, err := r.Check(typ, sample(r)); err == nil {
				got += "1"
			} else {
				got += "0"
			}
		}
		if got != w {
			t.Errorf("%s: accepted by %s, want %s", r.Name, got, w)
		}
	}
}

// The values that getsockopt of libzmq 4.3.4 gives on a new DEALER.
func TestDefaultsAreLibzmqs(t *testing.T) {
	want := map[int]int64{4: 0, 8: 100, 9: 10000, 11: -1, 12: -1, 16: 5, 17: -1, 18: 100, 19: 100, 21: 0, 22: -1, 23: 1000, 24: 1000,
		25: 1, 27: -1, 28: -1, 31: 1, 34: -1, 35: -1, 36: -1, 37: -1, 39: 0, 42: 0, 43: 0, 44: 0, 47: 0, 54: 0, 57: 0, 62: 0, 65: 0,
		66: 30000, 74: 0, 75: 0, 76: 0, 77: -1, 79: 0, 80: 0, 81: 0, 84: 1500, 89: -1, 90: 0, 91: 0, 93: 0, 94: 0, 96: 1, 109: 0}
	v := Defaults(TypeDealer)
	for id, n := range want {
		r := ByID(id)
		x, err := r.Get(&v, TypeDealer)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if u, ok := x.(uint64); ok {
			x = int64(u)
		}
		if got, _ := number(x); got != n {
			t.Errorf("%s: %d, want %d", r.Name, got, n)
		}
	}
	for typ := range numTypes {
		v := Defaults(typ)
		zero := typ == TypeSub || typ == TypeXSub || typ == TypeDish
		if (v.Life.Linger == 0) != zero || !v.Stream.Notify || v.Net.UseFD != -1 {
			t.Errorf("%s: LINGER %v", TypeName(typ), v.Life.Linger)
		}
	}
	a, b := Defaults(TypePair), Defaults(TypePair)
	set(t, &a, TypePair, "METADATA", "X-a:b")
	set(t, &a, TypePair, "ROUTING_ID", "me")
	if !reflect.DeepEqual(b, Defaults(TypePair)) {
		t.Error("defaults are shared")
	}
}

func TestVerbose(t *testing.T) {
	v := Defaults(TypeXPub)
	set(t, &v, TypeXPub, "XPUB_VERBOSER", 1)
	if !v.XPub.VerboseSubs || !v.XPub.VerboseUnsubs {
		t.Error("XPUB_VERBOSER sets both halves")
	}
	set(t, &v, TypeXPub, "XPUB_VERBOSE", 5)
	if !v.XPub.VerboseSubs || v.XPub.VerboseUnsubs {
		t.Error("XPUB_VERBOSE clears the other half")
	}
	set(t, &v, TypeXPub, "XPUB_MANUAL_LAST_VALUE", true)
	if !v.XPub.Manual || !v.XPub.ManualLastValue {
		t.Error("XPUB_MANUAL_LAST_VALUE turns XPUB_MANUAL on")
	}
	set(t, &v, TypeXPub, "XPUB_MANUAL_LAST_VALUE", false)
	if v.XPub.Manual {
		t.Error("and off")
	}
}

func TestRawStays(t *testing.T) {
	v := Defaults(TypeRouter)
	set(t, &v, TypeRouter, "ROUTER_RAW", 0)
	if v.Router.Raw {
		t.Error("ROUTER_RAW 0 is on")
	}
	set(t, &v, TypeRouter, "ROUTER_RAW", 1)
	set(t, &v, TypeRouter, "ROUTER_RAW", 0)
	if !v.Router.Raw {
		t.Error("ROUTER_RAW is undone")
	}
}

func TestIPv4Only(t *testing.T) {
	v := Defaults(TypePair)
	set(t, &v, TypePair, "IPV4ONLY", 0)
	if get(t, &v, TypePair, "IPV6") != true || get(t, &v, TypePair, "IPV4ONLY") != false {
		t.Error("IPV4ONLY 0 is IPV6 1")
	}
	set(t, &v, TypePair, "IPV6", false)
	if get(t, &v, TypePair, "IPV4ONLY") != true {
		t.Error("IPV6 0 is IPV4ONLY 1")
	}
}

// The steps and answers are what libzmq 4.3.4 gave.
func TestMechanismFollowsTheLastOption(t *testing.T) {
	v := Defaults(TypeDealer)
	step := func(name string, x any, mech int) {
		t.Helper()
		set(t, &v, TypeDealer, name, x)
		if got := get(t, &v, TypeDealer, "MECHANISM"); got != mech {
			t.Errorf("after %s the mechanism is %v, want %d", name, got, mech)
		}
	}
	step("PLAIN_USERNAME", "u", MechPlain)
	step("PLAIN_SERVER", 1, MechPlain)
	if get(t, &v, TypeDealer, "PLAIN_SERVER") != true || get(t, &v, TypeDealer, "PLAIN_USERNAME") != "u" {
		t.Error("PLAIN_SERVER is lost")
	}
	step("CURVE_SERVER", 1, MechCurve)
	if get(t, &v, TypeDealer, "PLAIN_SERVER") != false || get(t, &v, TypeDealer, "CURVE_SERVER") != true {
		t.Error("one server at a time")
	}
	step("CURVE_SERVER", 0, MechNull)
	step("CURVE_PUBLICKEY", bytes.Repeat([]byte("k"), 32), MechCurve)
	step("PLAIN_USERNAME", nil, MechNull)
	step("GSSAPI_SERVER", 0, MechGSSAPI)
	if get(t, &v, TypeDealer, "GSSAPI_SERVER") != false {
		t.Error("GSSAPI_SERVER 0 is no server")
	}
	step("CURVE_SERVER", 1, MechCurve)
	step("CURVE_SERVERKEY", strings.Repeat("0", 40), MechCurve)
	if get(t, &v, TypeDealer, "CURVE_SERVER") != false {
		t.Error("CURVE_SERVERKEY makes a client")
	}
	step("PLAIN_PASSWORD", "p", MechPlain)
	step("GSSAPI_PRINCIPAL", "p", MechGSSAPI)
	step("GSSAPI_SERVICE_PRINCIPAL", "p", MechGSSAPI)
}

func TestCurveKeyForms(t *testing.T) {
	v := Defaults(TypePair)
	r := ByName("CURVE_PUBLICKEY")
	const z = "yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3yINZ3" // 32 times "k", as libzmq writes it
	for _, in := range [][]byte{[]byte(z), []byte(z + "\x00"), bytes.Repeat([]byte("k"), 32)} {
		v.Sec.CurvePublicKey = [32]byte{}
		if err := r.SetRaw(&v, TypePair, in); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 42)
		if n, err := r.GetRaw(&v, TypePair, b[:32]); n != 32 || err != nil || string(b[:n]) != strings.Repeat("k", 32) {
			t.Errorf("raw: %q, %v", b[:n], err)
		}
		if n, err := r.GetRaw(&v, TypePair, b[:41]); n != 41 || err != nil || string(b[:n]) != z+"\x00" {
			t.Errorf("Z85: %q, %v", b[:n], err)
		}
		for _, n := range []int{0, 31, 33, 40, 42} {
			_, err := r.GetRaw(&v, TypePair, b[:n])
			wantEINVAL(t, "size", err)
		}
	}
	if err := r.Set(&v, TypePair, [32]byte{1}); err != nil || v.Sec.CurvePublicKey[0] != 1 {
		t.Error("an array of 32 bytes is a key too")
	}
}

func TestMetadata(t *testing.T) {
	v := Defaults(TypePair)
	for _, bad := range []string{"", "X-a", "X-a:", "a:b12", "x-abc:1", ":abcd", "X-" + strings.Repeat("n", 254) + ":v", "X-a:\x00b"} {
		wantEINVAL(t, bad, ByName("METADATA").Set(&v, TypePair, bad))
	}
	long := "X-" + strings.Repeat("n", 253)
	for _, good := range []string{"X-a:1", "X-a:2", "X-:v1", "X-b:c\x00d", "X-c:d:e", long + ":v"} {
		set(t, &v, TypePair, "METADATA", good)
	}
	want := []Property{{"X-a", "1"}, {"X-", "v1"}, {"X-b", "c"}, {"X-c", "d:e"}, {long, "v"}}
	if !reflect.DeepEqual(v.Wire.Metadata, want) {
		t.Errorf("%v", v.Wire.Metadata)
	}
}

func TestFilters(t *testing.T) {
	v := Defaults(TypePair)
	for _, bad := range []string{"10.0.0.0/33", "abc", "10.0.0.0/", "/8", "localhost", "10.0.0.0/-1", "10.0.0.0/8x", "fe80::1%lo"} {
		wantEINVAL(t, bad, ByName("TCP_ACCEPT_FILTER").Set(&v, TypePair, bad))
	}
	set(t, &v, TypePair, "TCP_ACCEPT_FILTER", "127.0.0.1")
	old := v
	set(t, &v, TypePair, "TCP_ACCEPT_FILTER", "10.0.0.0/0")
	set(t, &v, TypePair, "TCP_ACCEPT_FILTER", "::1/64")
	want := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/64")}
	if !reflect.DeepEqual(v.Net.AcceptFilters, want) || len(old.Net.AcceptFilters) != 1 {
		t.Errorf("%v", v.Net.AcceptFilters)
	}
	if err := ByName("TCP_ACCEPT_FILTER").SetRaw(&v, TypePair, nil); err != nil || v.Net.AcceptFilters != nil {
		t.Error("NULL clears")
	}
	set(t, &v, TypePair, "IPC_FILTER_UID", 5)
	set(t, &v, TypePair, "IPC_FILTER_UID", 5)
	set(t, &v, TypePair, "IPC_FILTER_UID", 6)
	if !reflect.DeepEqual(v.Net.IPC.FilterUID, []int{5, 6}) {
		t.Errorf("%v", v.Net.IPC.FilterUID)
	}
	set(t, &v, TypePair, "IPC_FILTER_UID", nil)
	if v.Net.IPC.FilterUID != nil {
		t.Error("nil clears")
	}
}

func TestDurations(t *testing.T) {
	v := Defaults(TypePair)
	b := make([]byte, 4)
	for _, c := range []struct {
		name string
		in   any
		want time.Duration
		raw  int64
	}{
		{"HEARTBEAT_TTL", 250, 200 * time.Millisecond, 200}, {"HEARTBEAT_TTL", -1, 0, 0}, {"HEARTBEAT_TTL", 6553599, 6553500 * time.Millisecond, 6553500},
		{"LINGER", -time.Hour, -time.Millisecond, -1}, {"LINGER", 1001 * time.Microsecond, 1001 * time.Microsecond, 2}, {"LINGER", 1, time.Millisecond, 1},
		{"HANDSHAKE_IVL", 1500 * time.Microsecond, 1500 * time.Microsecond, 2},
	} {
		r := ByName(c.name)
		set(t, &v, TypePair, c.name, c.in)
		x, _ := r.Get(&v, TypePair)
		n, err := r.GetRaw(&v, TypePair, b)
		y, _ := r.Decode(b)
		raw, _ := integer(y)
		if x != c.want || n != 4 || err != nil || raw != c.raw {
			t.Errorf("%s=%v gives %v, raw %d, %v", c.name, c.in, x, raw, err)
		}
	}
	wantEINVAL(t, "negative where there is no for ever", ByName("HANDSHAKE_IVL").Set(&v, TypePair, -time.Second))
}

func TestRawText(t *testing.T) {
	v := Defaults(TypePair)
	r, b := ByName("ZAP_DOMAIN"), make([]byte, 8)
	if n, err := r.GetRaw(&v, TypePair, b); n != 1 || err != nil || b[0] != 0 {
		t.Errorf("empty text: %d, %v", n, err)
	}
	if err := r.SetRaw(&v, TypePair, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if n, err := r.GetRaw(&v, TypePair, b[:4]); n != 4 || err != nil || string(b[:4]) != "abc\x00" {
		t.Errorf("%q, %v", b[:n], err)
	}
	_, err := r.GetRaw(&v, TypePair, b[:3])
	wantEINVAL(t, "no room for the NUL", err)
	wantEINVAL(t, "NULL where nothing clears", r.SetRaw(&v, TypePair, nil))
	p := ByName("SOCKS_PROXY")
	if err := p.SetRaw(&v, TypePair, []byte("h:1")); err != nil {
		t.Fatal(err)
	}
	wantEINVAL(t, "empty, not NULL", p.SetRaw(&v, TypePair, []byte{}))
	if err := p.SetRaw(&v, TypePair, nil); err != nil || v.Net.SOCKS.Proxy != "" {
		t.Error("NULL clears")
	}
	for _, name := range []string{"RCVMORE", "EVENTS", "FD"} {
		r := ByName(name)
		big := make([]byte, 64)
		if n, err := r.Encode(big, 1); n != 4 || err != nil {
			t.Errorf("%s into 64 bytes: %d, %v", name, n, err)
		}
		_, err := r.Encode(big[:3], 1)
		wantEINVAL(t, name, err)
	}
	if n, err := ByName("LAST_ENDPOINT").Encode(b, "ipc://x"); n != 8 || err != nil {
		t.Errorf("LAST_ENDPOINT: %d, %v", n, err)
	}
}

func TestReadsElsewhere(t *testing.T) {
	v := Defaults(TypePair)
	if x := get(t, &v, TypePair, "ROUTER_NOTIFY"); x != 0 {
		t.Errorf("ROUTER_NOTIFY is readable everywhere, got %v", x)
	}
	_, err := ByName("FD").Get(&v, TypeServer)
	wantEINVAL(t, "FD on SERVER", err)
	_, err = ByName("FD").Get(&v, TypePair)
	wantEINVAL(t, "FD is the socket's", err)
	if get(t, &v, TypeServer, "THREAD_SAFE") != true || get(t, &v, TypePair, "THREAD_SAFE") != false || get(t, &v, TypeRep, "TYPE") != TypeRep {
		t.Error("THREAD_SAFE or TYPE is wrong")
	}
}

func TestContext(t *testing.T) {
	v := CtxDefaults()
	want := map[int]any{1: 1, 2: 1023, 3: SocketLimit, 4: -1, 5: maxInt, 6: 64, 9: "", 10: true, 42: false, 70: true}
	for id, x := range want {
		if got, err := CtxByID(id, R).Get(&v); err != nil || got != x {
			t.Errorf("context option %d is %v, %v; want %v", id, got, err, x)
		}
	}
	for _, r := range CtxRows() {
		if CtxByName("zmq_"+strings.ToLower(r.Name)) != r {
			t.Errorf("%s is not found", r.Name)
		}
		if r.Dir&W == 0 {
			wantEINVAL(t, r.Name, r.Set(&v, 1))
			continue
		}
		wantEINVAL(t, r.Name, r.Set(&v, struct{}{}))
		if r.Kind != String {
			wantEINVAL(t, r.Name, r.Set(&v, -2))
		}
		if r.Kind != String && r.put == nil {
			if err := r.Set(&v, 1); err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
			b := make([]byte, 4)
			x, err := r.Get(&v)
			if r.Dir&R == 0 {
				wantEINVAL(t, r.Name, err)
			} else if n, err := r.Encode(b, x); n != 4 || err != nil {
				t.Errorf("%s: %v", r.Name, err)
			}
		}
	}
	for _, c := range []struct {
		name string
		x    any
		ok   bool
	}{
		{"MAX_SOCKETS", 0, false}, {"MAX_SOCKETS", SocketLimit + 1, true}, {"IO_THREADS", 0, true},
		{"THREAD_AFFINITY_CPU_REMOVE", 3, false}, {"THREAD_AFFINITY_CPU_ADD", 3, true}, {"THREAD_AFFINITY_CPU_REMOVE", 3, true},
		{"THREAD_NAME_PREFIX", "sixteen bytes ok", true}, {"THREAD_NAME_PREFIX", "seventeen bytes..", false}, {"THREAD_NAME_PREFIX", -7, true}, {"THREAD_NAME_PREFIX", 7, true},
		{"IPV6", 1, true}, {"BLOCKY", 0, true},
	} {
		if err := CtxByName(c.name).Set(&v, c.x); (err == nil) != c.ok || err != nil && errno.Of(err, 0) != errno.EINVAL {
			t.Errorf("%s=%v: %v", c.name, c.x, err)
		}
	}
	if v.ThreadNamePrefix != "7" || len(v.ThreadAffinity) != 0 {
		t.Errorf("%+v", v)
	}
	for text, n := range map[string]int{"": 0, "x1": 0, "12": 12, "-3": -3, "7up": 7} {
		if got := CtxByName("THREAD_NAME_PREFIX").Int(text); got != n {
			t.Errorf("%q is the number %d, want %d", text, got, n)
		}
	}
	if CtxByName("BLOCKY").Int(true) != 1 || CtxByName("IO_THREADS").Int(3) != 3 {
		t.Error("Int")
	}
	s := Defaults(TypePair)
	v.Apply(&s)
	if !s.Net.IPv6 || s.Life.Linger != 0 {
		t.Error("the context does not reach the socket")
	}
	if CtxByID(99, R) != nil || CtxByID(3, R).Name != "SOCKET_LIMIT" || CtxByID(3, W).Name != "THREAD_PRIORITY" {
		t.Error("lookup by number")
	}
}

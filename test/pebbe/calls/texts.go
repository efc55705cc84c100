package main

import (
	"errors"
	"fmt"
	"syscall"

	zmq "github.com/pebbe/zmq4"
)

var _ = scenario("version", func(t *tape) {
	major, minor, _ := zmq.Version()
	t.is("Version")(major, minor)
	t.is("HasIpc")(zmq.HasIpc())
	t.is("HasPgm")(zmq.HasPgm())
	t.is("HasTipc")(zmq.HasTipc())
	t.is("HasNorm")(zmq.HasNorm())
	t.is("HasCurve")(zmq.HasCurve())
	t.is("HasGssapi")(zmq.HasGssapi())
	t.is("MaxSocketsDflt")(zmq.MaxSocketsDflt)
	t.is("IoThreadsDflt")(zmq.IoThreadsDflt)
	t.is("CURVE_ALLOW_ANY")(zmq.CURVE_ALLOW_ANY)
})

var _ = scenario("errno", func(t *tape) {
	for _, e := range []zmq.Errno{
		zmq.EADDRINUSE, zmq.EADDRNOTAVAIL, zmq.EAFNOSUPPORT, zmq.ECONNABORTED, zmq.ECONNREFUSED, zmq.ECONNRESET,
		zmq.EHOSTUNREACH, zmq.EINPROGRESS, zmq.EMSGSIZE, zmq.ENETDOWN, zmq.ENETRESET, zmq.ENETUNREACH, zmq.ENOBUFS,
		zmq.ENOTCONN, zmq.ENOTSOCK, zmq.ENOTSUP, zmq.EPROTONOSUPPORT, zmq.ETIMEDOUT,
		zmq.EFSM, zmq.EMTHREAD, zmq.ENOCOMPATPROTO, zmq.ETERM,
		0, 1, 4, 11, 22, 24, 133, 134, 200, 156384712, 156384713, 156384762, 156384767, 156384768,
	} {
		t.is(fmt.Sprintf("Errno(%d)", uintptr(e)))(e)
		t.is(fmt.Sprintf("Error(%d)", int(e)))(zmq.Error(int(e)))
	}
	t.is("Error(-1)")(zmq.Error(-1))
	asErrno := func(name string, err error) { t.is("AsErrno " + name)(uintptr(zmq.AsErrno(err))) }
	asErrno("nil", nil)
	asErrno("ETERM", zmq.ETERM)
	asErrno("syscall", syscall.EAGAIN)
	asErrno("other", errors.New("x"))
	asErrno("wrapped", fmt.Errorf("around: %w", zmq.EFSM))
	asErrno("wrapped syscall", fmt.Errorf("around: %w", syscall.EPIPE))
	asErrno("closed", zmq.ErrorSocketClosed)
	_, isNative := any(zmq.ETERM).(error)
	t.is("Errno is an error")(isNative)
	t.is("Errno is syscall's")(errors.Is(zmq.Errno(syscall.EAGAIN), syscall.EAGAIN))
	for _, e := range []error{
		zmq.ErrorContextClosed, zmq.ErrorSocketClosed, zmq.ErrorMoreExpected, zmq.ErrorNoSocket,
		zmq.ErrorNotImplemented405, zmq.ErrorNotImplemented41, zmq.ErrorNotImplemented42, zmq.ErrorNotImplementedWindows,
	} {
		t.is("text")(e)
	}
})

var _ = scenario("strings", func(t *tape) {
	for i := -1; i <= 21; i++ {
		t.is(fmt.Sprintf("Type(%d)", i))(zmq.Type(i).String())
	}
	for i := range 9 {
		t.is(fmt.Sprintf("Flag(%d)", i))(zmq.Flag(i).String())
		t.is(fmt.Sprintf("State(%d)", i))(zmq.State(i).String())
		t.is(fmt.Sprintf("Mechanism(%d)", i-1))(zmq.Mechanism(i - 1).String())
	}
	for _, e := range []zmq.Event{0, zmq.EVENT_ALL, 3, 0x7fff, 0x8000, 0x10000, -1} {
		t.is(fmt.Sprintf("Event(%#x)", int(e)))(e.String())
	}
	for bit := range 17 {
		t.is(fmt.Sprintf("Event bit %d", bit))(zmq.Event(1 << bit).String())
	}
	s := open(zmq.DEALER)
	t.is("Socket.String without a name")(s.String())
	check(s.SetIdentity("anna \"x\"\x01"))
	t.is("Socket.String with a name")(s.String())
	t.is("Socket printed")(fmt.Sprint(s))
	check(s.Close())
	t.is("Socket.String closed")(s.String())
	t.is("Socket zero")((&zmq.Socket{}).String())
})

var _ = scenario("z85", func(t *tape) {
	hello := "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B"
	t.is("encode")(zmq.Z85encode(hello))
	t.is("decode")(zmq.Z85decode("HelloWorld"))
	t.panics("encode nothing", func() { zmq.Z85encode("") })
	t.panics("decode nothing", func() { zmq.Z85decode("") })
	t.is("encode zeros")(zmq.Z85encode("\x00\x00\x00\x00"))
	t.is("encode ones")(zmq.Z85encode("\xff\xff\xff\xff"))
	for _, n := range []int{1, 2, 3, 5, 7} {
		t.panics(fmt.Sprintf("encode %d bytes", n), func() { zmq.Z85encode(hello[:n]) })
	}
	for _, s := range []string{"H", "Hell", "HelloW"} {
		t.panics("decode "+s, func() { zmq.Z85decode(s) })
	}
	for _, s := range []string{"Hel\x00o", "Hel o", "Hel\"o", "Hel\x80o", "#####", "%nSc0", "%nSc1"} {
		t.panics(fmt.Sprintf("decode %q panics", s), func() { t.is(fmt.Sprintf("decode %q", s))(zmq.Z85decode(s)) })
	}
	public, secret, err := zmq.NewCurveKeypair()
	t.is("NewCurveKeypair")(len(public), len(secret), err)
	again, err := zmq.AuthCurvePublic(secret)
	t.is("AuthCurvePublic")(again == public, err)
	t.is("AuthCurvePublic of a known key")(zmq.AuthCurvePublic("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"))
	for _, bad := range []string{"", "x", secret[:39], secret + "x", secret + "12345", "                                        "} {
		t.panics(fmt.Sprintf("AuthCurvePublic of %d panics", len(bad)), func() {
			key, err := zmq.AuthCurvePublic(bad)
			t.is(fmt.Sprintf("AuthCurvePublic of %d", len(bad)))(len(key), err)
		})
	}
})

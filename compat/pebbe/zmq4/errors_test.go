package zmq4_test

import (
	"fmt"
	"syscall"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
)

const (
	again   = zmq.Errno(syscall.EAGAIN)
	invalid = zmq.Errno(syscall.EINVAL)
	noEntry = zmq.Errno(syscall.ENOENT)
)

func TestErrno(t *testing.T) {
	same(t, "AsErrno(ETERM)", zmq.AsErrno(zmq.ETERM), zmq.ETERM)
	same(t, "AsErrno(syscall)", zmq.AsErrno(syscall.EADDRINUSE), zmq.EADDRINUSE)
	same(t, "AsErrno(other)", zmq.AsErrno(zmq.ErrorSocketClosed), 0)
	same(t, "AsErrno(wrapped)", zmq.AsErrno(fmt.Errorf("%w", zmq.ETERM)), 0)
	same(t, "AsErrno(nil)", zmq.AsErrno(nil), 0)

	same(t, "EFSM", zmq.EFSM.Error(), "Operation cannot be accomplished in current state")
	same(t, "ENOCOMPATPROTO", zmq.ENOCOMPATPROTO.Error(), "The protocol is not compatible with the socket type")
	same(t, "ETERM", zmq.ETERM.Error(), "Context was terminated")
	same(t, "EMTHREAD", zmq.EMTHREAD.Error(), "No thread available")
	same(t, "EAGAIN", again.Error(), syscall.EAGAIN.Error())
	same(t, "EHOSTUNREACH", zmq.EHOSTUNREACH.Error(), syscall.EHOSTUNREACH.Error())
}

func TestErrorTextOfNumber(t *testing.T) {
	for e, want := range map[zmq.Errno]string{
		zmq.ETERM: "Context was terminated", zmq.EHOSTUNREACH: "Host unreachable",
		156384712 + 60: "Unknown error 156384772",
	} {
		same(t, fmt.Sprint(uintptr(e)), zmq.Error(int(e)), want)
	}
	for e := range 200 {
		if zmq.Error(e) == "" {
			t.Errorf("error %d has no text", e)
		}
	}
	zmq.Error(-1)
}

func TestStrings(t *testing.T) {
	for _, c := range []struct {
		have fmt.Stringer
		want string
	}{
		{zmq.PAIR, "PAIR"}, {zmq.STREAM, "STREAM"}, {zmq.XSUB, "XSUB"}, {zmq.Type(12), "<INVALID>"}, {zmq.Type(-1), "<INVALID>"},
		{zmq.Flag(0), "<NONE>"}, {zmq.DONTWAIT, "DONTWAIT"}, {zmq.SNDMORE | zmq.DONTWAIT, "DONTWAIT|SNDMORE"},
		{zmq.State(0), "<NONE>"}, {zmq.POLLOUT | zmq.POLLIN, "POLLIN|POLLOUT"},
		{zmq.CURVE, "CURVE"}, {zmq.GSSAPI, "GSSAPI"}, {zmq.Mechanism(4), "<INVALID>"}, {zmq.Mechanism(-1), "<INVALID>"},
		{zmq.EVENT_ALL, "EVENT_ALL"}, {zmq.Event(0), "<NONE>"}, {zmq.EVENT_CONNECTED | zmq.EVENT_HANDSHAKE_FAILED_AUTH,
			"EVENT_CONNECTED|EVENT_HANDSHAKE_FAILED_AUTH"},
	} {
		same(t, fmt.Sprintf("%T", c.have), c.have.String(), c.want)
	}
}

func TestVersion(t *testing.T) {
	major, minor, patch := zmq.Version()
	if major != 4 || minor < 3 || patch < 0 {
		t.Errorf("%d.%d.%d", major, minor, patch)
	}
	same(t, "HasCurve", zmq.HasCurve(), true)
	for what, have := range map[string]bool{"gssapi": zmq.HasGssapi(), "norm": zmq.HasNorm(), "tipc": zmq.HasTipc()} {
		same(t, what, have, false)
	}
}

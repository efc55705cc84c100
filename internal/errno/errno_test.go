package errno

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

func TestRows(t *testing.T) {
	numbers, names := map[Errno]bool{}, map[string]bool{}
	for _, r := range rows {
		if numbers[r.no] || names[r.name] {
			t.Errorf("%s stands twice", r.name)
		}
		numbers[r.no], names[r.name] = true, true
		if r.no.Error() == "" || r.no.Name() != r.name {
			t.Errorf("%s: text %q, name %q", r.name, r.no.Error(), r.no.Name())
		}
		if !errors.Is(fmt.Errorf("deep: %w", r.no), r.no) {
			t.Errorf("%s is not itself", r.name)
		}
		if !errors.Is(r.no, syscall.Errno(r.no)) {
			t.Errorf("%s is not the system's", r.name)
		}
	}
	if Errno(1<<30).Name() != "" { // fault C16: a number that 32 bits hold, too
		t.Error("a name for no number")
	}
}

// The numbers that zmq.h defines are part of the interface of every binding.
func TestNativeNumbers(t *testing.T) {
	for e, n := range map[Errno]uintptr{EFSM: 156384763, ENOCOMPATPROTO: 156384764, ETERM: 156384765, EMTHREAD: 156384766} {
		if uintptr(e) != n {
			t.Errorf("%s is %d, not %d", e.Name(), uintptr(e), n)
		}
	}
}

func TestSentinels(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		want bool
	}{
		{EAGAIN, os.ErrDeadlineExceeded, true},
		{ENOTSOCK, net.ErrClosed, true},
		{ETERM, net.ErrClosed, true},
		{ENOENT, fs.ErrNotExist, true},
		{EACCES, fs.ErrPermission, true},
		{ENOTSUP, errors.ErrUnsupported, true},
		{EINVAL, net.ErrClosed, false},
		{EFSM, EAGAIN, false},
		{EAGAIN, syscall.EINVAL, false},
	} {
		if errors.Is(c.err, c.is) != c.want {
			t.Errorf("%v is %v: not %v", c.err, c.is, c.want)
		}
	}
	if !EAGAIN.Timeout() || EINVAL.Timeout() || !EMFILE.Temporary() {
		t.Error("timeouts")
	}
}

func TestOf(t *testing.T) {
	op := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for _, c := range []struct {
		err  error
		want Errno
	}{
		{op, ECONNREFUSED},
		{fmt.Errorf("bind: %w", EADDRINUSE), EADDRINUSE},
		{errors.New("neither"), EPROTO},
	} {
		if got := Of(c.err, EPROTO); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}

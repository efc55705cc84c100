package pgm

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/zeroth-mq/zmq/internal/errno"
)

// Without the privilege pgm says what is missing, and epgm works.
func TestPrivilege(t *testing.T) {
	runtime.LockOSThread() // never unlocked: the thread, which has lost something, ends with the test
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var have [2]unix.CapUserData
	if err := unix.Capget(&head, &have[0]); err != nil {
		t.Fatal(err)
	}
	have[0].Effective &^= 1 << unix.CAP_NET_RAW
	if err := unix.Capset(&head, &have[0]); err != nil {
		t.Fatal(err)
	}
	o := simOptions()
	const addr = "127.0.0.1;239.192.1.9:5599"
	_, err := Transport{Raw: true}.Subscribe(addr, o)
	if errno.Of(err, 0) != errno.EPERM || !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "CAP_NET_RAW") {
		t.Errorf("subscribe: %v", err)
	}
	if _, err := (Transport{Raw: true}).Publish(addr, o); errno.Of(err, 0) != errno.EPERM {
		t.Errorf("publish: %v", err)
	}
	s, err := Transport{}.Subscribe(addr, o)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

package all

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// FuzzEndpoint reads endpoints as Bind and Connect do, before they touch the
// network. What is wrong with one is an errno, never a panic.
func FuzzEndpoint(f *testing.F) {
	for _, text := range []string{
		"tcp://*:*", "tcp://[::1%lo]:5;[::1]:6", "tcp://a:0;b:1", "ipc://*", "ipc://@x", "ipc:///tmp/x", "epgm://eth0;239.1.1.1:5555",
		"pgm://10.0.0.0/8;[ff02::1],239.0.0.1;239.0.0.2:7500", "inproc://x", "://", "tcp://", "ipc://\x00", "udp://1.2.3.4:5",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		scheme, addr, err := transport.Split(text)
		if err != nil {
			if errno.Of(err, 0) == 0 {
				t.Fatalf("%q: an error without errno: %v", text, err)
			}
			return
		}
		tr, ok := transport.Lookup(scheme)
		if !ok {
			return
		}
		for _, six := range []bool{false, true} {
			v := opt.Defaults(opt.TypePub)
			v.Net.IPv6 = six
			for _, err := range []error{tr.CheckBind(addr, &v.Net), tr.CheckConnect(addr, &v.Net)} {
				if err != nil && errno.Of(err, 0) == 0 {
					t.Fatalf("%q: an error without errno: %v", text, err)
				}
			}
		}
	})
}

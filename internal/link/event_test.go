package link

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
)

func TestURI(t *testing.T) {
	six := &opt.Net{IPv6: true}
	for _, c := range []struct {
		endpoint, addr string
		o              *opt.Net
		want           string
	}{
		{"tcp://host:1", "10.0.0.1:2", &opt.Net{}, "tcp://10.0.0.1:2"},
		{"tcp://host:1", "10.0.0.1:2", six, "tcp://[::ffff:10.0.0.1]:2"},
		{"tcp://host:1", "10.0.0.1:2", &opt.Net{IPv6: true, DualStack: true}, "tcp://10.0.0.1:2"},
		{"tcp://host:1", "[::1]:2", six, "tcp://[::1]:2"},
		{"ipc:///x", "/x", six, "ipc:///x"},
		{"ipc://@x", "@x", six, "ipc://@x"},
		{"ipc:///x", "@", six, "ipc://"},
		{"ipc:///x", "", six, "ipc://"},
		{"inproc://x", "inproc://x", six, "inproc://x"},
	} {
		if got := URI(c.endpoint, c.addr, c.o); got != c.want {
			t.Errorf("%s at %s: %s; want %s", c.addr, c.endpoint, got, c.want)
		}
	}
}

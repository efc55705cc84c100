package all

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/transport"
)

func TestAllAreThere(t *testing.T) {
	for _, scheme := range []string{"tcp", "ipc", "pgm", "epgm"} {
		if tr, ok := transport.Lookup(scheme); !ok || tr.Scheme() != scheme {
			t.Errorf("%s is not registered", scheme)
		}
	}
	if _, ok := transport.Lookup("inproc"); ok {
		t.Error("inproc makes no connections")
	}
}

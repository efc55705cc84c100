package all

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/transport"
)

func TestAllAreThere(t *testing.T) {
	for _, scheme := range []string{"tcp", "ipc", "pgm", "epgm"} {
		if tr, ok := transport.Lookup(scheme); !ok || tr.Scheme() != scheme {
			t.Errorf("%s is not registered", scheme)
		}
	}
	if _, ok := transport.Lookup(transport.Inproc); ok {
		t.Error("inproc makes no connections")
	}
	for _, scheme := range transport.Schemes() {
		tr, ok := transport.Lookup(scheme)
		if !ok {
			t.Fatalf("%s is listed, and not there", scheme)
		}
		if w, wild := tr.(transport.Wild); wild {
			if err := tr.CheckBind(w.Wild(), &opt.Net{}); err != nil {
				t.Errorf("%s: %v", scheme, err)
			}
		}
	}
}

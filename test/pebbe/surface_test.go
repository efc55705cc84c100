package pebbe_test

import (
	"path/filepath"
	"testing"

	"github.com/zeroth-mq/zmq/test/dropin"
)

// TestSurface has every exported name of both packages there, with the same
// type, in ours; and the replacement's files as its generator writes them.
func TestSurface(t *testing.T) {
	module := dropin.Folder(t, "github.com/pebbe/zmq4")
	for _, folder := range []string{"", "draft"} {
		if n := dropin.Surface(t, filepath.Join(module, folder), filepath.Join("../../compat/pebbe/zmq4", folder)); n < 200 {
			t.Errorf("only %d names in %q", n, folder)
		}
	}
}

func TestGenerated(t *testing.T) { dropin.Forwarded(t, "../../compat/pebbe/zmq4/replace") }

// Package gozeromq_test compares the drop-ins for github.com/go-zeromq/zmq4 and
// github.com/lightninglabs/gozmq with those modules: what each exports, what both
// return to the same calls, how the tests of the former do on ours, and what
// programs of the shapes that use them do.
package gozeromq_test

import (
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
	"github.com/zeroth-mq/zmq/test/dropin"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// The two builds of a program: with the original modules, and with those that
// replaced.mod names. The race detector is in ours.
var (
	original = dropin.Variant{Name: "original", Env: []string{"CGO_ENABLED=0"}, Mod: "go.mod"}
	replaced = dropin.Variant{Name: "replaced", Env: []string{"CGO_ENABLED=1", "GOFLAGS=-race"}, Mod: "replaced.mod"}
)

const stand = "../../compat/gozeromq/zmq4"

// TestSurface has every exported name of go-zeromq's packages there, with the same
// type, in ours; and the stand-in's files as their generator writes them.
func TestSurface(t *testing.T) {
	module, n := dropin.Folder(t, "github.com/go-zeromq/zmq4"), 0
	for folder, more := range map[string][]string{
		"": nil, "transport": nil, "security/null": nil, "security/plain": nil,
	} {
		n += dropin.Surface(t, module+"/"+folder, stand+"/"+folder, more...)
	}
	if n < 120 {
		t.Errorf("only %d names", n)
	}
	if n := dropin.Surface(t, dropin.Folder(t, "github.com/lightninglabs/gozmq"), "../../compat/lightninglabs/gozmq"); n != 6 {
		t.Errorf("%d names of gozmq", n)
	}
}

func TestForwarded(t *testing.T) { dropin.Forwarded(t, stand+"/replace") }

package pebbe_test

import "github.com/zeroth-mq/zmq/test/dropin"

// The two builds of a program: with github.com/pebbe/zmq4 over libzmq, and
// without cgo, with the replacement that replaced.mod names.
var (
	original = dropin.Variant{Name: "original", Env: []string{"CGO_ENABLED=1"}, Mod: "go.mod"}
	replaced = dropin.Variant{Name: "replaced", Env: []string{"CGO_ENABLED=0"}, Mod: "replaced.mod"}
)

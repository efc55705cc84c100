// Package zmq4 has every name of github.com/pebbe/zmq4, and each of them is the
// one in github.com/zeroth-mq/zmq/compat/pebbe/zmq4. The module calls itself by
// that other name, so that one line in a program's go.mod has the program, and
// all that it imports, run without libzmq and without cgo:
//
//	replace github.com/pebbe/zmq4 => github.com/zeroth-mq/zmq/compat/pebbe/zmq4/replace VERSION
//
// Types are aliases: a Socket made here is a Socket there.
package zmq4

//go:generate go run ../../../forward/main.go github.com/zeroth-mq/zmq/compat/pebbe/zmq4 draft
